package import MusterSpec

/// How a model fits the ranks and the GPUs of a cluster file: what is wrong, what becomes of the memory, and what could
/// not be judged. Pure; the same arguments give the same answer.
package struct ModelFit: Sendable {
    package let spec: ClusterSpec
    package let shape: ModelShape
    /// Bytes of the weights on disk, where they are known.
    package let checkpoint: ByteCount?
    /// Of each GPU, where it is known.
    package let card: CardMemory?
    /// Those of shapes first.
    package let problems: [FitProblem]
    /// One for each pipeline stage; none where memory could not be judged.
    package let budgets: [MemoryBudget]
    /// Tokens of the longest request, by the file or else by the model.
    package let context: Int?
    /// What could not be judged, and why.
    package let unjudged: [String]

    /// - Parameters:
    ///   - spec: The file, or one replica of it.
    ///   - shape: What `config.json` says.
    ///   - checkpoint: Bytes of the weights on disk.
    ///   - card: The memory of each GPU.
    package init(spec: ClusterSpec, shape: ModelShape, checkpoint: ByteCount?, card: CardMemory?) {
        self.spec = spec
        self.shape = shape
        self.checkpoint = checkpoint
        self.card = card
        let serving = serving(spec)
        let settings = serving.settings(for: shape)
        let rules = ShapeRules(serving, shape)
        let shapeProblems = rules?.check() ?? []
        context =
            switch settings.context {
            case .given(let tokens): tokens
            case .model, .automatic: serving.positions(of: shape)
            case .unreadable: nil
            }
        var reasons: [String] = []
        var budgets: [MemoryBudget] = []
        do throws(Unjudgeable) {
            budgets = try Self.budgets(serving, shape, settings, checkpoint, card, context)
            if budgets.first?.tokenBytes == nil { throw shape.uncached(settings) }
        } catch {
            reasons.append(error.reason)
        }
        self.budgets = budgets
        unjudged = reasons
        // Memory of a layout that cannot start tells nothing.
        guard shapeProblems.isEmpty else {
            problems = shapeProblems
            return
        }
        let memory = MemoryRules(
            serving: serving,
            shape: shape,
            settings: settings,
            budgets: budgets,
            context: context
        ).check()
        problems = budgets.isEmpty ? memory + Self.overfull(spec, settings, checkpoint, card) : memory
    }

    private static func budgets(
        _ serving: any ModelServing,
        _ shape: ModelShape,
        _ settings: ServingSettings,
        _ checkpoint: ByteCount?,
        _ card: CardMemory?,
        _ context: Int?
    ) throws(Unjudgeable) -> [MemoryBudget] {
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

    /// All ranks together must hold the files, whatever is in them.
    private static func overfull(
        _ spec: ClusterSpec,
        _ settings: ServingSettings,
        _ checkpoint: ByteCount?,
        _ card: CardMemory?
    ) -> [FitProblem] {
        guard let checkpoint, let card, settings.unknown == nil, let sizes = serving(spec).sizes else { return [] }
        switch settings.quantisation {
        case .asStored, .storedBy: break
        case .whileLoading, .unknown: return []
        }
        let ranks = Double(sizes.tensor) * Double(sizes.pipeline) * Double(sizes.data)
        let each = Double(checkpoint.bytes) / ranks * (1 - MemoryBudget.margin)
        guard each > Double(card.total.bytes) else { return [] }
        return [
            FitProblem(
                code: .modelMemoryUnfit,
                severity: .error,
                subject: "weights",
                message: "the weights do not fit into the GPUs",
                measured: "\(SizeText.gibibytes(Double(checkpoint.bytes))) of weights on disk, "
                    + "for \(Int(ranks)) GPU\(ranks == 1 ? "" : "s")",
                expected: "at most \(SizeText.gibibytes(Double(card.total.bytes))) on each",
                ways: [.init("use more GPUs, with `nodes` and `tp_size` or `pp_size` to match")],
                key: "tp_size",
                span: spec.tensorParallel.span
            )
        ]
    }

    /// Layers of the fullest GPUs, which decide for all.
    package var tightest: MemoryBudget? {
        budgets.min { ($0.tokens?.likely ?? .max) < ($1.tokens?.likely ?? .max) }
    }
}

extension ModelShape {
    /// Why the bytes of a token cannot be told.
    fileprivate func uncached(_ settings: ServingSettings) -> Unjudgeable {
        let hidden = irregularities.filter(\.hidesCache).map(\.rawValue).sorted()
        if !hidden.isEmpty {
            return Unjudgeable(reason: "the cache of a model with \(hidden.joined(separator: " and "))")
        }
        return Unjudgeable(reason: "in which format the cache is kept")
    }
}
