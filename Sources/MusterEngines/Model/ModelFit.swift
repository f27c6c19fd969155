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
        let terms = ModelTerms(spec: spec, shape: shape)
        let settings = terms.settings
        let outlook = Outlook(checkpoint: checkpoint, card: card)
        let shapeProblems = ShapeRules(terms.serving, shape)?.check(outlook) ?? []
        context = terms.context
        var reasons: [String] = []
        var budgets: [MemoryBudget] = []
        do throws(Unjudgeable) {
            budgets = try terms.budgets(checkpoint: checkpoint, card: card)
            if budgets.first?.tokenBytes == nil { throw shape.uncached(settings) }
        } catch {
            reasons.append(error.reason)
        }
        self.budgets = budgets
        if case .unreadable = settings.context {
            reasons.append("whether the longest request fits: the number of `\(settings.contextFlag)` cannot be read")
        }
        unjudged = reasons
        // Memory of a layout that cannot start tells nothing.
        guard shapeProblems.isEmpty else {
            problems = shapeProblems
            return
        }
        let memory = MemoryRules(terms: terms, budgets: budgets, outlook: outlook).check()
        problems = budgets.isEmpty ? memory + Self.overfull(spec, settings, checkpoint, card) : memory
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
        // Copies of vLLM may share experts; SGLang's hold all of the model each, and attention DP adds no GPUs.
        let sharing = spec.engine.kind.value == .vllm ? sizes.data : 1
        let ranks = Double(sizes.tensor) * Double(sizes.pipeline) * Double(sharing)
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
    package var tightest: MemoryBudget? { budgets.tightest }
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
