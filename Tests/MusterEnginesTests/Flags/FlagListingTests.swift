import MusterEngines
import MusterSpec
import Testing

@Suite("lists of flags")
struct FlagListingTests {
    private func names(_ pattern: String?, _ kind: EngineSpec.Kind, _ version: String? = nil) -> [String] {
        FlagListing(matching: pattern, of: kind, version: version.flatMap { EngineVersion($0) }).rows.map(\.flag.name)
    }

    @Test(
        "hold what a pattern is like",
        arguments: [
            // A name alone, an alias, any dashes.
            ("tp-size", nil, ["tp-size"]), ("--tensor_parallel_size", nil, ["tp-size"]),
            ("cuda-graph-max-bs", nil, ["cuda-graph-max-bs"]),
            ("CUDA-graph-max-bs", "0.5.23", ["cuda-graph-max-bs-decode", "cuda-graph-max-bs-prefill"]),
            (
                "cuda*bs", "0.5.9",
                ["cuda-graph-bs", "cuda-graph-max-bs", "piecewise-cuda-graph-max-tokens"].filter { !$0.hasPrefix("p") }
            ),
            ("enable-hicache", "0.5.23", ["enable-hierarchical-cache"]), ("no-such-flag", nil, []),
            ("size*tp", nil, []),
        ] as [(String, String?, [String])]
    )
    func patterns(pattern: String, version: String?, expected: [String]) {
        #expect(names(pattern, .sglang, version) == expected)
    }

    @Test("of a release are all it has, and of two neighbours what either has")
    func releases() {
        #expect(names(nil, .sglang, "0.5.9").count == 331)
        #expect(names(nil, .vllm, "0.33.0").count == 320)
        let between = Set(names(nil, .sglang, "0.5.12"))
        #expect(between.contains("ep-size") && !between.contains("expert-parallel-size"))
        #expect(between.contains("enable-double-sparsity") && between.contains("cuda-graph-max-bs-decode"))
    }

    @Test("say since when, until when, and what came instead")
    func history() throws {
        let gone = try #require(FlagListing(matching: "cuda-graph-max-bs", of: .sglang).rows.first)
        #expect(gone.since.text == "0.4.4.post1" && gone.until?.text == "0.5.15" && gone.flag.isDeprecated)
        #expect(gone.flag.replacement?.text == "`cuda-graph-max-bs-decode`")
        let there = try #require(FlagListing(matching: "all2all-backend", of: .vllm).rows.first)
        #expect(there.since.text == "0.11.1" && there.until == nil && there.flag.fallback == "allgather_reducescatter")
        // Its first name was another.
        let moved = try #require(FlagListing(matching: "tp-size", of: .sglang).rows.first)
        #expect(moved.since.text == "0.4.4.post1" && moved.until == nil)
    }

    @Test(
        "say what a flag takes",
        arguments: [
            ("trust-remote-code", "switch"), ("max-model-len", "count-or-auto"),
            ("cudagraph-capture-sizes", "integer ..."),
            ("middleware", "text, repeated"), ("scheduling-policy", "fcfs|priority"), ("hf-token", "[text]"),
        ]
    )
    func usage(name: String, usage: String) throws {
        let row = try #require(FlagListing(matching: name, of: .vllm).rows.first)
        #expect(row.flag.usage == usage)
    }
}
