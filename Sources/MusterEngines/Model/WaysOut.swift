import MusterSpec
import OrderedCollections

/// What to change so that the sizes divide. A way is offered when the same rules are satisfied by it.
struct WaysOut {
    /// Releases in which a way was first seen: 0.4.4.post1 and 0.4.10.post2 are without.
    static let firstWithDenseTensor: StaticString = "0.4.6.post5"
    static let firstWithStages: StaticString = "0.5.1.post3"

    private let rules: ShapeRules
    private let outlook: Outlook
    private var spec: ClusterSpec { rules.spec }

    init(_ rules: ShapeRules, _ outlook: Outlook) {
        self.rules = rules
        self.outlook = outlook
    }

    /// In the order in which an operator would try them: what leaves layout and speed alone comes first.
    func ways(for problem: FitProblem) -> [FitProblem.WayOut] {
        var ways: [FitProblem.WayOut?] = []
        if problem.subject == ShapeRules.blockSubject { ways += [resizedBlocks, scalesByChannel, wholeExperts] }
        switch problem.key {
        case "tp_size": ways.append(fewerRanks)
        case "ep_size": ways.append(FitProblem.WayOut("remove `ep_size`"))
        case "pp_size": ways.append(FitProblem.WayOut("choose a smaller `pp_size`"))
        default: ways.append(way(outOf: problem))
        }
        let found = ways.compactMap(\.self)
        return found.isEmpty ? [smallerTensor] : found
    }

    /// The largest TP that the model divides over, on other machines than these.
    private var smallerTensor: FitProblem.WayOut {
        let tensor = min(spec.tensorParallel.value, 1025)
        for size in (1..<max(1, tensor)).reversed() {
            var other = spec
            other.tensorParallel.value = size
            if spec.expertParallel.value == spec.tensorParallel.value { other.expertParallel.value = size }
            guard passes(other, rules.shape) else { continue }
            return FitProblem.WayOut(
                "write `tp_size: \(size)`, with `nodes`, `gpus_per_node` and `pp_size` to match",
                outcome: outlook.after(other, rules.shape)
            )
        }
        return FitProblem.WayOut("use another copy of the model: no `tp_size` divides the sizes of this one")
    }

    private func passes(_ spec: ClusterSpec, _ shape: ModelShape) -> Bool {
        ShapeRules(serving(spec), shape)?.areSatisfied ?? false
    }

    // MARK: Another copy of the model

    /// Halved blocks: every scale is repeated, the weights stay as they are. SGLang's Triton kernels take any size.
    private var resizedBlocks: FitProblem.WayOut? {
        guard rules.isSGLang, case .block(let rows, let columns, let bits)? = rules.shape.quantisation?.scheme else {
            return nil
        }
        for size in [64, 32, 16] where rows % size == 0 && columns % size == 0 && (rows, columns) != (size, size) {
            var shape = rules.shape
            shape.quantisation?.scheme = .block(rows: size, columns: size, bits: bits)
            guard passes(spec, shape) else { continue }
            return FitProblem.WayOut(
                "use a copy of the model with its blocks resized to \(size)x\(size): "
                    + "scales repeated, weights as they are",
                outcome: outlook.after(spec, copiedAs: shape)
            )
        }
        return nil
    }

    private var scalesByChannel: FitProblem.WayOut? {
        var shape = rules.shape
        shape.quantisation?.scheme = .channel(bits: 8)
        guard passes(spec, shape) else { return nil }
        let flag = rules.isSGLang ? ", such as channel INT8 with `quantization: w8a8_int8` in `args`" : ""
        return FitProblem.WayOut(
            "use a copy of the model with one scale for each channel, which has no blocks\(flag)",
            outcome: outlook.after(spec, copiedAs: shape)
        )
    }

    // MARK: Another layout

    /// Experts whole on their ranks, and the dense MLPs not cut at all where the engine has a flag for it.
    private var wholeExperts: FitProblem.WayOut? {
        guard rules.shape.experts != nil, let sizes = rules.serving.sizes else { return nil }
        var other = spec
        guard rules.isSGLang else {
            other.expertParallel.value = sizes.tensor * sizes.data
            guard spec.expertParallel.value == 1, passes(other, rules.shape) else { return nil }
            return FitProblem.WayOut(
                "spread whole experts: `ep_size: \(other.expertParallel.value)`",
                [FitProblem.Edit(["ep_size"], "\(other.expertParallel.value)")],
                outcome: outlook.after(other, rules.shape)
            )
        }
        let isOld = rules.serving.version < .known("0.4.10")
        let flags = [
            ("moe-dense-tp-size", "1"), isOld ? ("enable-deepep-moe", "true") : ("moe-a2a-backend", "deepep"),
        ]
        for (flag, value) in flags {
            let given: FlagValue = value == "true" ? .switched(true) : .text(value)
            other.arguments[flag] = ArgumentSpec(value: given, keySpan: spec.nodesSpan, valueSpan: spec.nodesSpan)
        }
        other.expertParallel.value = sizes.tensor
        guard passes(other, rules.shape) else { return nil }
        let names = flags.map { "\($0.0): \($0.1)" } + ["enable-dp-lm-head: true"]
        return FitProblem.WayOut(
            "spread whole experts and leave the dense layers undivided: `ep_size: \(sizes.tensor)` with "
                + "`\(names.joined(separator: ", "))` in `args`" + from(Self.firstWithDenseTensor),
            [FitProblem.Edit(["ep_size"], "\(sizes.tensor)")]
                + flags.map { FitProblem.Edit(["args", $0.0], $0.1) }
                + [FitProblem.Edit(["args", "enable-dp-lm-head"], "true")],
            outcome: outlook.after(released(other, Self.firstWithDenseTensor), rules.shape)
        )
    }

