import MusterEngines
import MusterSpec
import Testing

@Suite("Rank layout")
struct RankLayoutTests {
    /// The ranks of one node as `global:tp.pp`.
    private func node(_ engine: any Engine, _ rank: Int) -> [String] {
        engine.ranks(of: NodeRank(rank)).map { "\($0.global):\($0.tensor).\($0.pipeline)" }
    }

    @Test(
        "every global rank is on exactly one node, with its local ranks in order",
        arguments: [
            ("sglang", 4, "tp_size: 32"), ("sglang", 4, "tp_size: 8\npp_size: 4"),
            ("sglang", 4, "tp_size: 16\npp_size: 2"),
            ("sglang", 2, "tp_size: 4\npp_size: 4"), ("sglang", 1, "tp_size: 8"),
            ("sglang", 1, "tp_size: 2\npp_size: 4"),
            ("sglang", 1, "tp_size: 4\ndp_size: 2"), ("sglang", 1, "tp_size: 2\npp_size: 2\ndp_size: 2"),
            ("sglang", 2, "tp_size: 16\ndp_size: 4\nargs: {enable-dp-attention: true}"), ("sglang", 8, "tp_size: 64"),
            ("vllm", 2, "tp_size: 8\npp_size: 2"), ("vllm", 2, "tp_size: 16"), ("vllm", 1, "tp_size: 8"),
            ("vllm", 4, "tp_size: 8\npp_size: 4"), ("vllm", 1, "tp_size: 2\npp_size: 2\ndp_size: 2"),
            ("vllm", 2, "tp_size: 4\npp_size: 3\ngpus_per_node: 6"),
        ]
    )
    func covers(engineName: String, nodes: Int, lines: String) throws {
        let file = try #require(
            spec(clusterFile(engineName, engineName == "sglang" ? "0.5.9" : "0.32.0", nodes: nodes, lines))
        )
        let knowledge = engine(for: file)
        #expect(knowledge.check() == [])
        let units = (0..<nodes).map { knowledge.ranks(of: NodeRank($0)) }
        let all = units.flatMap { $0 }
        #expect(all.map(\.global.value).sorted() == Array(0..<nodes * file.gpusPerNode.value))
        for unit in units { #expect(unit.map(\.local.value) == Array(0..<file.gpusPerNode.value)) }
        let places = Set(all.map { [$0.tensor, $0.pipeline, $0.data] })
        #expect(places.count == all.count)
        #expect(all.allSatisfy { $0.tensor < file.tensorParallel.value && $0.pipeline < file.pipelineParallel.value })
    }

    @Test("SGLang TP32 on four nodes: eight ranks in a row each")
    func tp32() throws {
        let knowledge = engine(for: try #require(spec(clusterFile("sglang", "0.4.4.post1", nodes: 4, "tp_size: 32"))))
        #expect(node(knowledge, 0).first == "0:0.0")
        #expect(node(knowledge, 2) == (16..<24).map { "\($0):\($0).0" })
    }

    @Test("SGLang TP8 x PP4 on four nodes: a stage each")
    func tp8pp4() throws {
        let knowledge = engine(
            for: try #require(spec(clusterFile("sglang", "0.5.9", nodes: 4, "tp_size: 8\npp_size: 4")))
        )
        #expect(node(knowledge, 3) == (0..<8).map { "\(24 + $0):\($0).3" })
    }

    @Test("SGLang TP16 x PP2 on four nodes: half a stage each")
    func tp16pp2() throws {
        let knowledge = engine(
            for: try #require(spec(clusterFile("sglang", "0.5.9", nodes: 4, "tp_size: 16\npp_size: 2")))
        )
        #expect(node(knowledge, 1) == (8..<16).map { "\($0):\($0).0" })
        #expect(node(knowledge, 2) == (0..<8).map { "\(16 + $0):\($0).1" })
    }

    @Test("vLLM TP8 x PP2 on two nodes: a stage each; TP16 across both shows global TP ranks")
    func vllm() throws {
        let pipeline = engine(
            for: try #require(spec(clusterFile("vllm", "0.32.0", nodes: 2, "tp_size: 8\npp_size: 2")))
        )
        #expect(node(pipeline, 1) == (0..<8).map { "\(8 + $0):\($0).1" })
        let tensor = engine(for: try #require(spec(clusterFile("vllm", "0.32.0", nodes: 2, "tp_size: 16"))))
        #expect(node(tensor, 1) == (8..<16).map { "\($0):\($0).0" })
    }
}
