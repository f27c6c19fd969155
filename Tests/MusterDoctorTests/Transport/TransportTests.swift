import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Proof of the transport")
struct TransportTests {
    private let names = ["gpu-1", "gpu-2"]

    private func proof(
        _ first: RankLog?,
        _ second: RankLog?,
        fabric: FabricTable? = nil,
        counters: [String: CounterProof] = [:]
    ) -> TransportProof {
        var reader = TransportReader()
        for (node, log) in zip(names, [first, second]) {
            for line in log?.lines ?? [] { reader.take(line: line, node: node) }
        }
        return TransportProof(reader, nodes: names, fabric: fabric, counters: counters)
    }

    private func fabric() throws -> FabricTable { try Fleet().examine().fabric }

    @Test("RDMA from GPU memory on all nodes is one line and no finding")
    func good() throws {
        let proof = proof(RankLog(host: "a"), RankLog(host: "b"), fabric: try fabric())
        #expect(proof.text == "NET/IB, GDR 8/8 on all nodes")
        #expect(proof.verdict == .good && proof.findings == [])
        #expect(proof.nodes.map(\.hcas) == [["mlx5_0", "mlx5_1"], ["mlx5_0", "mlx5_1"]])
    }

    @Test("sockets are an error where there are ports, and named with what NCCL said")
    func sockets() throws {
        let proof = proof(RankLog(host: "a"), .sockets("b"), fabric: try fabric())
        #expect(proof.text == "NET/IB, GDR 8/8 on gpu-1; NET/Socket on gpu-2")
        #expect(proof.verdict == .bad)
        let finding = try #require(proof.findings.first)
        #expect(proof.findings.count == 1 && finding.code == .trafficOverSockets && finding.severity == .error)
        #expect(finding.nodes == ["gpu-2"])
        #expect(finding.measured == "NET/Socket in the logs of 8 ranks, `NET/IB : No device found`")
        #expect(finding.expected == "NET/IB over mlx5_0, mlx5_1")
    }

    @Test("sockets without a port are all there is; where nobody looked they are a warning")
    func portless() throws {
        var fleet = Fleet()
        fleet.all { $0.cards = [] }
        fleet.line("rdma_gid_index", "")
        let bare = proof(.sockets("a"), .sockets("b"), fabric: try fleet.examine().fabric)
        #expect(bare.verdict == .good && bare.text == "NET/Socket on all nodes")
        let unseen = proof(.sockets("a"), .sockets("b"))
        #expect(unseen.findings.map(\.severity) == [.warning] && unseen.findings.map(\.nodes) == [names])
    }

    @Test("RDMA through host memory: an error where others do it without")
    func direct() throws {
        var slow = RankLog(host: "b")
        slow.way = "NET/IB/%"
        let some = proof(RankLog(host: "a"), slow)
        #expect(some.text == "NET/IB, GDR 8/8 on gpu-1; NET/IB, GDR 0/8 on gpu-2")
        #expect(some.findings.map(\.code) == [.gpuDirectUnused] && some.findings.map(\.nodes) == [["gpu-2"]])
        #expect(some.findings.map(\.severity) == [.error] && some.findings[0].measured == "8 of 8 ranks")
        slow.host = "a"
        let all = proof(slow, RankLog(host: "b", way: "NET/IB/%"))
        #expect(all.text == "NET/IB, GDR 0/8 on all nodes")
        #expect(all.findings.map(\.severity) == [.warning] && all.findings.map(\.nodes) == [names])
    }

    @Test("one direction without GPUDirect counts as none")
    func oneDirection() {
        var reader = TransportReader(["gpu-1": RankLog(host: "a"), "gpu-2": RankLog(host: "b")])
        reader.take(
            line: "a:1003:2003 [3] NCCL INFO Channel 01/0 : 11[3] -> 3[3] [receive] via NET/IB/1(2)",
            node: "gpu-1"
        )
        reader.take(line: "a:1003:2003 [3] NCCL INFO GPU Direct RDMA Disabled for HCA 1 'mlx5_1'", node: "gpu-1")
        let proof = TransportProof(reader, nodes: names)
        #expect(proof.text == "NET/IB, GDR 7/8 on gpu-1; NET/IB, GDR 8/8 on gpu-2")
        #expect(proof.findings.map(\.measured) == ["1 of 8 ranks, `GPU Direct RDMA Disabled for HCA 1 'mlx5_1'`"])
    }

