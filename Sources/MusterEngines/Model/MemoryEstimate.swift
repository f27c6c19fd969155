import MusterSpec

/// The arithmetic of one stage's GPUs. All amounts in bytes.
struct MemoryEstimate {
    let engine: EngineSpec.Kind
    let version: EngineVersion
    let card: CardMemory
    let fraction: Double
    let isFractionGiven: Bool
    let settings: ServingSettings
    /// Of each rank.
    let weights: Double
    let tokenBytes: Int?
    /// Tokens of the longest request, for SGLang's request table.
    let context: Int?
    /// Whether the cache gets what is left when the graphs are made already.
    let isSizedAfterGraphs: Bool

    private static let gibibyte = Double(1 << 30)

    /// Which way the unknown amounts are taken.
    private enum Case {
        case least, likely, most
    }

    private func loaded(_ which: Case) -> Double {
        switch which {
        case .least: weights * (1 + MemoryBudget.margin)
        case .likely: weights
        case .most: weights * (1 - MemoryBudget.margin)
        }
    }

    private func runtime(_ which: Case) -> Double {
        (which == .most ? RuntimeMemory.least : RuntimeMemory.likely) * Self.gibibyte
    }

    /// Activations of a profiling run and graphs, about a GiB each; from nothing to twice as much.
    private func measured(_ which: Case) -> Double {
        let hasGraphs = settings.graphs.areCaptured && (engine == .sglang || version >= .known("0.20.2"))
        let parts = (engine == .vllm ? 1.0 : 0) + (hasGraphs ? 1 : 0)
        switch which {
        case .least: return 2 * parts * Self.gibibyte
        case .likely: return parts * Self.gibibyte
        case .most: return 0
        }
    }

    /// What the cache gets.
    private func cache(_ which: Case) -> Double {
        if let given = settings.cacheBytes { return Double(given) }
        let free = Double(card.free.bytes)
        switch engine {
        case .sglang:
            let graphs = isSizedAfterGraphs ? measured(which) : 0
            return fraction * (free - runtime(which)) - loaded(which) - graphs
        case .vllm:
            // CUDA counts what the driver keeps out of the total.
            let total = which == .most ? Double(card.total.bytes) : free
            return fraction * total - loaded(which) - runtime(which) - measured(which)
        }
    }

    /// Whole pages of it, and no more than the file allows.
    private func tokens(_ which: Case) -> Int? {
        guard let tokenBytes, tokenBytes > 0 else { return nil }
        let fitting = max(0, cache(which)) / Double(tokenBytes)
        guard fitting < 1e15 else { return nil }
        let page = max(1, settings.page?.value ?? (engine == .vllm ? 16 : 1))
        let whole = Int(fitting) / page * page
        return settings.mostTokens.map { min(max(0, $0), whole) } ?? whole
    }

    /// SGLang: a row for each request and one more, a number of four bytes for each token (0.4.4.post1 memory_pool.py).
    private func table(_ tokens: Int) -> Double {
        guard engine == .sglang, let context else { return 0 }
        let usual = min(max(Double(tokens) / Double(max(1, context)) * 512, 2048), 4096)
        return ((settings.mostRequests.map(Double.init) ?? usual) + 1) * (Double(context) + 4) * 4
    }

    /// - Parameters:
    ///   - stage: Which pipeline stage it is.
    ///   - layers: Its layers.
    /// - Returns: The card in parts, and the tokens that fit.
    func budget(stage: Int, layers: Range<Int>) -> MemoryBudget {
        let tokens = self.tokens(.likely)
        let cache =
            tokens.flatMap { tokens in tokenBytes.map { Double(tokens) * Double($0) } }
            ?? max(0, self.cache(.likely))
        let table = table(tokens ?? 0)
        let before = Double(card.free.bytes) - runtime(.likely)
        let spent = engine == .vllm || isSizedAfterGraphs ? measured(.likely) : 0
        let kept = Double(card.total.bytes - card.free.bytes)
        var terms: [MemoryBudget.Term] = [
            term(.runtime, runtime(.likely) + kept, "CUDA context, NCCL and what the driver keeps"),
            term(.weights, weights, "the matrices of \(layers.count) layers with their scales"),
        ]
        if spent > 0 { terms.append(term(.activations, spent, "a GiB for activations, one for graphs")) }
        terms.append(
            term(
                .cache,
                cache,
                tokenBytes.map { bytes in "\(tokens ?? 0) tokens of \(bytes) bytes" }
                    ?? "\(SizeText.fraction(fraction)) of the card without the weights"
            )
        )
        if table > 0 {
            terms.append(term(.requests, table, "4 bytes for each of \(context ?? 0) tokens of each request"))
        }
        terms.append(term(.rest, before - weights - spent - cache - table, "for activations and graphs"))
        return MemoryBudget(
            stage: stage,
            layers: layers,
            card: card,
            fraction: fraction,
            isFractionGiven: isFractionGiven,
            terms: terms,
            tokenBytes: tokenBytes,
            tokens: tokens.flatMap { likely in
                guard let least = self.tokens(.least), let most = self.tokens(.most) else { return nil }
                return MemoryBudget.Tokens(least: least, likely: likely, most: most)
            },
            pool: whole(fraction * (engine == .sglang ? before : Double(card.free.bytes))),
            weights: whole(weights)
        )
    }

    private func term(_ purpose: MemoryBudget.Purpose, _ bytes: Double, _ formula: String) -> MemoryBudget.Term {
        MemoryBudget.Term(purpose: purpose, bytes: whole(bytes), formula: formula)
    }

    /// Sums of a few of them stay integers.
    private func whole(_ bytes: Double) -> Int { Int(min(max(bytes, -1e17), 1e17).rounded()) }
}
