import MusterEngines
import MusterSpec
import Testing

/// What is said about the lines of `args` in one file, by number and severity.
private func codes(
    _ engine: String,
    _ version: String,
    _ lines: String...,
    with more: String = "tp_size: 8"
)
    -> [String]
{
    engineProblems(clusterFile(engine, version, more, "args:\n" + lines.map { "  \($0)\n" }.joined()))
        .map { "\($0.code.number) \($0.severity)" }
}

@Suite("one flag by several names")
struct FlagSpellingTests {
    @Test(
        "is given once",
        arguments: [
            ("sglang", "0.5.9", "mem-fraction-static: 0.8", "mem-frac: 0.8", ["320 error", "419 warning"]),
            ("sglang", "0.5.23", "cuda-graph-max-bs-decode: 8", "cuda-graph-max-bs: 8", ["320 error"]),
            ("sglang", "0.5.15", "cuda-graph-max-bs-decode: 8", "cuda-graph-max-bs: 8", ["320 error", "416 warning"]),
            ("vllm", "0.33.0", "gpu-memory-utilization: 0.9", "device-memory-utilization: 0.8", ["320 error"]),
            ("vllm", "0.33.0", "enable-chunked-prefill: true", "no-enable-chunked-prefill: true", ["320 error"]),
            ("vllm", "0.33.0", "enable-chunked-prefill: true", "disable-chunked-prefill: true", ["320 error"]),
            // What is left out of the command line, and members of one value, stand beside each other.
            ("sglang", "0.5.23", "cuda-graph-backend-decode: full", "disable-cuda-graph: false", []),
            ("vllm", "0.33.0", "compilation-config.mode: 3", "compilation-config.level: 3", []),
        ] as [(String, String, String, String, [String])]
    )
    func once(engine: String, version: String, first: String, second: String, expected: [String]) {
        let found = codes(engine, version, first, second)
        #expect(found.filter { !$0.hasPrefix("418") }.sorted() == expected)
    }

    @Test("the second line is the one to remove, and both are shown")
    func places() throws {
        let text = clusterFile("vllm", "0.33.0", "tp_size: 8\nargs:\n  enforce-eager: true\n  no-enforce-eager: true")
        let problem = try #require(engineProblems(text).first)
        #expect(problem.message == "`no-enforce-eager` and `enforce-eager` are the same flag")
        #expect(problem.found == "`--enforce-eager` twice in vLLM 0.33.0")
        #expect(problem.span?.line == 9 && problem.notes.map(\.span?.line) == [8])
    }

    @Test(
        "belongs to a key of the file by each of them",
        arguments: [
            ("vllm", "0.33.0", "disable-expert-parallel"), ("vllm", "0.33.0", "no-enable-expert-parallel"),
            ("vllm", "0.12.0", "no-enable-expert-parallel"), ("vllm", "0.12.0", "disable-expert-parallel"),
            ("vllm", "0.12.0", "enable-expert-par"), ("vllm", "0.33.0", "headl"),
        ]
    )
    func managed(engine: String, version: String, name: String) {
        #expect(codes(engine, version, "\(name): true", with: "tp_size: 8\nep_size: 8") == ["310 error"])
    }

    @Test("counts by each of them")
    func counts() {
        let data = "tp_size: 8\ndp_size: 8"
        #expect(codes("sglang", "0.5.9", "enable-dp-att: true", with: data) == ["419 warning"])
        #expect(codes("sglang", "0.5.9", "enable-dp-attention: true", with: data) == [])
        #expect(codes("sglang", "0.5.23", "attention-data-parallel-size: 3") == ["405 error"])
        #expect(codes("sglang", "0.5.9", "moe-dense: 3") == ["419 warning", "420 error"])
        #expect(codes("vllm", "0.33.0", "device-memory-utilization: 1.5") == ["412 error"])
        #expect(codes("vllm", "0.33.0", "gpu-memory-util: 90") == ["419 warning", "412 error"])
    }

    @Test("a switch that spreads experts and is off contradicts their number, where nothing else spreads them")
    func contradiction() {
        let size = "tp_size: 8\nep_size: 8"
        #expect(codes("sglang", "0.4.6.post5", "enable-ep-moe: false", with: size) == ["420 error"])
        #expect(codes("sglang", "0.4.6.post5", "enable-ep-moe: true", with: size) == [])
        #expect(codes("sglang", "0.4.6.post5", "enable-ep-moe: false") == [])
        #expect(codes("sglang", "0.5.2", "enable-ep-moe: false", with: size) == [])
    }
}
