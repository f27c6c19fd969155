import MusterSpec

extension ShapeRules {
    /// SGLang: `chunked_prefill_size must be divisible by page_size`; attention DP divides the chunk before.
    func pages() -> [FitProblem] {
        let settings = serving.settings(for: shape)
        guard let page = settings.page, page.value > 1, let chunk = settings.chunk, chunk.value > 0,
            let sizes = serving.sizes
        else { return [] }
        let sharing = max(1, sizes.tensor / split.attention)
        let own = chunk.value / sharing
        guard own % page.value != 0 else { return [] }
        let shared = sharing > 1 ? " / \(sharing) = \(own)" : ""
        return [
            problem(
                "chunks",
                "a chunk of a prompt is no whole number of cache pages",
                measured: "\(chunk.value)\(shared) tokens, pages of \(page.value)",
                expected: "a multiple of \(page.value)",
                at: chunk
            )
        ]
    }

    /// vLLM: `max_num_batched_tokens must be greater than or equal to max_num_seqs`, and `is smaller than
    /// max_model_len` where prompts are not cut into chunks (config/scheduler.py).
    func batches() -> [FitProblem] {
        guard let batch = serving.arguments.integer("max-num-batched-tokens") else { return [] }
        if let requests = serving.arguments.integer("max-num-seqs")?.value, batch.value < requests {
            return [
                problem(
                    Self.batchSubject,
                    "a batch has fewer tokens than requests",
                    measured: "\(batch.value) tokens, \(requests) requests",
                    expected: "at least \(requests)",
                    at: batch
                )
            ]
        }
        guard serving.arguments.isOff("enable-chunked-prefill"),
            case .given(let context) = serving.settings(for: shape).context, batch.value < context
        else { return [] }
        return [
            problem(
                Self.batchSubject,
                "a batch is shorter than the longest request, which is not to be cut",
                measured: "\(batch.value) tokens, requests of \(context)",
                expected: "at least \(context)",
                at: batch
            )
        ]
    }

    /// vLLM shares the cache of repeated heads over ranks (config/model.py): as many as repeat them, and no more.
    func contextParallel() -> [FitProblem] {
        guard let given = serving.arguments.integer("decode-context-parallel-size"), given.value > 1,
            let sizes = serving.sizes, let attention = shape.attention
        else { return [] }
        let copies: Int
        switch attention {
        case .latent: copies = sizes.tensor
        case .grouped(_, let groups, _): copies = sizes.tensor > groups ? sizes.tensor / groups : 1
        }
        guard given.value > copies || sizes.tensor % given.value != 0 else { return [] }
        return [
            problem(
                "context parallelism",
                "the ranks that share a token's cache are more than have it",
                measured: "\(given.value) ranks, \(copies) cop\(copies == 1 ? "y" : "ies") of the cache",
                expected: "a divisor of \(copies)",
                at: given
            )
        ]
    }

    static let batchSubject = "batches"
}
