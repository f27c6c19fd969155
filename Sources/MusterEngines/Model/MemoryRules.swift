import MusterSpec
import OrderedCollections

/// Whether weights and the longest request fit into the GPUs.
struct MemoryRules {
    let terms: ModelTerms
    let budgets: [MemoryBudget]
    let outlook: Outlook

    private var serving: any ModelServing { terms.serving }
    private var shape: ModelShape { terms.shape }
    private var settings: ServingSettings { terms.settings }
    private var spec: ClusterSpec { serving.spec }
    private var isSGLang: Bool { spec.engine.kind.value == .sglang }
    private var engineName: String { isSGLang ? "SGLang" : "vLLM" }

    func check() -> [FitProblem] {
        let asked = longerThanModel() + startUp()
        // The stage with the least room decides for all.
        guard let tightest = budgets.min(by: { $0.room < $1.room }) else { return asked }
        let weights = weights(tightest)
        guard weights.isEmpty else { return weights + asked }
        return asked.isEmpty ? requests(tightest) : asked
    }

    /// vLLM, since 0.9.2: `Free memory on device on startup is less than desired GPU memory utilization`. The engine's
    /// own context is there already when it looks.
    private func startUp() -> [FitProblem] {
        guard !isSGLang, serving.version >= .known("0.9.2"), let card = outlook.card, let given = settings.fraction,
            card.free.bytes > 0
        else { return [] }
        let free = Double(card.free.bytes) - RuntimeMemory.least * Double(1 << 30)
        guard given.value * Double(card.free.bytes) > free else { return [] }
        let most = (free / Double(card.free.bytes) * 100).rounded(.down) / 100
        let text = SizeText.fraction(most)
        return [
            FitProblem(
                code: .modelMemoryUnfit,
                severity: given.value >= 1 ? .error : .warning,
                subject: "memory",
                message: "less of the card is free at start than the engine is to use",
                measured: "\(SizeText.fraction(given.value)) of the card, of which the engine's context takes "
                    + SizeText.gibibytes(RuntimeMemory.least * Double(1 << 30)),
                expected: "at most \(text)",
                ways: [.init("write `\(given.name): \(text)` in `args`", [.init(["args", given.name], text)])],
                key: "args.\(given.name)",
                span: given.span
            )
        ]
    }

    // MARK: Weights

    /// SGLang: `Not enough memory. Please try to increase --mem-fraction-static`; vLLM: `No available memory for the
    /// cache blocks`.
    private func weights(_ budget: MemoryBudget) -> [FitProblem] {
        guard let tokens = budget.tokens, tokens.likely == 0, settings.mostTokens != 0 else { return [] }
        let isCertain = tokens.most == 0
        let place = budgets.count > 1 ? " in stage \(budget.stage)" : ""
        return [
            FitProblem(
                code: .modelMemoryUnfit,
                severity: isCertain ? .error : .warning,
                subject: "weights",
                message: isCertain
                    ? "the weights leave no memory for the cache" : "the weights may leave no memory for the cache",
                measured: "\(SizeText.gibibytes(Double(budget.weights))) of weights on each GPU\(place)",
                expected: "less than \(SizeText.gibibytes(Double(budget.pool))): "
                    + "`\(settings.fractionFlag)` \(SizeText.fraction(budget.fraction)) of "
                    + SizeText.gibibytes(Double(budget.card.total.bytes)),
                ways: weightWays(budget),
                key: fractionKey,
                span: settings.fraction?.span ?? spec.tensorParallel.span
            )
        ]
    }

    private var fractionKey: String { settings.fraction.map { "args.\($0.name)" } ?? "tp_size" }

    private func weightWays(_ budget: MemoryBudget) -> [FitProblem.WayOut] {
        let ways = MemoryWays(terms, outlook)
        let found = [
            ways.fraction(for: budget, tokens: 4096), ways.moreGPUs(for: budget, tokens: 1),
            ways.sufficient(ways.smallerWeights, 1),
        ].compactMap(\.self)
        return found.isEmpty ? [MemoryWays.largerCards] : found
    }

