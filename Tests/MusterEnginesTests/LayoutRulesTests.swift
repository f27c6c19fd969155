import MusterEngines
import MusterSpec
import Testing

@Suite("Layout rules")
struct LayoutRulesTests {
    struct Row: CustomTestStringConvertible {
        var engine: String
        var nodes: Int
        var lines: String
        var codes: [DiagnosticCode]
        var testDescription: String { "\(engine), \(nodes) nodes: \(lines)" }

        init(_ engine: String, _ nodes: Int, _ lines: String, _ codes: DiagnosticCode...) {
            self.engine = engine
            self.nodes = nodes
            self.lines = lines
            self.codes = codes
        }
    }

    @Test(
        "sizes against nodes",
        arguments: [
            Row("sglang", 1, "tp_size: 8"),
            Row("sglang", 4, "tp_size: 32"),
            Row("sglang", 4, "tp_size: 16", .layoutDoesNotFillGPUs),
            Row("sglang", 4, "tp_size: 64", .layoutDoesNotFillGPUs),
            Row("sglang", 4, "tp_size: 30", .worldNotDivisible),
            Row("sglang", 4, "tp_size: 8\npp_size: 4"),
            Row("sglang", 4, "tp_size: 16\npp_size: 2"),
            Row("sglang", 2, "tp_size: 4\npp_size: 4"),
            // The arithmetic of the engine passes and the third stage never starts.
            Row("sglang", 2, "tp_size: 4\npp_size: 3\ngpus_per_node: 6", .pipelineAcrossNodes),
            Row("sglang", 4, "tp_size: 8\npp_size: 3\ngpus_per_node: 6", .pipelineAcrossNodes),
            Row("sglang", 3, "tp_size: 6\npp_size: 2\ngpus_per_node: 4", .pipelineAcrossNodes),
            Row("sglang", 4, "tp_size: 15\npp_size: 2", .tensorAcrossNodes),
            Row("sglang", 4, "tp_size: 3\npp_size: 2", .tensorAcrossNodes),
            Row("sglang", 1, "tp_size: 2\npp_size: 4"),
            Row("sglang", 1, "tp_size: 2\npp_size: 2\ndp_size: 2"),
            Row("sglang", 2, "tp_size: 8\ndp_size: 2", .dataParallelAcrossNodes),
            Row("sglang", 2, "tp_size: 16\ndp_size: 2\nargs: {enable-dp-attention: true}"),
            Row("sglang", 2, "tp_size: 16\ndp_size: 16\nargs: {enable_dp_attention: true}"),
            Row("sglang", 2, "tp_size: 16\ndp_size: 3\nargs: {enable-dp-attention: true}", .attentionDataParallel),
            Row("sglang", 2, "tp_size: 16\nep_size: 8"),
            Row("sglang", 2, "tp_size: 16\nep_size: 5", .expertParallel),
            Row("sglang", 1, "tp_size: 4\ngpus_per_node: 4"),
            Row("vllm", 2, "tp_size: 16"),
            Row("vllm", 2, "tp_size: 8\npp_size: 2"),
            Row("vllm", 2, "tp_size: 15", .worldNotDivisible),
            Row("vllm", 2, "tp_size: 8", .layoutDoesNotFillGPUs),
            // vLLM cuts the row of ranks into equal parts, wherever a stage ends.
            Row("vllm", 2, "tp_size: 4\npp_size: 3\ngpus_per_node: 6"),
            Row("vllm", 1, "tp_size: 4\ndp_size: 2"),
            Row("vllm", 2, "tp_size: 8\ndp_size: 2", .notRendered),
            Row("vllm", 2, "tp_size: 16\nep_size: 16"),
            Row("vllm", 2, "tp_size: 16\nep_size: 8", .expertParallel),
            Row("vllm", 1, "tp_size: 4\ndp_size: 2\nep_size: 8"),
        ]
    )
    func sizes(row: Row) {
        let version = row.engine == "sglang" ? "0.5.9" : "0.32.0"
        #expect(engineCodes(clusterFile(row.engine, version, nodes: row.nodes, row.lines)) == row.codes)
    }

    @Test("a size that could not be read is not judged by its default")
    func unreadable() {
        #expect(engineCodes(clusterFile("sglang", "0.5.9", nodes: 2, "tp_size: sixteen")) == [])
        #expect(engineCodes(clusterFile("vllm", "0.32.0", nodes: 2, "tp_size: 16\ngpus_per_node: x")) == [])
    }

    @Test("the hint names the size that fits")
    func hint() {
        let problems = engineProblems(clusterFile("sglang", "0.5.9", nodes: 4, "tp_size: 8\npp_size: 2"))
        #expect(problems.map(\.hint) == ["write `tp_size: 16`, or change `nodes` or `gpus_per_node`"])
        #expect(problems.map(\.found) == ["tp 8 x pp 2 = 16 ranks"])
    }
}
