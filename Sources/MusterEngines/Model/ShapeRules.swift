import MusterSpec
import OrderedCollections

/// Whether a model's sizes divide over the ranks. Each rule is one that an engine has, with its words in the comment.
struct ShapeRules {
    let serving: any ModelServing
    let shape: ModelShape
    let split: ModelSplit

    /// Nothing where the sizes of the file are wrong by themselves.
    init?(_ serving: any ModelServing, _ shape: ModelShape) {
        guard let split = serving.split else { return nil }
        self.serving = serving
        self.shape = shape
        self.split = split
    }

    var spec: ClusterSpec { serving.spec }
    var isSGLang: Bool { spec.engine.kind.value == .sglang }
    var engineName: String { isSGLang ? "SGLang" : "vLLM" }

    /// What is wrong, with the ways out and where they lead.
    func check(_ outlook: Outlook) -> [FitProblem] {
        problems.map { problem in
            var mended = problem
            mended.ways = WaysOut(self, outlook).ways(for: problem)
            return mended
        }
    }

    var areSatisfied: Bool { problems.isEmpty }

    /// Of the rules about TP the first that fails, alone: one size that does not divide breaks several.
    private var problems: [FitProblem] {
        let tensor = [heads, experts, vocabulary, widths, blocks, groups].lazy.map { $0() }.first { !$0.isEmpty } ?? []
        return tensor + stages() + (isSGLang ? pages() : batches() + contextParallel() + externalCopies())
    }

    func problem(
        _ subject: String,
        _ message: String,
        measured: String,
        expected: String,
        key: String = "tp_size"
    ) -> FitProblem {
        FitProblem(
            code: .modelShapeUnfit,
            severity: .error,
            subject: subject,
            message: message,
            measured: measured,
            expected: expected,
            ways: [],
            key: key,
            span: span(of: key)
        )
    }

    private func span(of key: String) -> SourceSpan? {
        switch key {
        case "tp_size": spec.tensorParallel.span
        case "pp_size": spec.pipelineParallel.span
        case "ep_size": spec.expertParallel.span
        default: nil
        }
    }

    /// The same about a line of `args`.
    func problem<Value>(
        _ subject: String,
        _ message: String,
        measured: String,
        expected: String,
        at given: FileArguments.Given<Value>
    ) -> FitProblem {
        var problem = problem(subject, message, measured: measured, expected: expected, key: "args.\(given.name)")
        problem.span = given.span
        return problem
    }

    // MARK: Stages

    /// A stage has a layer at least; MLA has had stages in SGLang since 0.5.1 (absent in 0.4.10.post2).
    private func stages() -> [FitProblem] {
        let count = spec.pipelineParallel.value
        guard count > 1 else { return [] }
        if let layers = shape.layers, count > layers {
            return [
                problem(
                    "pipeline stages",
                    "the model has fewer layers than there are pipeline stages",
                    measured: "\(layers) layers, \(count) stages",
                    expected: "a layer for each stage at least",
                    key: "pp_size"
                )
            ]
        }
        let partition = partition()
        guard partition.isEmpty else { return partition }
        guard isSGLang, shape.isLatent, serving.version <= .known("0.4.10.post2") else { return [] }
        return [
            problem(
                "pipeline stages",
                "SGLang \(serving.version) has no pipeline stages for this family of models",
                measured: "pp_size \(count)",
                expected: "SGLang \(WaysOut.firstWithStages) or later",
                key: "pp_size"
            )
        ]
    }

    /// `VLLM_PP_LAYER_PARTITION` and its like: as many numbers as stages, which make up all layers.
    private func partition() -> [FitProblem] {
        guard let given = spec.environment[serving.partitionVariable], !given.value.isEmpty, let layers = shape.layers,
            serving.givenStages(layers: layers) == nil
        else { return [] }
        var problem = problem(
            Self.partitionSubject,
            "the layers of the stages are not those of the model",
            measured: "`\(given.value)` for \(spec.pipelineParallel.value) stages",
            expected: "\(spec.pipelineParallel.value) numbers above zero that make up \(layers)",
            key: "env.\(serving.partitionVariable)"
        )
        problem.span = given.valueSpan
        return [problem]
    }

    static let partitionSubject = "layers of stages"
}
