import MusterSpec

/// What becomes of the fullest GPUs when the file or the model is changed: the figures behind a way out.
struct Outlook {
    /// Bytes of the weights on disk, where they are known.
    let checkpoint: ByteCount?
    let card: CardMemory?

    /// The file changed.
    func after(_ spec: ClusterSpec, _ shape: ModelShape) -> FitProblem.Outcome? {
        outcome(spec, shape, checkpoint)
    }

    /// Another copy of the model, whose files are not the ones that were weighed.
    func after(_ spec: ClusterSpec, copiedAs shape: ModelShape) -> FitProblem.Outcome? {
        outcome(spec, shape, nil)
    }

    private func outcome(
        _ spec: ClusterSpec,
        _ shape: ModelShape,
        _ checkpoint: ByteCount?
    ) -> FitProblem.Outcome? {
        let terms = ModelTerms(spec: spec, shape: shape)
        do throws(Unjudgeable) {
            let budgets = try terms.budgets(checkpoint: checkpoint, card: card)
            guard let tightest = budgets.tightest, let tokens = tightest.tokens else { return nil }
            if tokens.likely == 0, let wider = wider(terms, tightest, checkpoint) { return wider }
            return FitProblem.Outcome(weights: tightest.weights, tokens: tokens, context: terms.context, fraction: nil)
        } catch {
            // What cannot be counted has no figures; why is said of the file as it is.
            return nil
        }
    }

    /// The same with a larger part of the card than the default: for the longest request, else for any.
    private func wider(
        _ terms: ModelTerms,
        _ tightest: MemoryBudget,
        _ checkpoint: ByteCount?
    ) -> FitProblem.Outcome? {
        guard terms.settings.fraction == nil else { return nil }
        let ways = MemoryWays(terms, Outlook(checkpoint: checkpoint, card: card))
        let way = [terms.context, 4096].lazy.compactMap { $0 }.compactMap { tokens in
            ways.fraction(for: tightest, tokens: tokens)
        }.first
        guard let way, let outcome = way.outcome, outcome.tokens.likely > 0 else { return nil }
        return FitProblem.Outcome(
            weights: outcome.weights,
            tokens: outcome.tokens,
            context: outcome.context,
            fraction: way.edits.first
        )
    }
}
