import MusterSpec
import Testing

@testable import MusterEngines

/// A model on a layout, and what its engine would say.
struct ShapeCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let file: FitFile
    let shape: ModelShape
    /// What does not divide; nothing where all of it does.
    var subject: String?
    /// As the problem tells it.
    var measured = ""

    init(_ title: String, _ file: FitFile, _ shape: ModelShape, _ subject: String? = nil, _ measured: String = "") {
        testDescription = title
        self.file = file
        self.shape = shape
        self.subject = subject
        self.measured = measured
    }

    private static func vllm(_ tensor: Int, _ pipeline: Int = 1, _ lines: String...) -> FitFile {
        FitFile(engine: "vllm", version: "0.33.0", tensor: tensor, pipeline: pipeline, lines: lines)
    }

    /// Its widths may be cut otherwise.
    private static var unknownFamily: ModelShape {
        ModelShape.dense("x", layers: 2, hidden: 4096, intermediate: 11004, heads: 32, groups: 8, vocabulary: 32000)
    }

    private static func blocks(_ shape: ModelShape, _ size: Int = 128) -> ModelShape {
        shape.stored("fp8", ModelShape.blocks(size))
    }

    /// DeepSeek-V3 by blocks and TP.
    static let deepSeek: [ShapeCase] = [
        .init("128 at TP8", FitFile(tensor: 8), .deepSeek), .init("128 at TP16", FitFile(tensor: 16), .deepSeek),
        .init("128 at TP24", FitFile(tensor: 24), .deepSeek, "attention heads", "128 heads over 24 ranks"),
        .init(
            "128 at TP32",
            FitFile(tensor: 32),
            .deepSeek,
            "quantisation blocks",
            "dense layers 18432 / 32 = 576, experts 2048 / 32 = 64, shared experts 2048 / 32 = 64"
        ),
        .init(
            "128 at TP64",
            FitFile(tensor: 64),
            .deepSeek,
            "quantisation blocks",
            "dense layers 18432 / 64 = 288, experts 2048 / 64 = 32, shared experts 2048 / 64 = 32"
        ),
        .init("64 at TP32", FitFile(tensor: 32), blocks(.deepSeek, 64)),
        .init(
            "64 at TP64",
            FitFile(tensor: 64),
            blocks(.deepSeek, 64),
            "quantisation blocks",
            "dense layers 18432 / 64 = 288, experts 2048 / 64 = 32, shared experts 2048 / 64 = 32"
        ),
        .init("32 at TP32", FitFile(tensor: 32), blocks(.deepSeek, 32)),
        .init("32 at TP64", FitFile(tensor: 64), blocks(.deepSeek, 32)),
        .init("channels at TP32", FitFile(tensor: 32), ModelShape.deepSeek.stored("w8a8_int8", .channel(bits: 8))),
        .init("128 at TP8 x PP4", FitFile(tensor: 8, pipeline: 4), .deepSeek),
        .init(
            "128 at TP32 with whole experts and an undivided dense MLP",
            FitFile(tensor: 32, lines: ["ep_size: 32", "args: {moe-dense-tp-size: 1, moe-a2a-backend: deepep}"]),
            .deepSeek
        ),
        .init(
            "128 at TP32 with attention DP 4",
            FitFile(tensor: 32, lines: ["dp_size: 4", "args: {enable-dp-attention: true}"]),
            .deepSeek,
            "quantisation blocks",
            "dense layers 18432 / 32 = 576, experts 2048 / 32 = 64, shared experts 2048 / 32 = 64"
        ),
        .init("vLLM, 128 at TP16", vllm(16), .deepSeek),
        .init(
            "vLLM, 128 at TP32 with whole experts: the dense layers stay",
            vllm(32, 1, "ep_size: 32"),
            .deepSeek,
            "quantisation blocks",
            "dense layers 18432 / 32 = 576, shared experts 2048 / 32 = 64"
        ),
    ]

    static let others: [ShapeCase] = [
        .init("Llama-3.1-70B at TP8", FitFile(tensor: 8), .llama70),
        .init("Llama-3.1-70B at TP16 repeats heads of keys", FitFile(tensor: 16), .llama70),
        .init("Llama-3.1-405B at TP16", vllm(16), .llama405),
        .init("Qwen2.5-7B at TP4", FitFile(tensor: 4), .qwen7),
        .init("Qwen2.5-7B at TP8", FitFile(tensor: 8), .qwen7, "attention heads", "28 heads over 8 ranks"),
        .init(
            "Qwen2.5-7B at TP8 with a whole attention on each rank",
            FitFile(version: "0.5.23", tensor: 8, lines: ["args: {attn-dp-size: 8}"]),
            .qwen7
        ),
        .init("QwQ-32B at TP16", FitFile(tensor: 16), .qwq, "attention heads", "40 heads over 16 ranks"),
        .init(
            "heads of keys that are neither shared nor repeated evenly",
            FitFile(tensor: 8),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 8192, heads: 48, groups: 12, vocabulary: 32000),
            "heads of keys and values",
            "12 heads of keys and values over 8 ranks"
        ),
        .init("Qwen3-235B-FP8 at TP4", vllm(4), blocks(.qwen235)),
        .init(
            "Qwen3-235B-FP8 at TP8, vllm#17569",
            vllm(8),
            blocks(.qwen235),
            "quantisation blocks",
            "experts 1536 / 8 = 192"
        ),
        .init("Qwen3-235B-FP8 at TP8 with whole experts", vllm(8, 1, "ep_size: 8"), blocks(.qwen235)),
        .init(
            "Qwen3-30B-FP8 at TP4, vllm#25292",
            vllm(4),
            blocks(.qwen30),
            "quantisation blocks",
            "experts 768 / 4 = 192"
        ),
        .init(
            "Qwen3-30B-FP8 at TP2 x DP2: experts are cut by both",
            FitFile(engine: "vllm", version: "0.33.0", tensor: 2, lines: ["dp_size: 2", "gpus_per_node: 4"]),
            blocks(.qwen30),
            "quantisation blocks",
            "experts 768 / 4 = 192"
        ),
        .init("GLM-4.5 at TP8", FitFile(tensor: 8), .glm),
        .init("GLM-4.5 at TP64", FitFile(tensor: 64), .glm, "attention heads", "96 heads over 64 ranks"),
        .init("Kimi-K2 at TP16", FitFile(tensor: 16), .kimi),
        .init(
            "Kimi-K2 at TP32",
            FitFile(tensor: 32),
            .kimi,
            "quantisation blocks",
            "dense layers 18432 / 32 = 576, experts 2048 / 32 = 64, shared experts 2048 / 32 = 64"
        ),
        .init("Mixtral at TP8", FitFile(tensor: 8), .mixtral),
        .init(
            "Mixtral on five ranks in whole experts",
            FitFile(tensor: 4, lines: ["ep_size: 4", "args: {ep-num-redundant-experts: 2}"]),
            .mixtral,
            "experts",
            "8 experts and 2 redundant ones over 4 ranks"
        ),
        .init(
            "Qwen2.5-72B-GPTQ at TP8: 29568 has no whole groups",
            vllm(8),
            ModelShape.dense(
                "qwen2",
                layers: 80,
                hidden: 8192,
                intermediate: 29568,
                heads: 64,
                groups: 8,
                vocabulary: 152_064
            ).stored("gptq", .group(size: 128, bits: 4, overhead: 20)),
            "quantisation groups",
            "dense layers 29568 / 8 = 3696"
        ),
        .init(
            "a width that no eight ranks share",
            FitFile(tensor: 8),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 11004, heads: 32, groups: 8, vocabulary: 32000),
            "MLP widths",
            "dense layers 11004 over 8"
        ),
        .init(
            "a vocabulary that no twelve ranks share in 0.5.9",
            FitFile(tensor: 12),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 9216, heads: 48, groups: 12, vocabulary: 32000),
            "vocabulary",
            "32000 words, 32000 with their padding, over 12 ranks"
        ),
        .init(
            "the same in 0.5.23, which pads further",
            FitFile(version: "0.5.23", tensor: 12),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 9216, heads: 48, groups: 12, vocabulary: 32000)
        ),
        .init("experts of a dense model", vllm(8, 1, "ep_size: 8"), .llama70, "experts", "ep_size 8 and a dense model"),
        .init(
            "more stages than layers",
            vllm(1, 8),
            ModelShape.dense(layers: 4, hidden: 4096, intermediate: 9216, heads: 48, groups: 12, vocabulary: 32000),
            "pipeline stages",
            "4 layers, 8 stages"
        ),
        .init(
            "stages of MLA before SGLang had them",
            FitFile(version: "0.4.10.post2", tensor: 8, pipeline: 4),
            .deepSeek,
            "pipeline stages",
            "pp_size 4"
        ),
        .init(
            "chunks and pages",
            FitFile(tensor: 8, lines: ["args: {chunked-prefill-size: 4096, page-size: 48}"]),
            .llama70,
            "chunks",
            "4096 tokens, pages of 48"
        ),
        .init(
            "chunks that attention DP makes smaller",
            FitFile(
                tensor: 8,
                lines: ["dp_size: 8", "args: {enable-dp-attention: true, chunked-prefill-size: 4096, page-size: 1024}"]
            ),
            .deepSeek,
            "chunks",
            "4096 / 8 = 512 tokens, pages of 1024"
        ),
        .init(
            "vLLM, fewer tokens than requests",
            vllm(8, 1, "args: {max-num-batched-tokens: 128, max-num-seqs: 256}"),
            .llama70,
            "batches",
            "128 tokens, 256 requests"
        ),
        .init(
            "vLLM, prompts in one piece that is too short",
            vllm(8, 1, "args: {max-num-batched-tokens: 2048, max-model-len: 4096, enable-chunked-prefill: false}"),
            .llama70,
            "batches",
            "2048 tokens, requests of 4096"
        ),
        .init(
            "vLLM, prompts in chunks",
            vllm(8, 1, "args: {max-num-batched-tokens: 2048, max-model-len: 4096}"),
            .llama70
        ),
        .init("vLLM, a latent cache over 8 ranks", vllm(8, 1, "args: {decode-context-parallel-size: 8}"), .deepSeek),
        .init(
            "vLLM, two copies of a cache over 4 ranks",
            vllm(16, 1, "args: {decode-context-parallel-size: 4}"),
            .llama70,
            "context parallelism",
            "4 ranks, 2 copies of the cache"
        ),
        .init("a family that nobody knows", FitFile(tensor: 8), unknownFamily),
    ]

    static let later: [ShapeCase] = [
        .init(
            "pages that no default chunk holds wholly",
            FitFile(tensor: 8, lines: ["args: {page-size: 48}"]),
            .llama70,
            "pages",
            "pages of 48"
        ),
        .init("pages that are a power of two", FitFile(tensor: 8, lines: ["args: {page-size: 64}"]), .llama70),
        .init(
            "who only decodes cuts no prompts",
            FitFile(tensor: 8, lines: ["args: {page-size: 48, disaggregation-mode: decode}"]),
            .llama70
        ),
        .init(
            "vLLM, prompts in one piece that is shorter than the model's longest",
            vllm(1, 1, "args: {max-num-batched-tokens: 4096, enable-chunked-prefill: false}"),
            .llama8,
            "batches",
            "4096 tokens, requests of 8192"
        ),
        .init(
            "vLLM, heads that do not divide over those who share a cache",
            vllm(8, 1, "args: {decode-context-parallel-size: 2}"),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 8192, heads: 56, groups: 2, vocabulary: 32000),
            nil
        ),
        .init(
            "vLLM, heads that do not divide over those who share a cache",
            vllm(8, 1, "args: {decode-context-parallel-size: 3}"),
            ModelShape.dense(layers: 2, hidden: 4096, intermediate: 8192, heads: 64, groups: 2, vocabulary: 32000),
            "context parallelism",
            "64 / 2 = 32 heads, 3 ranks"
        ),
        .init(
            "vLLM, layers by hand that are not all",
            vllm(4, 2, "env: {VLLM_PP_LAYER_PARTITION: \"30,30\"}"),
            .deepSeek,
            "layers of stages",
            "`30,30` for 2 stages"
        ),
        .init("vLLM, layers by hand", vllm(4, 2, "env: {VLLM_PP_LAYER_PARTITION: \"30,31\"}"), .deepSeek),
        .init(
            "SGLang, layers by hand for too few stages",
            FitFile(tensor: 2, pipeline: 4, lines: ["env: {SGLANG_PP_LAYER_PARTITION: \"30,31\"}"]),
            .deepSeek,
            "layers of stages",
            "`30,31` for 4 stages"
        ),
        .init(
            "vLLM, experts and copies of them that do not divide",
            vllm(8, 1, "ep_size: 8", "args: {enable-eplb: true, eplb-config: {num_redundant_experts: 4}}"),
            .qwen235,
            "experts",
            "128 experts and 4 redundant ones over 8 ranks"
        ),
        .init(
            "vLLM, copies of experts by a path that do",
            vllm(8, 1, "ep_size: 8", "args: {enable-eplb: true, eplb-config.num_redundant_experts: 8}"),
            .qwen235
        ),
        .init(
            "vLLM, copies of experts in a form that is not read",
            vllm(8, 1, "ep_size: 8", "args: {enable-eplb: true, eplb-config: '{\"num_redundant_experts\": 4}'}"),
            .qwen235
        ),
        .init(
            "vLLM, copies of a dense model behind somebody else's balancer",
            FitFile(
                engine: "vllm",
                version: "0.33.0",
                tensor: 4,
                lines: ["dp_size: 2", "gpus_per_node: 8", "args: {data-parallel-external-lb: true}"]
            ),
            .llama70,
            "copies",
            "`data-parallel-external-lb` and a dense model"
        ),
        .init(
            "the same before 0.21",
            FitFile(
                engine: "vllm",
                version: "0.20.2",
                tensor: 4,
                lines: ["dp_size: 2", "gpus_per_node: 8", "args: {data-parallel-external-lb: true}"]
            ),
            .llama70
        ),
        .init(
            "whole experts of a width without whole blocks",
            vllm(8, 1, "ep_size: 8"),
            narrowExperts.stored("fp8", ModelShape.blocks(128)),
            "quantisation blocks",
            "experts 1472 / 1 = 1472"
        ),
    ]

    private static var narrowExperts: ModelShape {
        var shape = ModelShape.qwen30
        shape.experts?.intermediate = 1472
        return shape
    }
}

