import MusterSpec

/// A file and a model as its engine takes them, before anything is judged.
struct ModelTerms {
    let serving: any ModelServing
    let shape: ModelShape
    let settings: ServingSettings

    init(spec: ClusterSpec, shape: ModelShape) {
        serving = MusterEngines.serving(spec)
        self.shape = shape
        settings = serving.settings(for: shape)
    }

    /// Tokens of the longest request, by the file or else by the model.
    var context: Int? {
        switch settings.context {
        case .given(let tokens): tokens
        case .model, .automatic: serving.positions(of: shape)
        case .unreadable: nil
        }
    }

    /// What becomes of the memory of each GPU.
    ///
    /// - Parameters:
    ///   - checkpoint: Bytes of the weights on disk.
    ///   - card: The memory of each GPU.
    /// - Returns: One budget for each pipeline stage.
    /// - Throws: `Unjudgeable` with the reason, where it cannot be counted.
    func budgets(checkpoint: ByteCount?, card: CardMemory?) throws(Unjudgeable) -> [MemoryBudget] {
        guard let card else { throw Unjudgeable(reason: "the memory of the GPUs is not known") }
        guard let split = serving.split else { throw Unjudgeable(reason: "the parallel sizes do not divide") }
        let weights = try WeightEstimate(shape, split, settings, checkpoint: checkpoint)
        guard let stages = shape.layers.flatMap(serving.stages) else {
            throw Unjudgeable(reason: "the layers do not divide over the pipeline stages")
        }
        let given = settings.fraction?.value
        guard let fraction = given ?? serving.usualFraction(card, settings, shape) else {
            throw Unjudgeable(reason: "the default of `\(settings.fractionFlag)` is not known for this card")
        }
        let isSGLang = serving.spec.engine.kind.value == .sglang
        return stages.enumerated().map { stage, layers in
            MemoryEstimate(
                engine: serving.spec.engine.kind.value,
                version: serving.version,
                card: card,
                fraction: fraction,
                isFractionGiven: given != nil,
                settings: settings,
                weights: weights.bytes(onRankOf: layers),
                tokenBytes: settings.cacheBits.flatMap {
                    shape.tokenBytes(layers: layers.count, attention: split.attention, bits: $0)
                },
                context: context,
                isSizedAfterGraphs: isSGLang && serving.version >= .known("0.5.23") && !shape.isLatent
            ).budget(stage: stage, layers: layers)
        }
    }
}

extension [MemoryBudget] {
    /// The fullest GPUs, which decide for all.
    var tightest: MemoryBudget? {
        self.min { ($0.tokens?.likely ?? .max, -$0.weights) < ($1.tokens?.likely ?? .max, -$1.weights) }
    }
}
