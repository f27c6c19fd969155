/// Configurations of public models, composed from the sizes their cards give, with the keys that engines read.
package enum ModelTexts {
    /// DeepSeek-V3 with blocks of this size.
    package static func deepSeek(blocks: Int) -> String {
        """
        {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "hidden_size": 7168,
        "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 61,
        "num_attention_heads": 128, "num_key_value_heads": 128, "q_lora_rank": 1536, "kv_lora_rank": 512,
        "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 256,
        "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1,
        "num_nextn_predict_layers": 1, "vocab_size": 129280, "tie_word_embeddings": false,
        "torch_dtype": "bfloat16", "max_position_embeddings": 163840, "rope_scaling": {"type": "yarn", "factor": 40,
        "original_max_position_embeddings": 4096}, "quantization_config": {"activation_scheme": "dynamic",
        "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [\(blocks), \(blocks)]}}
        """
    }

    package static let llama70 = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8192,
        "intermediate_size": 28672, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
        "vocab_size": 128256, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
        "max_position_embeddings": 131072, "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192, "rope_type": "llama3"}}
        """

    package static let qwen235 = """
        {"architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "hidden_size": 4096,
        "intermediate_size": 12288, "moe_intermediate_size": 1536, "num_hidden_layers": 94,
        "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128,
        "num_experts_per_tok": 8, "decoder_sparse_step": 1, "mlp_only_layers": [], "vocab_size": 151936,
        "tie_word_embeddings": false, "torch_dtype": "bfloat16", "max_position_embeddings": 40960,
        "sliding_window": null, "use_sliding_window": false, "rope_scaling": null}
        """

    package static let glm = """
        {"architectures": ["Glm4MoeForCausalLM"], "model_type": "glm4_moe", "hidden_size": 5120,
        "intermediate_size": 12288, "moe_intermediate_size": 1536, "num_hidden_layers": 92,
        "num_attention_heads": 96, "num_key_value_heads": 8, "head_dim": 128, "n_routed_experts": 160,
        "n_shared_experts": 1, "first_k_dense_replace": 3, "num_nextn_predict_layers": 1, "vocab_size": 151552,
        "tie_word_embeddings": false, "torch_dtype": "bfloat16", "max_position_embeddings": 131072}
        """

    package static let mixtral = """
        {"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 4096,
        "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000, "sliding_window": null,
        "tie_word_embeddings": false, "torch_dtype": "bfloat16", "max_position_embeddings": 32768}
        """
}
