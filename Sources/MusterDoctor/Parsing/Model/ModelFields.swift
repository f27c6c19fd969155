import MusterEngines
import MusterSpec

/// The keys of `config.json`, under all the names they go by.
struct ModelFields {
    private let root: JSONValue
    /// Where the language model is described: below a key of its own in models of several media.
    private let text: JSONValue

    init(_ json: JSONValue) {
        root = json
        text = Self.language(json)
    }

    private static let languageKeys = ["text_config", "language_config", "llm_config", "thinker_config"]

    private static func language(_ json: JSONValue, depth: Int = 0) -> JSONValue {
        guard json["num_hidden_layers"] == nil, depth < 3 else { return json }
        for key in languageKeys {
            if let inner = json[key], case .object = inner { return language(inner, depth: depth + 1) }
        }
        return json
    }

    var describesModel: Bool {
        root["model_type"]?.text != nil || root["architectures"] != nil || text["hidden_size"] != nil
    }

    var shape: ModelShape {
        var shape = ModelShape()
        shape.architectures = (root["architectures"]?.elements ?? []).prefix(4).compactMap(\.text).map { Cut.short($0) }
        shape.modelType = (text["model_type"] ?? root["model_type"])?.text.map { Cut.short($0) }
        shape.layers = size("num_hidden_layers", "n_layer", "num_layers", most: ModelShape.mostLayers)
        shape.hidden = size("hidden_size", "n_embd", "d_model")
        shape.intermediate = size("intermediate_size", "n_inner", "ffn_dim")
        shape.vocabulary = size("vocab_size")
        shape.attention = attention(hidden: shape.hidden)
        shape.experts = experts(intermediate: shape.intermediate, modelType: shape.modelType)
        shape.tiesEmbeddings = text["tie_word_embeddings"]?.flag ?? root["tie_word_embeddings"]?.flag
        shape.predictionLayers = min(text["num_nextn_predict_layers"]?.count ?? 0, 16)
        shape.format = (text["torch_dtype"] ?? text["dtype"] ?? root["torch_dtype"] ?? root["dtype"])?.text
            .flatMap { NumberFormat(rawValue: $0.hasPrefix("torch.") ? String($0.dropFirst(6)) : $0) }
        shape.quantisation = (root["quantization_config"] ?? text["quantization_config"])
            .flatMap(QuantisationFields.inside)
        shape.positions = positions
        shape.scaling = scaling
        shape.irregularities = irregularities(positions: shape.positions)
        return shape
    }

    /// The first of several names that has a whole number above zero.
    private func size(_ names: String..., most: Int = ModelShape.largestSize) -> Int? {
        for name in names {
            guard let value = text[name] else { continue }
            return value.count.flatMap { (1...most).contains($0) ? $0 : nil }
        }
        return nil
    }

    private func has(_ name: String) -> Bool { text[name].map { $0 != .null } ?? false }

    // MARK: Attention

    private func attention(hidden: Int?) -> AttentionShape? {
        let most = ModelShape.mostHeads
        guard let heads = size("num_attention_heads", "n_head", "num_heads", most: most) else { return nil }
        if has("kv_lora_rank") {
            guard let rank = size("kv_lora_rank"), let rotary = size("qk_rope_head_dim", most: most),
                let plain = size("qk_nope_head_dim", most: most), let value = size("v_head_dim", most: most),
                !has("q_lora_rank") || size("q_lora_rank") != nil
            else { return nil }
            return .latent(
                LatentAttention(
                    heads: heads,
                    queryRank: size("q_lora_rank"),
                    keyValueRank: rank,
                    rotary: rotary,
                    plain: plain,
                    value: value
                )
            )
        }
        // One group each is what the key's absence means, but for the families that said it with another key.
        guard !has("multi_query"), !has("num_kv_heads"), !has("new_decoder_architecture") else { return nil }
        let groups = has("num_key_value_heads") ? size("num_key_value_heads", most: most) : heads
        let derived = hidden.flatMap { $0 % heads == 0 ? $0 / heads : nil }
        guard let groups, let size = has("head_dim") ? size("head_dim", most: most) : derived, size <= most else {
            return nil
        }
        return .grouped(heads: heads, keyValueHeads: groups, headSize: size)
    }

    // MARK: Experts

