import MusterSpec
import Testing

@testable import MusterEngines

/// What engines printed on real machines and what model cards say, against the same figure counted from the sizes.
struct PublicFigure: CustomTestStringConvertible, Sendable {
    let name: String
    let published: Double
    let count: @Sendable () throws -> Double

    var testDescription: String { name }

    private static func weights(_ file: FitFile, _ shape: ModelShape, stage: Int = 0) throws -> Double {
        // A card that holds any of them.
        let fit = try file.fit(shape, card: .gibibytes(400))
        let budget = try #require(fit.budgets.dropFirst(stage).first, "\(fit.unjudged)")
        return Double(budget.weights) / Double(1 << 30)
    }

    private static func cache(_ tokens: Int, _ file: FitFile, _ shape: ModelShape) throws -> Double {
        let budget = try #require(try file.fit(shape, card: .gibibytes(400)).budgets.first)
        return Double(tokens) * Double(try #require(budget.tokenBytes)) / Double(1 << 30)
    }

    /// SGLang on a card with so much free before load, when the weights weigh what its log says.
    private static func budget(
        before: Double,
        weights: Double,
        fraction: Double,
        tokens: Int? = nil
    ) -> MemoryBudget {
        var settings = ServingSettings(contextFlag: "", fractionFlag: "")
        settings.mostTokens = tokens
        return MemoryEstimate(
            engine: .sglang,
            version: .known("0.4.4.post1"),
            card: .gibibytes(before + 2, free: before + RuntimeMemory.likely),
            fraction: fraction,
            isFractionGiven: false,
            settings: settings,
            weights: weights * Double(1 << 30),
            tokenBytes: 70272,
            context: 163_840,
            isSizedAfterGraphs: false
        ).budget(stage: 0, layers: 0..<61)
    }

    private static func tokens(before: Double, weights: Double, fraction: Double) throws -> Double {
        Double(try #require(budget(before: before, weights: weights, fraction: fraction).tokens).likely)
    }

    /// Parameters of R1 that ranks share, or each has, in units of 1e9; routers and tables are counted apart.
    private static func parameters(_ isShared: Bool) throws -> Double {
        let layers = try (0..<61).flatMap { try #require(r1.matrices(ofLayer: $0)) }
        return layers.filter { ($0.share != .everything) == isShared && !$0.isPlain }
            .reduce(0) { $0 + $1.parameters } / 1e9
    }

    private static let r1 = ModelShape.deepSeek
    private static let w8 = "args: {quantization: w8a8_int8}"
    private static var r1Channels: ModelShape {
        var shape = ModelShape.deepSeek
        shape.quantisation = nil
        return shape
    }

    /// GiB on one GPU by the engine's log.
    static let weights: [PublicFigure] = [
        .init(name: "R1 FP8 TP16, vllm#16692", published: 40.32) {
            try weights(FitFile(engine: "vllm", version: "0.11.1", tensor: 16), r1)
        },
        .init(name: "R1 FP8 TP16, sglang#4161", published: 40.46) { try weights(FitFile(tensor: 16), r1) },
        .init(name: "R1 FP8 TP8 with padded experts, sglang#6001", published: 81.66) {
            try weights(FitFile(tensor: 8), r1)
        },
        .init(name: "R1 FP8 TP8 with attention DP 8, sglang#7847", published: 90.07) {
            try weights(FitFile(tensor: 8, lines: ["dp_size: 8", "args: {enable-dp-attention: true}"]), r1)
        },
        .init(name: "R1 INT8 by channel TP32 on L40S", published: 21.27) {
            try weights(FitFile(tensor: 32, lines: [w8]), r1Channels)
        },
        .init(name: "V3 FP8 TP8 PP4, first stage, DeepSeek-V3#205", published: 16.96) {
            try weights(FitFile(engine: "vllm", version: "0.11.1", tensor: 8, pipeline: 4), r1)
        },
        .init(name: "Llama-3-8B TP1, sglang#6753", published: 14.98) { try weights(FitFile(tensor: 1), .llama8) },
        .init(name: "Llama-3.1-70B TP8, vllm#10702", published: 16.46) {
            try weights(FitFile(engine: "vllm", version: "0.11.1", tensor: 8), .llama70)
        },
        .init(name: "Qwen2.5-7B TP1, vllm#15360", published: 14.25) { try weights(FitFile(tensor: 1), .qwen7) },
        .init(name: "QwQ-32B TP4, sglang#4127", published: 15.54) { try weights(FitFile(tensor: 4), .qwq) },
        .init(name: "Llama-3.1-405B AWQ TP4, vllm#16259", published: 51.15) {
            try weights(FitFile(tensor: 4), .llama405.stored("awq", .group(size: 128, bits: 4, overhead: 20)))
        },
        .init(name: "Qwen3-235B BF16 TP8", published: 54.7) { try weights(FitFile(tensor: 8), .qwen235) },
        .init(name: "Qwen3-235B FP8 TP8", published: 27.4) {
            try weights(FitFile(tensor: 8), .qwen235.stored("fp8", .tensor(bits: 8)))
        },
    ]

    /// GiB of so many tokens on one GPU, and tokens, by the engine's log.
    static let cache: [PublicFigure] = [
        .init(name: "274934 tokens of R1, sglang#6027", published: 17.99) {
            try cache(274_934, FitFile(tensor: 16), r1)
        },
        .init(name: "131072 tokens of R1, sglang#7847", published: 8.58) {
            try cache(131_072, FitFile(tensor: 8), r1)
        },
        .init(name: "871371 tokens of Llama-3-8B, sglang#6753", published: 106.36) {
            try cache(871_371, FitFile(tensor: 1), .llama8)
        },
        .init(name: "372945 tokens of Qwen2.5-7B, sglang#4094", published: 19.92) {
            try cache(372_945, FitFile(tensor: 1), .qwen7)
        },
        .init(name: "46611 tokens of QwQ-32B TP4, sglang#4127", published: 2.84) {
            try cache(46_611, FitFile(tensor: 4), .qwq)
        },
        .init(name: "bytes of a token of Qwen3-235B TP8", published: 48128) {
            try cache(1 << 30, FitFile(tensor: 8), .qwen235)
        },
        .init(name: "tokens at 0.7, sglang#4161", published: 201_681) {
            try tokens(before: 76.97, weights: 40.46, fraction: 0.7)
        },
        .init(name: "left behind the pool at 0.7, sglang#4161", published: 22.03) {
            let pool = budget(before: 76.97, weights: 40.46, fraction: 0.7, tokens: 201_681)
            return Double(pool.bytes(.rest)) / Double(1 << 30)
        },
        .init(name: "free before load on L40S", published: 43.64) {
            let fit = try FitFile(version: "0.4.4.post1", tensor: 32, lines: [w8]).fit(r1Channels, card: .l40s)
            let budget = try #require(fit.budgets.first)
            return Double(budget.card.total.bytes - budget.bytes(.runtime)) / Double(1 << 30)
        },
        .init(name: "bytes of a token of R1", published: 70272) { try cache(1 << 30, FitFile(tensor: 32), r1) },
        .init(name: "tokens of R1 INT8 TP32 on L40S", published: 201_723) {
            try tokens(before: 43.64, weights: 21.27, fraction: 0.79)
        },
        .init(name: "R1 INT8 TP32 on L40S: left behind the pool", published: 7.95) {
            let fit = try FitFile(version: "0.4.4.post1", tensor: 32, lines: [w8]).fit(r1Channels, card: .l40s)
            return Double(try #require(fit.budgets.first).bytes(.rest)) / Double(1 << 30)
        },
        .init(name: "SGLang's request table, 2049 of 163844 tokens", published: 1.25) {
            let fit = try FitFile(version: "0.4.4.post1", tensor: 32, lines: [w8]).fit(r1Channels, card: .l40s)
            return Double(try #require(fit.budgets.first).bytes(.requests)) / Double(1 << 30)
        },
    ]

    /// Parameters in units of 1e9, by the models' cards.
    static let parameters: [PublicFigure] = [
        .init(name: "DeepSeek-V3", published: 671.02) { try parameters(r1) },
        .init(name: "DeepSeek-V3, shared by ranks", published: 668.14) { try parameters(true) },
        .init(name: "DeepSeek-V3, on each rank", published: 0.923) { try parameters(false) },
        .init(name: "DeepSeek-V3, routers", published: 0.106) {
            try #require(r1.expertMatrices).filter(\.isPlain).reduce(0) { $0 + $1.parameters } * 58 / 1e9
        },
        .init(name: "DeepSeek-V3, embedding and head", published: 1.853) {
            2 * (try #require(r1.table(.embedding))).parameters / 1e9
        },
        .init(name: "DeepSeek-V3, shared attention", published: 10.49) {
            try #require(r1.attentionMatrices).filter { $0.share == .attention }.reduce(0) { $0 + $1.parameters } * 61
                / 1e9
        },
        .init(name: "DeepSeek-V3, bytes of absorbed projections", published: 2.05) {
            2 * (try #require(r1.absorbedMatrix)).parameters * 61 / 1e9
        },
        .init(name: "Kimi-K2", published: 1026.4) { try parameters(.kimi) },
        .init(name: "Qwen3-235B-A22B", published: 235.1) { try parameters(.qwen235) },
        .init(name: "Qwen3-30B-A3B", published: 30.5) { try parameters(.qwen30) },
        .init(name: "GLM-4.5", published: 355) { try parameters(.glm) },
        .init(name: "Mixtral-8x7B", published: 46.7) { try parameters(.mixtral) },
        .init(name: "Llama-3.1-405B", published: 405.85) { try parameters(.llama405) },
        .init(name: "Llama-3.1-70B", published: 70.55) { try parameters(.llama70) },
        .init(name: "Llama-3-8B", published: 8.03) { try parameters(.llama8) },
        .init(name: "Qwen2.5-7B", published: 7.616) { try parameters(.qwen7) },
    ]

    private static func parameters(_ shape: ModelShape) throws -> Double { try #require(shape.parameters) / 1e9 }
}

@Suite("Public figures")
struct PublicFigureTests {
    @Test(
        "weights, cache and parameters are within 3 %",
        arguments: PublicFigure.weights + PublicFigure.cache + PublicFigure.parameters
    )
    func figure(_ figure: PublicFigure) throws {
        let counted = try figure.count()
        let percent = (counted / figure.published - 1) * 100
        print(
            "\(figure.name): published \(figure.published), counted \(SizeText.fixed(counted, 2)), "
                + "\(SizeText.fixed(percent, 2)) %"
        )
        #expect(abs(percent) <= 3)
    }

    @Test("DeepSeek-V3 takes 688.6e9 bytes on disk, with its layer for further tokens")
    func disk() throws {
        let file = try #require(spec(FitFile(tensor: 16).text))
        let serving = serving(file)
        let split = try #require(serving.split)
        let settings = serving.settings(for: .deepSeek)
        let estimate = try WeightEstimate(.deepSeek, split, settings, checkpoint: nil)
        #expect(abs(estimate.counted / 688_586_727_753 - 1) < 0.001)
    }

    @Test("four times as many scales make DeepSeek-V3 a thousandth larger")
    func scales() throws {
        func weight(_ size: Int) throws -> Double {
            let shape = ModelShape.deepSeek.stored("fp8", ModelShape.blocks(size))
            let budget = try #require(try FitFile(tensor: 16).fit(shape, card: .gibibytes(400)).tightest)
            return Double(budget.weights)
        }
        #expect((0.0006...0.0011).contains(try weight(64) / weight(128) - 1))
    }

    @Test("R1 on eight H20: 65536 tokens at 0.90 fit, at 0.85 they do not")
    func h20() throws {
        func fit(_ fraction: String) throws -> ModelFit {
            try FitFile(
                version: "0.4.4.post1",
                tensor: 8,
                lines: ["args: {mem-fraction-static: \(fraction), context-length: 65536}"]
            ).fit(.deepSeek, card: .h20)
        }
        let fitting = try fit("0.90")
        #expect(fitting.problems.isEmpty)
        // By hand, with half a GiB in all for what is not weights and cache.
        let tokens = try #require(fitting.tightest?.tokens)
        #expect((tokens.least...tokens.most).contains(84_038))
        let refused = try #require(try fit("0.85").problems.first)
        #expect(refused.code == .contextUnfit && refused.severity == .error)
        #expect(refused.key == "args.context-length")
        #expect(refused.ways.first?.edits.first?.path == ["args", "context-length"])
    }
}
