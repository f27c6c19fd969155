import MusterEngines
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("Model configurations")
struct ModelConfigTests {
    private func read(_ text: String, beside: String? = nil) throws -> ModelShape {
        try ModelConfig.read(Array(text.utf8), quantisation: beside.map { Array($0.utf8) }).require()
    }

    @Test("DeepSeek-V3: MLA, experts from the fourth layer on, blocks, yarn")
    func deepSeek() throws {
        let shape = try read(ModelTexts.deepSeek(blocks: 128))
        #expect(
            shape.attention
                == .latent(
                    LatentAttention(heads: 128, queryRank: 1536, keyValueRank: 512, rotary: 64, plain: 128, value: 128)
                )
        )
        #expect(
            shape.experts
                == ExpertShape(count: 256, intermediate: 2048, sharedIntermediate: 2048, firstSparse: 3)
        )
        #expect(shape.quantisation == Quantisation(method: "fp8", scheme: .block(rows: 128, columns: 128, bits: 8)))
        #expect(shape.scaling == .init(type: "yarn", factor: 40, original: 4096))
        #expect(shape.predictionLayers == 1 && shape.positions == 163_840 && shape.irregularities == [])
        #expect(shape.parameters.map { ($0 / 1e9 * 100).rounded() / 100 } == 671.03)
    }

    @Test(
        "parameters of public models, in units of 1e9",
        arguments: [
            (ModelTexts.llama70, 70.6), (ModelTexts.qwen235, 235.1), (ModelTexts.glm, 352.8),
            (ModelTexts.mixtral, 46.7),
        ]
    )
    func parameters(text: String, expected: Double) throws {
        #expect(try read(text).parameters.map { ($0 / 1e8).rounded() / 10 } == expected)
    }

    @Test("grouped heads with a size of their own, and one that follows from the others")
    func heads() throws {
        #expect(try read(ModelTexts.qwen235).attention == .grouped(heads: 64, keyValueHeads: 4, headSize: 128))
        #expect(try read(ModelTexts.llama70).attention == .grouped(heads: 64, keyValueHeads: 8, headSize: 128))
        let plain = #"{"model_type":"llama","hidden_size":64,"num_attention_heads":4}"#
        #expect(try read(plain).attention == .grouped(heads: 4, keyValueHeads: 4, headSize: 16))
        let odd = #"{"model_type":"llama","hidden_size":65,"num_attention_heads":4}"#
        #expect(try read(odd).attention == nil)
    }

    @Test(
        "forms of quantisation",
        arguments: [
            (#"{"quant_method":"fp8"}"#, Quantisation.Scheme.tensor(bits: 8), false, false),
            (
                #"{"quant_method":"fp8","weight_block_size":[64,32]}"#, .block(rows: 64, columns: 32, bits: 8), false,
                false
            ),
            (#"{"quant_method":"fp8","weight_block_size":"128"}"#, nil, false, false),
            (
                #"{"quant_method":"awq","bits":4,"group_size":128,"zero_point":true}"#,
                .group(size: 128, bits: 4, overhead: 20), false, false
            ),
            (#"{"quant_method":"gptq","bits":8,"group_size":-1}"#, .channel(bits: 8), false, false),
            (
                #"{"quant_method":"compressed-tensors","ignore":["lm_head","model.layers.0.mlp.gate"],"#
                    + #""kv_cache_scheme":{"num_bits":8},"config_groups":{"group_0":{"weights":"#
                    + #"{"num_bits":8,"strategy":"channel","type":"float"}}}}"#,
                .channel(bits: 8), false, true
            ),
            (
                #"{"quant_method":"compressed-tensors","ignore":["re:.*self_attn.*"],"config_groups":{"group_0":"#
                    + #"{"weights":{"num_bits":4,"strategy":"group","group_size":32,"symmetric":true}}}}"#,
                .group(size: 32, bits: 4, overhead: 16), true, false
            ),
            (
                #"{"quant_method":"modelopt","quant_algo":"NVFP4"}"#, .group(size: 16, bits: 4, overhead: 8), false,
                false
            ),
            (
                #"{"quant_method":"fbgemm_fp8","modules_to_not_convert":["x.mlp.gate_proj"]}"#, .channel(bits: 8), true,
                false
            ),
            (#"{"quant_method":"bitsandbytes","load_in_4bit":true}"#, nil, false, false),
        ]
    )
    func quantisation(text: String, scheme: Quantisation.Scheme?, leaves: Bool, cache: Bool) throws {
        let shape = try read(#"{"model_type":"llama","quantization_config":"# + text + "}")
        let quantisation = try #require(shape.quantisation)
        #expect(quantisation.scheme == scheme)
        #expect(quantisation.leavesLayersOut == leaves)
        #expect((quantisation.cache != nil) == cache)
    }

    @Test("a file beside it counts where the configuration says nothing")
    func beside() throws {
        let modelOpt =
            #"{"quantization":{"quant_algo":"FP8","kv_cache_quant_algo":"FP8","exclude_modules":["lm_head"]}}"#
        let shape = try read(ModelTexts.llama70, beside: modelOpt)
        #expect(shape.quantisation == Quantisation(method: "modelopt", scheme: .tensor(bits: 8), cache: .float8))
        let own = try read(ModelTexts.deepSeek(blocks: 64), beside: modelOpt)
        #expect(own.quantisation?.method == "fp8")
        #expect(try read(ModelTexts.llama70, beside: "not JSON").quantisation == nil)
    }

    @Test(
        "what the arithmetic does not cover",
        arguments: [
            (#""sliding_window":4096,"max_position_embeddings":32768"#, [ModelShape.Irregularity.slidingWindow]),
            (#""sliding_window":4096,"use_sliding_window":false"#, []),
            (#""sliding_window":262144,"max_position_embeddings":131072"#, []),
            (#""layer_types":["full_attention","full_attention"]"#, []),
            (#""layer_types":["full_attention","sliding_attention"]"#, [.slidingWindow]),
            (#""layer_types":["linear_attention","full_attention"]"#, [.mixedLayers]),
            (#""full_attention_interval":4"#, [.mixedLayers]),
            (#""num_key_value_heads":[4,8]"#, [.sizesByLayer]),
            (#""block_configs":[]"#, [.sizesByLayer]),
            (#""index_topk":2048"#, [.indexer]),
            (#""vision_config":{"depth":32}"#, [.towers]),
            (#""text_config":{"num_hidden_layers":4}"#, [.towers]),
            (#""is_encoder_decoder":true"#, [.encoder]),
        ]
    )
    func irregular(members: String, expected: [ModelShape.Irregularity]) throws {
        #expect(try read(#"{"model_type":"llama",\#(members)}"#).irregularities == Set(expected))
    }

    @Test("a language model inside another is read where it stands")
    func nested() throws {
        let text =
            #"{"architectures":["X"],"model_type":"x","text_config":{"model_type":"qwen3_moe","num_hidden_layers":4,"#
            + #""hidden_size":64,"num_experts":8,"moe_intermediate_size":32,"decoder_sparse_step":2,"#
            + #""mlp_only_layers":[3]}}"#
        let shape = try read(text)
        #expect(shape.modelType == "qwen3_moe" && shape.layers == 4)
        let sparse = (0..<4).filter { shape.experts?.areIn(layer: $0) == true }
        #expect(sparse == [1])
    }

    @Test("numbers that are none, too large, or of another type are not known")
    func numbers() throws {
        let shape = try read(
            #"{"model_type":"llama","num_hidden_layers":-1,"hidden_size":4096.5,"vocab_size":"1","#
                + #""intermediate_size":99999999999,"num_attention_heads":0,"max_position_embeddings":null}"#
        )
        #expect(shape.layers == nil && shape.hidden == nil && shape.vocabulary == nil && shape.intermediate == nil)
        #expect(shape.attention == nil && shape.positions == nil)
    }

    @Test("what is no configuration is damaged")
    func damaged() {
        #expect(ModelConfig.read(bytes("[]")).damage?.reason == .foreign)
        #expect(ModelConfig.read(bytes("{}")).damage?.reason == .foreign)
        #expect(ModelConfig.read(bytes("{\"model_type\"")).damage?.reason == .malformed)
    }

    @Test("drawn as a table")
    func drawn() {
        #expect(
            ParserKind.modelConfig.read(Array(ModelTexts.deepSeek(blocks: 128).utf8)).lines == [
                "model       deepseek_v3", "parameters  671.0 B", "layers      61", "hidden      7168",
                "attention   128 heads over 512 + 64 for keys and values (MLA)", "dense mlp   18432",
                "experts     256 of 2048, shared ones of 2048, from layer 3 on", "vocabulary  129280",
                "positions   163840", "weights     fp8, 8 bits in blocks of 128x128",
            ]
        )
    }

    @Test("mutated configurations are judged without a trap")
    func mutated() throws {
        var mutator = Mutator(
            [ModelTexts.deepSeek(blocks: 128), ModelTexts.qwen235, ModelTexts.glm] + Samples.of(.modelConfig),
            seed: 23
        )
        let specs = try ["sglang, version: 0.5.9", "vllm, version: 0.33.0"].map { engine in
            let text = """
                name: a
                engine: {kind: \(engine)}
                model: /m
                tp_size: 32
                tcp_iface: bond0
                nodes: ["10.0.0.[1-4]"]
                """
            return try #require(ClusterFile(bytes: Array(text.utf8), name: "a").spec)
        }
        let card = CardMemory(total: .gibibytes(45), free: .gibibytes(44))
        var judged = 0
        for _ in 0..<20_000 {
            guard let shape = ModelConfig.read(mutator.next()).value else { continue }
            for spec in specs {
                let fit = ModelFit(spec: spec, shape: shape, checkpoint: nil, card: card)
                judged += fit.budgets.isEmpty ? 0 : 1
                #expect(fit.problems.allSatisfy { !$0.ways.isEmpty })
            }
        }
        #expect(judged > 0)
    }
}
