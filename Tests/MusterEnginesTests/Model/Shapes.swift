import MusterEngines

/// Sizes of public models, as their cards and configurations give them.
extension ModelShape {
    static func dense(
        _ modelType: String = "llama",
        layers: Int,
        hidden: Int,
        intermediate: Int,
        heads: Int,
        groups: Int,
        headSize: Int = 128,
        vocabulary: Int,
        positions: Int = 131_072
    ) -> ModelShape {
        var shape = ModelShape()
        shape.modelType = modelType
        (shape.layers, shape.hidden, shape.intermediate) = (layers, hidden, intermediate)
        shape.attention = .grouped(heads: heads, keyValueHeads: groups, headSize: headSize)
        (shape.vocabulary, shape.positions, shape.format) = (vocabulary, positions, .bfloat16)
        return shape
    }

    /// The same with other weights.
    func stored(_ method: String, _ scheme: Quantisation.Scheme) -> ModelShape {
        var shape = self
        shape.quantisation = Quantisation(method: method, scheme: scheme)
        return shape
    }

    static func blocks(_ size: Int) -> Quantisation.Scheme { .block(rows: size, columns: size, bits: 8) }

    static func latent(
        _ modelType: String,
        layers: Int,
        heads: Int,
        experts: ExpertShape,
        vocabulary: Int
    )
        -> ModelShape
    {
        var shape = dense(
            modelType,
            layers: layers,
            hidden: 7168,
            intermediate: 18432,
            heads: heads,
            groups: heads,
            vocabulary: vocabulary,
            positions: 163_840
        )
        shape.attention = .latent(
            LatentAttention(heads: heads, queryRank: 1536, keyValueRank: 512, rotary: 64, plain: 128, value: 128)
        )
        shape.experts = experts
        return shape
    }

    /// DeepSeek-V3 and R1.
    static let deepSeek: ModelShape = {
        var shape = latent(
            "deepseek_v3",
            layers: 61,
            heads: 128,
            experts: ExpertShape(count: 256, intermediate: 2048, sharedIntermediate: 2048, firstSparse: 3),
            vocabulary: 129_280
        )
        shape.predictionLayers = 1
        shape.scaling = .init(type: "yarn", factor: 40, original: 4096)
        return shape.stored("fp8", blocks(128))
    }()

    static let kimi = latent(
        "kimi_k2",
        layers: 61,
        heads: 64,
        experts: ExpertShape(count: 384, intermediate: 2048, sharedIntermediate: 2048, firstSparse: 1),
        vocabulary: 163_840
    ).stored("fp8", blocks(128))

    static let llama8 = dense(
        layers: 32,
        hidden: 4096,
        intermediate: 14336,
        heads: 32,
        groups: 8,
        vocabulary: 128_256,
        positions: 8192
    )
    static let llama70 = dense(
        layers: 80,
        hidden: 8192,
        intermediate: 28672,
        heads: 64,
        groups: 8,
        vocabulary: 128_256
    )
    static let llama405 = dense(
        layers: 126,
        hidden: 16384,
        intermediate: 53248,
        heads: 128,
        groups: 8,
        vocabulary: 128_256
    )
    static let qwen7 = dense(
        "qwen2",
        layers: 28,
        hidden: 3584,
        intermediate: 18944,
        heads: 28,
        groups: 4,
        vocabulary: 152_064,
        positions: 32768
    )
    static let qwq = dense(
        "qwen2",
        layers: 64,
        hidden: 5120,
        intermediate: 27648,
        heads: 40,
        groups: 8,
        vocabulary: 152_064,
        positions: 40960
    )

    private static func sparse(
        _ modelType: String,
        _ dense: ModelShape,
        _ experts: ExpertShape
    ) -> ModelShape {
        var shape = dense
        shape.modelType = modelType
        shape.experts = experts
        return shape
    }

    static let qwen235 = sparse(
        "qwen3_moe",
        dense(
            layers: 94,
            hidden: 4096,
            intermediate: 12288,
            heads: 64,
            groups: 4,
            vocabulary: 151_936,
            positions: 40960
        ),
        ExpertShape(count: 128, intermediate: 1536)
    )
    static let qwen30 = sparse(
        "qwen3_moe",
        dense(
            layers: 48,
            hidden: 2048,
            intermediate: 6144,
            heads: 32,
            groups: 4,
            vocabulary: 151_936,
            positions: 40960
        ),
        ExpertShape(count: 128, intermediate: 768)
    )
    static let glm = sparse(
        "glm4_moe",
        dense(layers: 92, hidden: 5120, intermediate: 12288, heads: 96, groups: 8, vocabulary: 151_552),
        ExpertShape(count: 160, intermediate: 1536, sharedIntermediate: 1536, firstSparse: 3)
    )
    static let mixtral = sparse(
        "mixtral",
        dense(layers: 32, hidden: 4096, intermediate: 14336, heads: 32, groups: 8, vocabulary: 32000, positions: 32768),
        ExpertShape(count: 8, intermediate: 14336)
    )
}