    @Test("devices that no channel uses are named; those the file leaves out are not missed")
    func unused() throws {
        var one = RankLog(host: "b")
        one.devices = 1
        let proof = proof(RankLog(host: "a"), one, fabric: try fabric())
        #expect(proof.findings.map(\.code) == [.hcasUnused] && proof.findings.map(\.subject) == ["mlx5_1"])
        #expect(proof.findings.map(\.nodes) == [["gpu-2"]])
        var fleet = Fleet()
        fleet.line("rdma_gid_index", "rdma_gid_index: 3\nrdma_hcas: [mlx5_0]")
        #expect(self.proof(one, one, fabric: try fleet.examine().fabric).findings == [])
        // Opened and idle: all ranks send over the first.
        let idle = RankLog(host: "b", way: "NET/IB/0/GDRDMA")
        #expect(self.proof(idle, idle, fabric: try fabric()).findings.map(\.subject) == ["mlx5_1"])
    }

    @Test("silence is a verdict of its own, with the way out of it")
    func unknown() throws {
        let nobody = proof(nil, nil, fabric: try fabric())
        #expect(nobody.verdict == .unknown && nobody.findings == [])
        #expect(
            nobody.text == "unknown: no lines of `NCCL INFO`; `NCCL_DEBUG: INFO` in `env` would prove the way"
        )
        let one = proof(RankLog(host: "a"), nil)
        #expect(one.verdict == .unknown)
        #expect(
            one.text == "NET/IB, GDR 8/8 on gpu-1; unknown on gpu-2 (no lines of `NCCL INFO`; `NCCL_DEBUG: INFO` in "
                + "`env` would prove the way)"
        )
    }

    @Test("within one node there is nothing to prove")
    func alone() {
        let proof = TransportProof(TransportReader(), nodes: ["gpu-1"])
        #expect(proof.verdict == .good && proof.text == "one node, no network between ranks" && proof.findings == [])
    }

    @Test("the network's name counts where no line tells of channels")
    func networkNames() throws {
        var reader = TransportReader()
        for node in names {
            reader.take(line: "\(node):1:2 [0] NCCL INFO Using network IBext_v8", node: node)
            reader.take(line: "\(node):1:2 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE", node: node)
        }
        let proof = TransportProof(reader, nodes: names)
        #expect(proof.text == "NET/IB, GDR unknown on all nodes" && proof.findings == [])
        #expect(proof.nodes.map(\.hcas) == [["mlx5_0"], ["mlx5_0"]])
    }

    @Test("Ray's one log of all nodes is taken apart by their own names")
    func ray() {
        var reader = TransportReader()
        for host in ["node-a", "node-b"] {
            for line in RankLog(host: host, ranks: 4).lines {
                reader.take(line: "(RayWorkerWrapper pid=7, ip=10.0.0.2) \(line)", node: "gpu-1")
            }
        }
        let told = TransportProof(reader, nodes: names, hostnames: ["gpu-1": "node-a", "gpu-2": "node-b"])
        #expect(told.text == "NET/IB, GDR 4/4 on all nodes")
        // Nothing is guessed where the names do not tell.
        let same = TransportProof(reader, nodes: names, hostnames: ["gpu-1": "node", "gpu-2": "node"])
        #expect(same.text.hasPrefix("NET/IB, GDR 8/8 on gpu-1; unknown on gpu-2"))
    }

    @Test("merged ports are numbered behind the others, so all that were opened count")
    func merged() throws {
        var reader = TransportReader(["gpu-1": RankLog(host: "a", way: "NET/IB/2/GDRDMA")])
        for rank in 0..<8 {
            reader.take(
                line: "a:\(1000 + rank):1 [\(rank)] NCCL INFO NET/IB : Made virtual device [2] name=mlx5_0+mlx5_1",
                node: "gpu-1"
            )
        }
        let proof = TransportProof(reader, nodes: names, fabric: try fabric())
        #expect(proof.nodes[0].hcas == ["mlx5_0", "mlx5_1"] && proof.findings == [])
    }

    @Test("lines of others leave nothing behind, and no log can fill the memory")
    func bounds() {
        var reader = TransportReader()
        for number in 0..<10_000 {
            reader.take(line: "INFO \(number) engine.py: NCC NCCL WARN loading", node: "gpu-1")
        }
        #expect(reader.isEmpty)
        for number in 0..<10_000 {
            reader.take(line: "h:\(number):1 [0] NCCL INFO Using network \(number)", node: "gpu-1")
        }
        #expect(reader.processes["gpu-1"]?.count == 256)
        reader.forget(node: "gpu-1")
        #expect(reader.isEmpty)
    }
}