    // MARK: Requests

    /// vLLM: `To serve at least one request with the model's max seq len, ... GiB KV cache is needed`. SGLang starts,
    /// and refuses requests that are longer than the cache.
    private func requests(_ budget: MemoryBudget) -> [FitProblem] {
        guard let context = terms.context, let tokens = budget.tokens, let cell = budget.tokenBytes,
            tokens.likely < context, !isAutomatic
        else { return [] }
        // What nobody asked for SGLang only serves in part.
        let isPromised = !isSGLang || settings.contextKey != nil
        let isCertain = tokens.most < context
        let whose = settings.contextKey == nil ? "the model's longest request" : "the longest request"
        return [
            FitProblem(
                code: .contextUnfit,
                severity: isCertain && isPromised ? .error : .warning,
                subject: "context",
                message: isCertain ? "\(whose) does not fit into the cache" : "\(whose) may not fit into the cache",
                measured:
                    "\(tokens.likely) tokens fit, \(SizeText.gibibytes(Double(budget.bytes(.cache)))) on each GPU",
                expected: "\(context) tokens of \(cell) bytes, "
                    + SizeText.gibibytes(Double(context) * Double(cell)),
                ways: requestWays(budget, tokens, context),
                key: settings.contextKey.map { "args.\($0.name)" } ?? "args.\(settings.contextFlag)",
                span: settings.contextKey?.span ?? spec.model.span
            )
        ]
    }

    private var isAutomatic: Bool { if case .automatic = settings.context { true } else { false } }

    private func requestWays(
        _ budget: MemoryBudget,
        _ tokens: MemoryBudget.Tokens,
        _ context: Int
    ) -> [FitProblem.WayOut] {
        let ways = MemoryWays(terms, outlook)
        let fitting = (tokens.least >= 1024 ? tokens.least : tokens.likely) / 1024 * 1024
        let size = ways.size(for: budget, tokens: context)
        let found = [
            fitting > 0 ? ways.context(fitting) : nil, size, ways.fraction(for: budget, tokens: context),
            ways.sufficient(ways.halfCache, context),
            // Where a line of the file is the limit, these GPUs are enough.
            size == nil ? ways.moreGPUs(for: budget, tokens: context) : nil,
        ].compactMap(\.self)
        return found.isEmpty ? [MemoryWays.largerCards] : found
    }

    // MARK: The model's own end

    /// `User-specified max_model_len is greater than the derived max_model_len`; SGLang 0.5.23 refuses, too, and 0.4.4
    /// warned.
    private func longerThanModel() -> [FitProblem] {
        guard case .given(let context) = settings.context, let positions = serving.positions(of: shape),
            context > positions, let key = settings.contextKey,
            spec.environment[escape]?.value.isEmpty != false
        else { return [] }
        let refuses = !isSGLang || serving.version >= .known("0.5.23")
        return [
            FitProblem(
                code: .contextUnfit,
                severity: refuses ? .error : .warning,
                subject: "context",
                message: "the longest request is longer than what the model is made for",
                measured: "\(context) tokens",
                expected: "at most \(positions), by `config.json`"
                    + (refuses ? "; \(engineName) refuses more" : "; answers beyond are garbage"),
                ways: [
                    .init("write `\(key.name): \(positions)` in `args`", [.init(["args", key.name], "\(positions)")]),
                    .init("set `\(escape): \"1\"` in `env` if the model is meant to go on"),
                ],
                key: "args.\(key.name)",
                span: key.span
            )
        ]
    }

    private var escape: String {
        isSGLang ? "SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN" : "VLLM_ALLOW_LONG_MAX_MODEL_LEN"
    }
}

extension MemoryBudget {
    /// What the cache has, for comparing stages of one deployment.
    fileprivate var room: Int { tokens?.likely ?? bytes(.cache) }
}
