import MusterSpec

extension ShapeRules {
    /// `Total number of attention heads must be divisible by tensor parallel size`; heads of keys and values are shared
    /// evenly or repeated evenly (models/llama.py of both engines).
    func heads() -> [FitProblem] {
        guard let attention = shape.attention else { return [] }
        let ranks = split.attention
        if attention.heads % ranks != 0 {
            return [
                problem(
                    "attention heads",
                    "the attention heads do not divide over the ranks",
                    measured: "\(attention.heads) heads over \(ranks) ranks",
                    expected: "a number of ranks that divides \(attention.heads)"
                )
            ]
        }
        guard case .grouped(_, let groups, _) = attention else { return [] }
        guard groups >= ranks ? groups % ranks != 0 : ranks % groups != 0 else { return [] }
        return [
            problem(
                "heads of keys and values",
                "the heads of keys and values do not divide over the ranks",
                measured: "\(groups) heads of keys and values over \(ranks) ranks",
                expected: "a number of ranks that divides \(groups), or is a multiple of it"
            )
        ]
    }

    /// Whole experts on each rank (fused MoE layers); vLLM places what does not divide, unless it balances the load.
    /// `Tensor parallel size is greater than the number of experts` (SGLang's deepseek_v2.py).
    func experts() -> [FitProblem] {
        guard let experts = shape.experts else {
            guard !isSGLang, spec.expertParallel.value > 1, shape.isCountable else { return [] }
            return [
                problem(
                    "experts",
                    "the model has no experts to spread",
                    measured: "ep_size \(spec.expertParallel.value) and a dense model",
                    expected: "no ep_size",
                    key: "ep_size"
                )
            ]
        }
        let all = experts.count + split.redundantExperts
        let isEven = (isSGLang || serving.arguments.has("enable-eplb")) && serving.redundantExperts != nil
        if isEven, all % split.expertParallel != 0 {
            let redundant = split.redundantExperts > 0 ? " and \(split.redundantExperts) redundant ones" : ""
            return [
                problem(
                    "experts",
                    "the experts do not divide over the ranks",
                    measured: "\(experts.count) experts\(redundant) over \(split.expertParallel) ranks",
                    expected: "a number of ranks that divides \(all)",
                    key: spec.expertParallel.value > 1 ? "ep_size" : "tp_size"
                )
            ]
        }
        guard isSGLang, shape.isLatent, spec.tensorParallel.value > experts.count else { return [] }
        return [
            problem(
                "experts",
                "there are more ranks than experts",
                measured: "\(experts.count) experts, \(spec.tensorParallel.value) ranks",
                expected: "tp_size of at most \(experts.count)"
            )
        ]
    }

    /// SGLang pads the vocabulary to a multiple of 64, and from some release on to one of 64 x TP (0.5.9 does not,
    /// 0.5.23 does: vocab_parallel_embedding.py). vLLM's never stands in the way.
    func vocabulary() -> [FitProblem] {
        guard isSGLang, serving.version < .known("0.5.10"), let vocabulary = shape.vocabulary else { return [] }
        let padded = (vocabulary + 63) / 64 * 64
        for ranks in [split.embedding, split.head] where padded % ranks != 0 {
            return [
                problem(
                    "vocabulary",
                    "the vocabulary does not divide over the ranks",
                    measured: "\(vocabulary) words, \(padded) with their padding, over \(ranks) ranks",
                    expected: "a number of ranks that divides \(padded)"
                )
            ]
        }
        return []
    }

    /// `X is not divisible by Y` (distributed/utils.py of both engines).
    func widths() -> [FitProblem] {
        let uneven = Self.named(mlps.filter { $0.cutSize % split.ways($0.share) != 0 }) { matrix in
            "\(matrix.name) \(matrix.cutSize) over \(split.ways(matrix.share))"
        }
        guard !uneven.isEmpty else { return [] }
        return [
            problem(
                "MLP widths",
                "the widths of the MLPs do not divide over the ranks",
                measured: uneven.joined(separator: ", "),
                expected: "numbers of ranks that divide them"
            )
        ]
    }

    /// `Weight output_partition_size = 576 is not divisible by weight quantization block_n = 128` and its likes in
    /// fp8.py and blockwise_int8.py: what a rank has of a matrix is whole blocks along the side that is cut.
    func blocks() -> [FitProblem] {
        guard case .block(let rows, let columns, _)? = scheme else { return [] }
        let parts = (mlps + (shape.attentionMatrices ?? []))
            .filter { matrix in
                (split.ways(matrix.share) > 1 || Self.isAlwaysWhole(matrix)) && matrix.share != .everything
                    && !matrix.isPlain
                    && Int(matrix.part(split.ways(matrix.share))) % (matrix.cut == .rows ? rows : columns) != 0
            }
        guard !parts.isEmpty else { return [] }
        return [
            problem(
                Self.blockSubject,
                "the model's quantisation blocks do not divide over the ranks",
                measured: Self.named(parts, measured).joined(separator: ", "),
                expected: "multiples of \(rows == columns ? "\(rows)" : "\(rows) and \(columns)"): blocks of "
                    + "\(rows)x\(columns) by `config.json`; \(engineName) refuses the first weight that is none"
            )
        ]
    }

    /// Weights of 4 bits share a scale along a row, so a rank of a row-parallel layer has whole groups. Kernels for
    /// experts make the groups smaller instead (moe_wna16.py of both engines).
    func groups() -> [FitProblem] {
        guard case .group(let size, _, _)? = scheme else { return [] }
        let parts = (mlps + (shape.attentionMatrices ?? []))
            .filter { matrix in
                matrix.cut == .columns && matrix.share != .experts && split.ways(matrix.share) > 1
                    && Int(matrix.part(split.ways(matrix.share))) % size != 0
            }
        guard !parts.isEmpty else { return [] }
        return [
            problem(
                "quantisation groups",
                "the model's quantisation groups do not divide over the ranks",
                measured: Self.named(parts, measured).joined(separator: ", "),
                expected: "multiples of \(size), the group of `config.json`"
            )
        ]
    }

    static let blockSubject = "quantisation blocks"

    /// Gate and up of experts are asked for whole blocks even where a rank has all of their width.
    private static func isAlwaysWhole(_ matrix: WeightMatrix) -> Bool {
        matrix.share == .experts && matrix.cut == .rows
    }

    /// Where layers are left out, which matrices have blocks is not known.
    private var scheme: Quantisation.Scheme? {
        guard shape.isCountable, let quantisation = shape.quantisation, !quantisation.leavesLayersOut else {
            return nil
        }
        return quantisation.scheme
    }

    /// Of families whose layers are known; others may cut theirs differently.
    private var mlps: [WeightMatrix] {
        guard shape.isCountable else { return [] }
        return (shape.hasDenseLayers ? shape.denseMatrices ?? [] : [])
            + (shape.expertMatrices ?? []).filter { !$0.isPlain }
    }

    private func measured(_ matrix: WeightMatrix) -> String {
        let ways = split.ways(matrix.share)
        return "\(matrix.name) \(matrix.cutSize) / \(ways) = \(Int(matrix.part(ways)))"
    }

    /// Each text once: the matrices of one MLP have the same width.
    private static func named(_ matrices: [WeightMatrix], _ text: (WeightMatrix) -> String) -> [String] {
        var seen: Set<String> = []
        return matrices.map(text).filter { seen.insert($0).inserted }
    }
}
