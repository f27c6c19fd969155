/// Families whose layers are what ``WeightMatrix`` lists: gated MLPs, two norms, attention as the sizes say.
enum ModelFamily {
    /// Whether the head is the embedding where `tie_word_embeddings` is not written, by `model_type`.
    private static let tiesEmbeddings: [String: Bool] = [
        "llama": false, "mistral": false, "mixtral": false, "qwen2": false, "qwen2_moe": false, "qwen3": false,
        "qwen3_moe": false, "deepseek": false, "deepseek_v2": false, "deepseek_v3": false, "deepseek_v32": false,
        "kimi_k2": false, "glm4_moe": false, "phi3": false, "internlm2": false, "internlm3": false, "gemma": true,
        "qwen2_5_vl": false, "qwen2_5_vl_text": false, "qwen3_vl_text": false, "qwen3_vl_moe_text": false,
        "dots1": false,
    ]

    static func covers(_ modelType: String) -> Bool { tiesEmbeddings[modelType] != nil }

    static func tiesEmbeddings(_ modelType: String) -> Bool { tiesEmbeddings[modelType] ?? false }
}

extension ModelShape {
    /// Whether the parameters can be counted.
    var isCountable: Bool {
        guard let modelType else { return false }
        return ModelFamily.covers(modelType) && !irregularities.contains(where: \.hidesWeights)
    }

    /// Whether the head is the embedding, by the file or by the family.
    var sharesEmbedding: Bool { tiesEmbeddings ?? modelType.map(ModelFamily.tiesEmbeddings) ?? false }
}