    /// Families whose experts have the width that dense layers have elsewhere.
    private static let withPlainWidth: Set<String> = ["mixtral"]

    private func experts(intermediate: Int?, modelType: String?) -> ExpertShape? {
        let count = size("n_routed_experts", "num_experts", "num_local_experts", most: ModelShape.mostExperts)
        guard let count, count > 1 else { return nil }
        let own = size("moe_intermediate_size")
        let width = own ?? (modelType.map(Self.withPlainWidth.contains) == true ? intermediate : nil)
        let step = size("decoder_sparse_step", "moe_layer_freq", most: ModelShape.mostLayers) ?? 1
        let first = text["first_k_dense_replace"]?.count ?? 0
        return ExpertShape(
            count: count,
            intermediate: width,
            sharedIntermediate: size("shared_expert_intermediate_size") ?? shared(width),
            firstSparse: min(first, ModelShape.mostLayers),
            step: step,
            offset: has("decoder_sparse_step") ? step - 1 : 0,
            denseLayers: Set(
                (text["mlp_only_layers"]?.elements ?? []).prefix(ModelShape.mostLayers).compactMap(\.count)
            )
        )
    }

    private func shared(_ width: Int?) -> Int {
        guard let width, let count = size("n_shared_experts", most: 64) else { return 0 }
        return min(count * width, ModelShape.largestSize)
    }

    // MARK: Positions

    private var positions: Int? { size("max_position_embeddings", "n_positions", "max_seq_len", most: 1 << 30) }

    private var scaling: ModelShape.PositionScaling? {
        guard let scaling = text["rope_scaling"], case .object = scaling else { return nil }
        guard let type = (scaling["rope_type"] ?? scaling["type"])?.text, let factor = scaling["factor"]?.decimal,
            factor > 0
        else { return nil }
        return ModelShape.PositionScaling(
            type: Cut.short(type),
            factor: factor,
            original: scaling["original_max_position_embeddings"]?.count
        )
    }

    // MARK: What the arithmetic does not cover

    private static let mixedKeys = [
        "hybrid_override_pattern", "layers_block_type", "attn_layer_indices", "attn_layer_period", "attn_type_list",
        "full_attention_interval", "linear_attn_config", "mamba_d_state", "mamba_num_heads", "ssm_cfg",
        "ssm_state_size",
        "attention_chunk_size", "interleave_moe_layer_step", "moe_layers_enum", "no_rope_layers",
        "cross_attention_layers",
    ]
    private static let sizeKeys = [
        "num_attention_heads", "num_key_value_heads", "intermediate_size", "head_dim", "num_experts",
        "n_routed_experts", "moe_intermediate_size", "moe_layer_freq", "ffn_dim",
    ]
    private static let towerKeys = [
        "vision_config", "audio_config", "visual", "vision_tower", "mm_vision_tower", "speech_config", "talker_config",
    ]

    private func irregularities(positions: Int?) -> Set<ModelShape.Irregularity> {
        var found: Set<ModelShape.Irregularity> = []
        let kinds = Set((text["layer_types"]?.elements ?? []).compactMap(\.text))
        if kinds.contains("sliding_attention") { found.insert(.slidingWindow) }
        if !kinds.isSubset(of: ["full_attention", "sliding_attention"]) { found.insert(.mixedLayers) }
        if let window = text["sliding_window"]?.count, text["use_sliding_window"]?.flag != false,
            window < positions ?? .max
        {
            found.insert(.slidingWindow)
        }
        if Self.mixedKeys.contains(where: has) { found.insert(.mixedLayers) }
        if has("block_configs") || Self.sizeKeys.contains(where: isList) { found.insert(.sizesByLayer) }
        if has("index_topk") { found.insert(.indexer) }
        let isNested = text != root
        if isNested || Self.towerKeys.contains(where: { root[$0].map { $0 != .null } ?? false }) {
            found.insert(.towers)
        }
        if root["is_encoder_decoder"]?.flag == true { found.insert(.encoder) }
        return found
    }

    private func isList(_ name: String) -> Bool {
        if case .array? = text[name] { true } else { false }
    }
}

extension JSONValue {
    var flag: Bool? {
        guard case .boolean(let flag) = self else { return nil }
        return flag
    }

    /// A number, whole or not.
    var decimal: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