    /// Fewer ranks in tensor parallelism and more pipeline stages: those of a node first, which keeps tensor
    /// parallelism off the network.
    private var fewerRanks: FitProblem.WayOut? {
        guard let sizes = rules.serving.sizes else { return nil }
        let world = sizes.tensor * sizes.pipeline
        let smaller = (1..<max(1, min(sizes.tensor, 1025))).reversed().filter { world % $0 == 0 }
        let ofNode = smaller.filter { $0 == spec.gpusPerNode.value }
        for tensor in ofNode + smaller where tensor > 1 || world == 1 {
            var other = spec
            other.tensorParallel.value = tensor
            other.pipelineParallel.value = world / tensor
            guard world / tensor <= rules.shape.layers ?? .max, isLaidOut(other), passesWithStages(other) else {
                continue
            }
            let isNew = rules.isSGLang && rules.shape.isLatent
            return FitProblem.WayOut(
                "write `tp_size: \(tensor)` with `pp_size: \(world / tensor)`"
                    + (isNew ? from(Self.firstWithStages) : ""),
                [FitProblem.Edit(["tp_size"], "\(tensor)"), FitProblem.Edit(["pp_size"], "\(world / tensor)")],
                outcome: outlook.after(isNew ? released(other, Self.firstWithStages) : other, rules.shape)
            )
        }
        return nil
    }

    /// A later release is part of the way, so the rule about releases does not count.
    private func passesWithStages(_ spec: ClusterSpec) -> Bool {
        var tried = spec
        tried.pipelineParallel.value = 1
        return passes(tried, rules.shape)
    }

    private static let ofLayout: Set<DiagnosticCode> = [
        .layoutDoesNotFillGPUs, .worldNotDivisible, .pipelineAcrossNodes, .tensorAcrossNodes,
    ]

    private func isLaidOut(_ spec: ClusterSpec) -> Bool {
        !engine(for: spec).check().contains { Self.ofLayout.contains($0.code) }
    }

    /// The file with the release that a way needs, where its own is earlier.
    private func released(_ spec: ClusterSpec, _ release: StaticString) -> ClusterSpec {
        var later = spec
        later.engine.version.value = max(spec.engine.version.value, .known(release))
        return later
    }

    private func from(_ release: StaticString) -> String {
        rules.serving.version < .known(release) ? ", from SGLang \(release) on" : ""
    }

    // MARK: Tokens

    private func way(outOf problem: FitProblem) -> FitProblem.WayOut? {
        let name = problem.key.split(separator: ".").last.map(String.init) ?? problem.key
        switch problem.subject {
        case ShapeRules.chunkSubject: return wholePages
        case ShapeRules.pageSubject:
            return FitProblem.WayOut("write `\(name): 64` in `args`", [FitProblem.Edit(["args", name], "64")])
        case ShapeRules.copySubject: return FitProblem.WayOut("remove `\(name)`, or use `replicas`")
        case ShapeRules.partitionSubject: return FitProblem.WayOut("remove `\(name)` from `env`, or make up the sum")
        default: return nextValue(problem)
        }
    }

    /// What the problem expects, as words, for the key that it is about.
    private func nextValue(_ problem: FitProblem) -> FitProblem.WayOut {
        FitProblem.WayOut("change `\(problem.key.dropFirst("args.".count))` in `args` to \(problem.expected)")
    }

    private var wholePages: FitProblem.WayOut? {
        let settings = rules.serving.settings(for: rules.shape)
        guard let page = settings.page?.value, let chunk = settings.chunk, let sizes = rules.serving.sizes else {
            return nil
        }
        guard (1...1 << 20).contains(page) else { return nil }
        let unit = page * max(1, min(rules.serving.attentionParts, sizes.tensor))
        let size = max(unit, chunk.value / unit * unit)
        return FitProblem.WayOut(
            "write `\(chunk.name): \(size)` in `args`",
            [FitProblem.Edit(["args", chunk.name], "\(size)")]
        )
    }
}
