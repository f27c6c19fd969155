import MusterSpec
import OrderedCollections

/// What to change so that weights and requests fit, each way with the figures it leads to.
struct MemoryWays {
    private let terms: ModelTerms
    private let outlook: Outlook

    private var spec: ClusterSpec { terms.serving.spec }
    private var settings: ServingSettings { terms.settings }
    private var isSGLang: Bool { spec.engine.kind.value == .sglang }

    init(_ terms: ModelTerms, _ outlook: Outlook) {
        self.terms = terms
        self.outlook = outlook
    }

    // MARK: A line of `args`

    /// Shorter requests.
    func context(_ tokens: Int) -> FitProblem.WayOut {
        let name = settings.contextKey?.name ?? settings.contextFlag
        return written(name, "\(tokens)") { "write `\($0)` in `args`" }
    }

    /// Numbers of 8 bits in the cache, where they have 16 and nobody chose.
    var halfCache: FitProblem.WayOut? {
        guard settings.cacheBits == 16, !settings.namesCache else { return nil }
        return written("kv-cache-dtype", isSGLang ? "fp8_e4m3" : "fp8") { "halve the cache with `\($0)` in `args`" }
    }

    /// A larger part of the card, where that suffices and leaves enough for activations and graphs.
    func fraction(for budget: MemoryBudget, tokens: Int) -> FitProblem.WayOut? {
        guard let cell = budget.tokenBytes, budget.pool > 0, settings.cacheBytes == nil else { return nil }
        let whole = Double(budget.pool) / budget.fraction
        // SGLang's own context is gone before the part is taken.
        let others = Double((isSGLang ? 0 : budget.bytes(.runtime)) + budget.bytes(.activations))
        let needed = Double(budget.weights) * (1 + MemoryBudget.margin) + others + Double(tokens) * Double(cell)
        let fraction = (needed / whole * 100).rounded(.up) / 100
        let rest = (1 - fraction) * whole - Double(budget.bytes(.requests))
        guard fraction > budget.fraction, fraction <= 0.95, rest >= Double(1 << 30) else { return nil }
        let name = settings.fraction?.name ?? settings.fractionFlag
        return sufficient(written(name, SizeText.fraction(fraction)) { "write `\($0)` in `args`" }, tokens)
    }

    /// The size of the cache itself, where the file gives that and there is room for more.
    func size(for budget: MemoryBudget, tokens: Int) -> FitProblem.WayOut? {
        let arguments = terms.serving.arguments
        let way: FitProblem.WayOut
        if let given = arguments.integer("max-total-tokens"), given.value < tokens {
            let page = max(1, min(settings.page?.value ?? 1, 1 << 20))
            let whole = (tokens + page - 1) / page * page
            way = written(given.name, "\(whole)") { "write `\($0)` in `args`, or remove it" }
        } else if let given = arguments.integer("kv-cache-memory-bytes"), let cell = budget.tokenBytes {
            let page = max(1, min(settings.page?.value ?? 16, 1 << 20))
            let needed = ((tokens + page - 1) / page * page).multipliedReportingOverflow(by: cell)
            let room = given.value.addingReportingOverflow(budget.bytes(.rest))
            guard !needed.overflow, !room.overflow, needed.partialValue <= room.partialValue
            else { return nil }
            way = written(given.name, "\(needed.partialValue)") { "write `\($0)` in `args`" }
        } else {
            return nil
        }
        return sufficient(way, tokens)
    }

    /// A way whose own figures do not reach so many tokens is none.
    func sufficient(_ way: FitProblem.WayOut?, _ tokens: Int) -> FitProblem.WayOut? {
        guard let way, let outcome = way.outcome else { return way }
        return outcome.tokens.likely >= tokens ? way : nil
    }

    private func written(_ name: String, _ value: String, text: (String) -> String) -> FitProblem.WayOut {
        var other = spec
        other.arguments[name] = ArgumentSpec(value: .text(value), keySpan: spec.nodesSpan, valueSpan: spec.nodesSpan)
        return FitProblem.WayOut(
            text("\(name): \(value)"),
            [FitProblem.Edit(["args", name], value)],
            outcome: outlook.after(other, terms.shape)
        )
    }

    // MARK: Other machines, another copy

    /// The fewest times as many GPUs that suffice: in tensor parallelism where the model divides, else in stages.
    func moreGPUs(for budget: MemoryBudget, tokens: Int) -> FitProblem.WayOut? {
        let share = Double(budget.weights) / Double(max(1, budget.card.free.bytes)) / 0.75
        let least = max(2, share < 1e6 ? Int(share.rounded(.up)) : 2)
        for factor in least..<least + 15 {
            guard let (keys, outcome) = spread(factor), outcome.tokens.likely >= tokens else { continue }
            return FitProblem.WayOut(
                "use \(factor) times as many GPUs: \(keys), and `nodes` to match",
                outcome: outcome
            )
        }
        return nil
    }

    private func spread(_ factor: Int) -> (keys: String, FitProblem.Outcome)? {
        guard let sizes = terms.serving.sizes else { return nil }
        for (tensor, pipeline) in [(sizes.tensor * factor, sizes.pipeline), (sizes.tensor, sizes.pipeline * factor)] {
            var other = spec
            other.tensorParallel.value = tensor
            other.pipelineParallel.value = pipeline
            var later = ""
            if pipeline > 1, isSGLang, terms.shape.isLatent, terms.serving.version < .known(WaysOut.firstWithStages) {
                other.engine.version.value = .known(WaysOut.firstWithStages)
                later = " from SGLang \(WaysOut.firstWithStages) on"
            }
            // Experts that are whole on their ranks stay so.
            if sizes.expert > 1, tensor != sizes.tensor { other.expertParallel.value = sizes.expert * factor }
            guard let rules = ShapeRules(serving(other), terms.shape), rules.areSatisfied,
                let outcome = outlook.after(other, terms.shape)
            else { continue }
            return ((tensor == sizes.tensor ? "`pp_size: \(pipeline)`" : "`tp_size: \(tensor)`") + later, outcome)
        }
        return nil
    }

    /// Where no number of GPUs suffices, or nothing else is known.
    static let largerCards = FitProblem.WayOut("use GPUs with more memory, or a smaller model")

    /// A copy in 8 bits, where the model has none.
    var smallerWeights: FitProblem.WayOut? {
        guard terms.shape.quantisation == nil else { return nil }
        var copy = terms.shape
        copy.quantisation = Quantisation(method: "fp8", scheme: .tensor(bits: 8))
        return FitProblem.WayOut(
            "use a quantised copy of the model: FP8 halves the weights",
            outcome: outlook.after(spec, copiedAs: copy)
        )
    }
}
