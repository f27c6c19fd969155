import MusterSpec
import Testing

@testable import MusterEngines

@Suite("Weights and requests against GPUs")
struct MemoryRulesTests {
    private static let v3 = ModelShape.deepSeek.stored("fp8", ModelShape.blocks(64))

    private func codes(_ fit: ModelFit) -> [String] { fit.problems.map { "\($0.code.number) \($0.severity.rawValue)" } }

    @Test("the reference deployment fits: DeepSeek-V3 with 64x64 blocks on 32 L40S")
    func reference() throws {
        let fit = try FitFile(version: "0.4.4.post1", tensor: 32).fit(Self.v3, card: .l40s)
        #expect(fit.problems == [] && fit.unjudged == [])
        let budget = try #require(fit.tightest)
        let tokens = try #require(budget.tokens)
        #expect(budget.fraction == 0.79 && !budget.isFractionGiven)
        #expect(tokens.least < tokens.likely && tokens.likely < tokens.most)
        // The channel INT8 copy of the same model had room for 201723.
        #expect((200_000...220_000).contains(tokens.likely))
        // Every byte of the card is in one of the terms.
        #expect(abs(budget.terms.reduce(0) { $0 + $1.bytes } - budget.card.total.bytes) < 8)
    }

    @Test("weights that leave nothing: an error, and what to do")
    func weights() throws {
        let fit = try FitFile(engine: "vllm", version: "0.33.0", tensor: 8).fit(.deepSeek, card: .l40s)
        #expect(codes(fit) == ["893 error"])
        let problem = try #require(fit.problems.first)
        #expect(problem.subject == "weights" && problem.key == "tp_size")
        // 128 heads divide over no 24 ranks.
        let way = try #require(problem.ways.first)
        #expect(
            problem.ways.count == 1 && way.text == "use 3 times as many GPUs: `pp_size: 3`, and `nodes` to match"
        )
        let after = try FitFile(engine: "vllm", version: "0.33.0", tensor: 8, pipeline: 3).fit(.deepSeek, card: .l40s)
        #expect(way.outcome?.weights == after.tightest?.weights && way.outcome?.tokens == after.tightest?.tokens)
    }

    @Test("vLLM looks at what is free when its own context is there already")
    func startUp() throws {
        func fit(_ fraction: String, _ version: String = "0.33.0") throws -> ModelFit {
            try FitFile(
                engine: "vllm",
                version: version,
                tensor: 8,
                lines: ["args: {gpu-memory-utilization: \(fraction), max-model-len: 8192}"]
            ).fit(.llama70, card: .l40s)
        }
        #expect(codes(try fit("0.98")) == [])
        #expect(codes(try fit("0.99")) == ["893 warning"])
        let whole = try fit("1.0")
        #expect(codes(whole) == ["893 error"])
        #expect(whole.problems.first?.edit?.value == "0.98" && whole.problems.first?.subject == "memory")
        #expect(codes(try fit("1.0", "0.8.5")) == [])
    }

    @Test("a fraction that is too small for the weights is to be raised")
    func fraction() throws {
        let fit = try FitFile(tensor: 8, lines: ["args: {mem-fraction-static: 0.15}"]).fit(.llama70)
        #expect(codes(fit) == ["893 error"])
        let problem = try #require(fit.problems.first)
        #expect(problem.key == "args.mem-fraction-static" && problem.span?.line == 9)
        #expect(problem.edit?.path == ["args", "mem-fraction-static"])
    }

    @Test(
        "SGLang starts with less cache than the model's longest request: a warning; what the file asks for is an error"
    )
    func context() throws {
        func fit(_ card: CardMemory, _ lines: String...) throws -> ModelFit {
            try FitFile(version: "0.4.4.post1", tensor: 8, lines: lines).fit(.llama70, card: card)
        }
        #expect(codes(try fit(.gibibytes(32))) == [])
        #expect(codes(try fit(.gibibytes(25))) == ["894 warning"])
        let asked = try fit(.gibibytes(25), "args: {context-length: 100000}")
        #expect(codes(asked) == ["894 error"])
        let problem = try #require(asked.problems.first)
        #expect(problem.measured.contains("tokens fit") && problem.expected.hasPrefix("100000 tokens of 40960 bytes"))
        let shorter = try #require(problem.edit.flatMap { Int($0.value) })
        #expect(shorter % 1024 == 0 && shorter < 100_000)
    }

    @Test("a way that is offered suffices, where the cache is sized when the graphs are there")
    func offered() throws {
        let problem = try #require(try tooLong("0.25"))
        let edits = problem.ways.flatMap(\.edits).filter { $0.path == ["args", "mem-fraction-static"] }
        let edit = try #require(edits.first)
        #expect(edit.value == "0.30")
        #expect(try tooLong(edit.value) == nil)
        for way in problem.ways where way.edits.first?.path.last != "context-length" {
            #expect(way.outcome.map { $0.tokens.likely >= 131_072 } ?? true, "\(way)")
        }
    }

    private func tooLong(_ fraction: String) throws -> FitProblem? {
        try FitFile(
            version: "0.5.23",
            tensor: 8,
            lines: ["args: {mem-fraction-static: \(fraction), context-length: 131072}"]
        ).fit(.llama70).problems.first { $0.severity == .error }
    }

    @Test("a cache that the file keeps small is made larger, and GPUs do not help")
    func ownSize() throws {
        func ways(_ engine: String, _ version: String, _ lines: String) throws -> [String] {
            let file = FitFile(engine: engine, version: version, tensor: 8, lines: ["args: {\(lines)}"])
            return try #require(try file.fit(.llama70).problems.first).ways.map(\.text)
        }
        #expect(
            try ways("sglang", "0.5.9", "max-total-tokens: 4096, context-length: 8192") == [
                "write `context-length: 4096` in `args`", "write `max-total-tokens: 8192` in `args`, or remove it",
            ]
        )
        // 40960 bytes a token.
        #expect(
            try ways("vllm", "0.33.0", "kv-cache-memory-bytes: 200M, max-model-len: 8192") == [
                "write `max-model-len: 5120` in `args`", "write `kv-cache-memory-bytes: 335544320` in `args`",
                "halve the cache with `kv-cache-dtype: fp8` in `args`",
            ]
        )
    }

    @Test("nothing is offered that does not help")
    func hopeless() throws {
        let fit = try FitFile(version: "0.4.4.post1", tensor: 8).fit(.llama405, card: .gibibytes(1.2))
        #expect(fit.problems.first?.ways.map(\.text) == ["use GPUs with more memory, or a smaller model"])
    }

    @Test("vLLM refuses to start then, unless it is to choose the length itself")
    func refusal() throws {
        func fit(_ length: String) throws -> ModelFit {
            try FitFile(
                engine: "vllm",
                version: "0.33.0",
                tensor: 8,
                lines: ["args: {max-model-len: \(length), gpu-memory-utilization: 0.92}"]
            ).fit(.llama70, card: .gibibytes(23))
        }
        #expect(codes(try fit("128k")) == ["894 error"])
        #expect(codes(try fit("auto")) == [])
        #expect(codes(try fit("-1")) == [])
        #expect(codes(try fit("1k")) == [])
        // What nobody can read is not judged.
        #expect(codes(try fit("much")) == [])
    }

    @Test("a request that is longer than the model")
    func longer() throws {
        func fit(_ engine: String, _ version: String, _ lines: String...) throws -> [String] {
            codes(try FitFile(engine: engine, version: version, tensor: 1, lines: lines).fit(.llama8))
        }
        #expect(try fit("vllm", "0.33.0", "args: {max-model-len: 16384}") == ["894 error"])
        #expect(try fit("sglang", "0.5.23", "args: {context-length: 16384}") == ["894 error"])
        #expect(try fit("sglang", "0.4.4.post1", "args: {context-length: 16384}") == ["894 warning"])
        #expect(
            try fit(
                "vllm",
                "0.33.0",
                "args: {max-model-len: 16384}",
                "env: {VLLM_ALLOW_LONG_MAX_MODEL_LEN: \"1\"}"
            ) == []
        )
    }

    @Test("files that say something else than the sizes are believed only for their sum")
    func checkpoint() throws {
        let file = FitFile(tensor: 8)
        let near = try file.fit(.llama70, checkpoint: ByteCount(bytes: 141_107_412_992))
        #expect(near.unjudged == [] && near.budgets.count == 1)
        let other = try file.fit(.llama70, checkpoint: ByteCount(bytes: 70_000_000_000))
        #expect(other.budgets == [] && other.problems == [])
        #expect(other.unjudged == ["`config.json` counts 131.42 GiB of weights, the files have 65.19 GiB"])
        let over = try file.fit(ModelShape(), checkpoint: ByteCount(bytes: 2_000_000_000_000))
        #expect(codes(over) == ["893 error"])
    }

    @Test(
        "what the arithmetic does not cover is not judged, with the reason",
        arguments: [
            (ModelShape.Irregularity.slidingWindow, 1, "the cache of a model with sliding window"),
            (.mixedLayers, 0, "the model has layers of different kinds"),
            (.towers, 0, "`config.json` alone does not say what all weights take"),
        ]
    )
    func irregular(_ irregularity: ModelShape.Irregularity, budgets: Int, reason: String) throws {
        var shape = ModelShape.llama70
        shape.irregularities = [irregularity]
        let fit = try FitFile(version: "0.4.4.post1", tensor: 8).fit(shape, card: .gibibytes(17.5))
        #expect(fit.problems == [])
        #expect(fit.budgets.count == budgets)
        #expect(fit.unjudged == [reason])
    }

    @Test("a flag that changes memory in its own way takes the judgement away")
    func flags() throws {
        let fit = try FitFile(tensor: 8, lines: ["args: {cpu-offload-gb: 10}"]).fit(.llama70, card: .gibibytes(10))
        #expect(fit.problems == [] && fit.unjudged == ["what `cpu-offload-gb` does to memory is not known"])
    }

    @Test("the fullest stage decides")
    func stages() throws {
        let fit = try FitFile(engine: "vllm", version: "0.33.0", tensor: 8, pipeline: 4).fit(.deepSeek, card: .h20)
        #expect(fit.budgets.map(\.layers.count) == [15, 15, 16, 15])
        #expect(fit.tightest?.stage == 2)
    }
}
