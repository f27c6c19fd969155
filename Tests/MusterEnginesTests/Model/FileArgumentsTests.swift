import MusterSpec
import Testing

@testable import MusterEngines

@Suite("args as the parser reads them")
struct FileArgumentsTests {
    @Test(
        "numbers with suffixes",
        arguments: [
            ("1_000", 1000, 1000), ("1k", 1000, 1000), ("25.6k", 25600, 25600), ("1K", 1024, nil),
            ("1G", 1 << 30, 1_000_000_000), ("1g", 1_000_000_000, nil), ("8Ki", nil, 8192), ("1Gi", nil, 1 << 30),
            ("1.001k", 1001, 1001), ("1.5K", nil, nil), ("1.5Ki", nil, nil), ("9999999T", nil, nil), ("k", nil, nil),
        ] as [(String, Int?, Int?)]
    )
    func numbers(text: String, vllm: Int?, sglang: Int?) {
        #expect(PythonNumber.count(text) == vllm)
        #expect(PythonNumber.iecCount(text) == sglang)
    }

    private func arguments(_ engine: String, _ version: String, _ lines: String) throws -> FileArguments {
        FileArguments(try #require(spec(clusterFile(engine, version, "tp_size: 8\nargs: {\(lines)}"))))
    }

    @Test("a number is read by the rules of its flag")
    func rules() throws {
        let late = try arguments("sglang", "0.5.23", "max-total-tokens: 512k, page-size: 1_6, context_length: 8Ki")
        #expect(late.integer("max-total-tokens")?.value == 512_000 && late.integer("page-size")?.value == 16)
        #expect(late.integer("context-length")?.value == 8192)
        let early = try arguments("sglang", "0.5.9", "max-total-tokens: 512k")
        #expect(early.integer("max-total-tokens") == nil && early.unreadable("max-total-tokens") == "max-total-tokens")
        let vllm = try arguments("vllm", "0.33.0", "kv-cache-memory-bytes: 1G, max-num-batched-tokens: 8k")
        #expect(vllm.integer("kv-cache-memory-bytes")?.value == 1 << 30)
        #expect(vllm.integer("max-num-batched-tokens")?.value == 8000)
        let none = try arguments("vllm", "0.33.0", "kv-cache-memory-bytes: None")
        #expect(none.integer("kv-cache-memory-bytes") == nil && none.unreadable("kv-cache-memory-bytes") == nil)
    }

    @Test("a flag is found by any of its names")
    func names() throws {
        let short = try arguments("sglang", "0.5.9", "enable-dp-att: true, mem-frac: 0.5")
        #expect(short.switches("enable-dp-attention") && short.fraction("mem-fraction-static")?.value == 0.5)
        #expect(short.fraction("mem-fraction-static")?.name == "mem-frac")
        let off = try arguments("vllm", "0.33.0", "no-enable-chunked-prefill: true, no-enforce-eager: true")
        #expect(off.isOff("enable-chunked-prefill") && !off.has("enforce-eager"))
        let early = try arguments("vllm", "0.7.2", "enable-chunked-prefill: 'False'")
        #expect(early.isOff("enable-chunked-prefill"))
        let alias = try arguments("vllm", "0.33.0", "device-memory-utilization: 0.5")
        #expect(alias.fraction("gpu-memory-utilization")?.value == 0.5)
    }

    private func unjudged(_ engine: String, _ version: String, _ lines: String) throws -> [String] {
        try FitFile(engine: engine, version: version, tensor: 8, lines: ["args: {\(lines)}"]).fit(.llama70).unjudged
    }

    @Test("what is written out as it would be anyway takes no judgement away")
    func neutral() throws {
        #expect(try unjudged("sglang", "0.5.9", "cpu-offload-gb: 0, model-impl: auto, enable-lora: false") == [])
        #expect(try unjudged("sglang", "0.5.23", "dcp-size: 1") == [])
        #expect(try unjudged("sglang", "0.5.23", "dcp-size: 2") == ["what `dcp-size` does to memory is not known"])
        #expect(try unjudged("vllm", "0.33.0", "prefill-context-parallel-size: 1, cpu-offload-gb: 0.0") == [])
        #expect(try unjudged("vllm", "0.33.0", "speculative-config: None, hf-overrides: {}") == [])
    }

    @Test("a number that cannot be read is said")
    func unreadable() throws {
        #expect(
            try unjudged("sglang", "0.5.9", "max-total-tokens: 1k") == [
                "the number of `max-total-tokens` cannot be read"
            ]
        )
        #expect(
            try unjudged("sglang", "0.5.9", "context-length: 128k") == [
                "whether the longest request fits: the number of `context-length` cannot be read"
            ]
        )
    }

    @Test("graphs are off by the old switch and by the flags that took its place alike")
    func graphs() throws {
        func budget(_ lines: String) throws -> [MemoryBudget] {
            try FitFile(version: "0.5.23", tensor: 8, lines: ["args: {\(lines)}"]).fit(.deepSeek, card: .h20).budgets
        }
        let off = try budget("disable-cuda-graph: true")
        #expect(off == (try budget("cuda-graph-backend-decode: disabled, cuda-graph-backend-prefill: disabled")))
        let half = try budget("cuda-graph-backend-prefill: disabled")
        let on = try budget("cuda-graph-backend-prefill: full")
        let fractions = [on, half, off].compactMap(\.first?.fraction)
        #expect(fractions.count == 3 && fractions == fractions.sorted() && Set(fractions).count == 3, "\(fractions)")
    }
}