@Suite("Shapes against ranks")
struct ShapeRulesTests {
    @Test(
        "what divides passes, what does not is told",
        arguments: ShapeCase.deepSeek + ShapeCase.others + ShapeCase.later
    )
    func shape(_ test: ShapeCase) throws {
        let problems = try test.file.shapeProblems(test.shape)
        #expect(problems.map(\.subject) == [test.subject].compactMap(\.self))
        #expect(problems.first?.measured ?? "" == test.measured)
        #expect(problems.allSatisfy { !$0.ways.isEmpty && $0.severity == .error })
    }

    @Test("DeepSeek-V3 at TP32: all ways out, in order")
    func ways() throws {
        let problem = try #require(try FitFile(tensor: 32).shapeProblems(.deepSeek).first)
        #expect(
            problem.ways.map(\.text) == [
                "use a copy of the model with its blocks resized to 64x64: scales repeated, weights as they are",
                "use a copy of the model with one scale for each channel, which has no blocks, such as channel INT8 "
                    + "with `quantization: w8a8_int8` in `args`",
                "spread whole experts and leave the dense layers undivided: `ep_size: 32` with "
                    + "`moe-dense-tp-size: 1, moe-a2a-backend: deepep, enable-dp-lm-head: true` in `args`",
                "write `tp_size: 8` with `pp_size: 4`",
            ]
        )
        #expect(problem.ways.map(\.edits.count) == [0, 0, 4, 2])
        #expect(problem.key == "tp_size" && problem.edit == nil)
        #expect(
            problem.expected
                == "multiples of 128: blocks of 128x128 by `config.json`; SGLang refuses the first weight that is none"
        )
    }

    @Test("where no layout of these GPUs will do, the largest TP that does is named, or that there is none")
    func largest() throws {
        func ways(_ heads: Int, _ tensor: Int) throws -> [String] {
            var shape = ModelShape.llama8
            shape.attention = .grouped(heads: heads, keyValueHeads: heads, headSize: 128)
            return try #require(try FitFile(tensor: tensor).shapeProblems(shape).first).ways.map(\.text)
        }
        #expect(try ways(24, 7) == ["write `tp_size: 4`, with `nodes`, `gpus_per_node` and `pp_size` to match"])
        var shape = ModelShape.llama8
        shape.experts = ExpertShape(count: 7, intermediate: 64)
        shape.modelType = "mixtral"
        let data = ["dp_size: 2", "args: {enable-dp-attention: true, moe-a2a-backend: deepep}"]
        let problem = try #require(try FitFile(tensor: 2, lines: data).shapeProblems(shape).first)
        #expect(
            problem.ways.map(\.text) == [
                "use another copy of the model: no `tp_size` divides the sizes of this one"
            ]
        )
    }

    @Test("each way says where it leads, by the figures that the changed file has itself")
    func outcomes() throws {
        let fit = try FitFile(tensor: 32).fit(.deepSeek, card: .l40s)
        let ways = try #require(fit.problems.first?.ways)
        let resized = try FitFile(tensor: 32).fit(.deepSeek.stored("fp8", ModelShape.blocks(64)), card: .l40s)
        let staged = try FitFile(tensor: 8, pipeline: 4).fit(.deepSeek, card: .l40s)
        #expect(ways.count == 4 && ways.allSatisfy { $0.outcome != nil })
        #expect(ways[0].outcome?.weights == resized.tightest?.weights)
        #expect(ways[0].outcome?.tokens == resized.tightest?.tokens)
        #expect(ways[3].outcome?.weights == staged.tightest?.weights)
        #expect(ways[3].outcome?.tokens == staged.tightest?.tokens && ways[3].outcome?.context == 163_840)
        // Without a card there are none.
        let unknown = try #require(try FitFile(tensor: 32).fit(.deepSeek, card: nil).problems.first)
        #expect(unknown.ways.allSatisfy { $0.outcome == nil })
    }

    @Test("a way that a later release opens says so")
    func releases() throws {
        let problem = try #require(
            try FitFile(version: "0.4.4.post1", tensor: 32).shapeProblems(.deepSeek).first
        )
        #expect(problem.ways.count == 4)
        #expect(problem.ways[2].text.contains("enable-deepep-moe: true"))
        #expect(problem.ways[2].text.hasSuffix(", from SGLang 0.4.6.post5 on"))
        #expect(problem.ways[3].text == "write `tp_size: 8` with `pp_size: 4`, from SGLang 0.5.1.post3 on")
    }

    @Test("vLLM has whole experts as one line, and no resized blocks")
    func vllm() throws {
        let file = FitFile(engine: "vllm", version: "0.33.0", tensor: 8)
        let problem = try #require(
            try file.shapeProblems(.qwen235.stored("fp8", ModelShape.blocks(128))).first
        )
        #expect(
            problem.ways.map(\.text) == [
                "use a copy of the model with one scale for each channel, which has no blocks",
                "spread whole experts: `ep_size: 8`", "write `tp_size: 4` with `pp_size: 2`",
            ]
        )
        #expect(problem.ways[1].edits == [FitProblem.Edit(["ep_size"], "8")])
    }

    @Test("a problem as a diagnostic: the first way is the hint, the others are notes")
    func diagnostic() throws {
        let problem = try #require(try FitFile(tensor: 32).shapeProblems(.deepSeek).first)
        let diagnostic = problem.diagnostic
        #expect(diagnostic.code == .modelShapeUnfit && diagnostic.span == problem.span)
        #expect(diagnostic.found == problem.measured && diagnostic.hint == problem.ways.first?.text)
        #expect(diagnostic.notes.last?.message == "or write `tp_size: 8` with `pp_size: 4`")
    }

    @Test("what is not known is not judged")
    func unknown() throws {
        #expect(try FitFile(tensor: 24).shapeProblems(ModelShape()) == [])
        var left = ModelShape.deepSeek
        left.quantisation?.leavesLayersOut = true
        #expect(try FitFile(tensor: 32).shapeProblems(left) == [])
        // Kernels for experts make groups smaller.
        let groups = ModelShape.qwen30.stored("awq", .group(size: 128, bits: 4, overhead: 20))
        #expect(try FitFile(tensor: 4).shapeProblems(groups) == [])
    }
}
