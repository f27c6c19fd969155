import MusterSpec
import OrderedCollections

/// Whether weights and the longest request fit into the GPUs.
struct MemoryRules {
    let serving: any ModelServing
    let shape: ModelShape
    let settings: ServingSettings
    let budgets: [MemoryBudget]
    /// Tokens of the longest request, where they are known.
    let context: Int?

    private var spec: ClusterSpec { serving.spec }
    private var isSGLang: Bool { spec.engine.kind.value == .sglang }
    private var engineName: String { isSGLang ? "SGLang" : "vLLM" }

    func check() -> [FitProblem] {
        let tooLong = longerThanModel()
        // The stage with the least room decides for all.
        guard let tightest = budgets.min(by: { $0.room < $1.room }) else { return tooLong }
        let weights = weights(tightest)
        guard weights.isEmpty else { return weights + tooLong }
        return tooLong.isEmpty ? requests(tightest) : tooLong
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
        var ways: [FitProblem.WayOut] = []
        if let fraction = fraction(for: budget, tokens: 4096) { ways.append(fraction) }
        let share = Double(budget.weights) / Double(max(1, budget.card.free.bytes)) / 0.75
        let factor = max(2, Int(share.rounded(.up)))
        ways.append(.init("use \(factor) times as many GPUs, with `nodes` and `tp_size` or `pp_size` to match"))
        if shape.quantisation == nil { ways.append(.init("use a quantised copy of the model: FP8 halves the weights")) }
        return ways
    }

    // MARK: Requests

    /// vLLM: `To serve at least one request with the model's max seq len, ... GiB KV cache is needed`. SGLang starts,
    /// and refuses requests that are longer than the cache.
    private func requests(_ budget: MemoryBudget) -> [FitProblem] {
        guard let context, let tokens = budget.tokens, let cell = budget.tokenBytes, tokens.likely < context,
            !isAutomatic
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
        var ways: [FitProblem.WayOut] = []
        let name = settings.contextKey?.name ?? settings.contextFlag
        let fitting = (tokens.least >= 1024 ? tokens.least : tokens.likely) / 1024 * 1024
        if fitting > 0 {
            ways.append(.init("write `\(name): \(fitting)` in `args`", [.init(["args", name], "\(fitting)")]))
        }
        if let fraction = fraction(for: budget, tokens: context) { ways.append(fraction) }
        if settings.cacheBits == 16, !settings.namesCache, 2 * tokens.likely >= context {
            let format = isSGLang ? "fp8_e4m3" : "fp8"
            ways.append(
                .init(
                    "halve the cache with `kv-cache-dtype: \(format)` in `args`",
                    [.init(["args", "kv-cache-dtype"], format)]
                )
            )
        }
        ways.append(.init("use more GPUs, with `nodes` and `tp_size` or `pp_size` to match"))
        return ways
    }

    /// A larger part of the card, where that suffices and leaves enough for activations and graphs.
    private func fraction(for budget: MemoryBudget, tokens: Int) -> FitProblem.WayOut? {
        guard let cell = budget.tokenBytes, budget.pool > 0, settings.cacheBytes == nil else { return nil }
        let whole = Double(budget.pool) / budget.fraction
        let others = isSGLang ? 0 : Double(budget.bytes(.runtime) + budget.bytes(.activations))
        let needed = Double(budget.weights) * (1 + MemoryBudget.margin) + others + Double(tokens) * Double(cell)
        let fraction = (needed / whole * 100).rounded(.up) / 100
        let rest = (1 - fraction) * whole - Double(budget.bytes(.requests))
        guard fraction > budget.fraction, fraction <= 0.95, rest >= Double(1 << 30) else { return nil }
        let name = settings.fraction?.name ?? settings.fractionFlag
        let text = SizeText.fraction(fraction)
        return .init("write `\(name): \(text)` in `args`", [.init(["args", name], text)])
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
