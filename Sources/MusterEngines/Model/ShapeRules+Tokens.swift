import MusterSpec

extension ShapeRules {
    /// SGLang: `chunked_prefill_size must be divisible by page_size`; attention DP divides the chunk before. Who only
    /// decodes has no prompts to cut.
    func pages() -> [FitProblem] {
        let settings = serving.settings(for: shape)
        guard let page = settings.page, page.value > 1,
            serving.arguments.text("disaggregation-mode")?.value != "decode"
        else { return [] }
        guard let chunk = settings.chunk else { return oddPages(page) }
        guard chunk.value > 0 else { return [] }
        let sharing = max(1, serving.attentionParts)
        let own = chunk.value / sharing
        guard own % page.value != 0 else { return [] }
        let shared = sharing > 1 ? " / \(sharing) = \(own)" : ""
        return [
            problem(
                Self.chunkSubject,
                "a chunk of a prompt is no whole number of cache pages",
                measured: "\(chunk.value)\(shared) tokens, pages of \(page.value)",
                expected: "a multiple of \(page.value)",
                at: chunk
            )
        ]
    }

    /// The default chunk is a power of two in every release and on every card, and parts of it are at least 2.
    private func oddPages(_ page: FileArguments.Given<Int>) -> [FitProblem] {
        guard page.value & (page.value - 1) != 0 else { return [] }
        return [
            problem(
                Self.pageSubject,
                "a chunk of a prompt, which is a power of two by default, is no whole number of cache pages",
                measured: "pages of \(page.value)",
                expected: "a power of two",
                at: page
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
        guard serving.arguments.isOff("enable-chunked-prefill"), let context = longestRequest, batch.value < context
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

    /// In tokens, where the file or the model says it.
    private var longestRequest: Int? {
        switch serving.settings(for: shape).context {
        case .given(let tokens): tokens
        case .model: serving.positions(of: shape)
        case .automatic, .unreadable: nil
        }
    }

    /// vLLM shares the cache of repeated heads over ranks (config/model.py): as many as repeat them, and no more.
    func contextParallel() -> [FitProblem] {
        guard let given = serving.arguments.integer("decode-context-parallel-size"), given.value > 1,
            let sizes = serving.sizes, let attention = shape.attention
        else { return [] }
        let copies: Int
        switch attention {
        case .latent: copies = sizes.tensor
        case .grouped(let heads, let groups, _):
            copies = sizes.tensor > groups ? sizes.tensor / groups : 1
            if given.value <= copies, (heads / groups) % given.value != 0 {
                return [
                    problem(
                        "context parallelism",
                        "the heads that share a key do not divide over the ranks that share a token's cache",
                        measured: "\(heads) / \(groups) = \(heads / groups) heads, \(given.value) ranks",
                        expected: "a divisor of \(heads / groups)",
                        at: given
                    )
                ]
            }
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

    /// vLLM, since 0.21: `Non-MoE models do not support external data parallel mode.`
    func externalCopies() -> [FitProblem] {
        guard serving.version >= .known("0.21"), shape.experts == nil, shape.isCountable,
            let given = serving.arguments.switched("data-parallel-external-lb")
        else { return [] }
        return [
            problem(
                Self.copySubject,
                "copies of a dense model are engines of their own, which know nothing of each other",
                measured: "`\(given.name)` and a dense model",
                expected: "a model with experts",
                at: given
            )
        ]
    }

    static let batchSubject = "batches"
    static let chunkSubject = "chunks"
    static let pageSubject = "pages"
    static let copySubject = "copies"
}
