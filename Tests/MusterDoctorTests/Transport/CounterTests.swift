import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Counters of ports")
struct CounterTests {
    private let gibibyte: UInt64 = 1 << 30

    private func counters(_ port: UInt64, _ interface: UInt64) -> TrafficCounters {
        var counters = TrafficCounters()
        counters.ports = ["mlx5_0:1": port, "mlx5_1:1": 7]
        counters.interfaces = ["bond0": interface, "eth9": 5]
        return counters
    }

    private func proof(_ words: UInt64, _ bytes: UInt64) -> CounterProof {
        CounterProof(before: counters(100, 1_000), after: counters(100 + words, 1_000 + bytes), interface: "bond0")
    }

    @Test("what was sent decides; ports count in units of four bytes")
    func verdicts() {
        #expect(proof(gibibyte / 4, 1 << 20).verdict == .rdma)
        #expect(proof(gibibyte / 4, 1 << 20).text == "1 GiB by RDMA, 1 MiB by bond0")
        #expect(proof(gibibyte / 4, 1 << 20).ports == ["mlx5_0:1": gibibyte, "mlx5_1:1": 0])
        #expect(proof(10, gibibyte).verdict == .sockets)
        #expect(proof(gibibyte / 4, gibibyte).verdict == .both)
        #expect(proof(10, 1 << 20).verdict == .unknown("too little was sent to tell"))
        // As much as a file that somebody copied.
        #expect(proof(10, gibibyte - 1).verdict == .unknown("too little was sent to tell"))
        // A tenth on the other way is still control traffic, more is not.
        #expect(proof(90 * gibibyte / 4, 10 * gibibyte).verdict == .rdma)
        #expect(proof(89 * gibibyte / 4, 11 * gibibyte).verdict == .both)
    }

    @Test("a counter that went back or is missing is no proof, and none is too large")
    func damaged() {
        let reset = CounterProof(before: counters(100, 5_000), after: counters(40, 1_000), interface: "bond0")
        #expect(reset.ports == ["mlx5_1:1": 0])
        #expect(reset.verdict == .unknown("the interface's counter is not known"))
        #expect(reset.text == "0 B by RDMA, an unknown amount by bond0")
        let none = CounterProof(before: counters(0, 0), after: counters(.max, .max), interface: nil)
        #expect(none.verdict == .unknown("the interface's counter is not known"))
        let huge = CounterProof(before: counters(0, 0), after: counters(.max, .max), interface: "bond0")
        #expect(huge.rdmaBytes == .max - 3 && huge.verdict == .both)
    }

    @Test("a probe's answer has them")
    func inventory() throws {
        var inventory = NodeInventory(node: "gpu-1")
        inventory.rdma = .value(
            try RDMAInventory.read(
                bytes(
                    "mlx5_0/ports/1/state=4: ACTIVE",
                    "mlx5_0/ports/1/counters/port_xmit_data=250",
                    "mlx5_1/ports/1/state=1: DOWN",
                    "mlx5_2/device/physfn=yes",
                    "mlx5_2/ports/1/state=4: ACTIVE",
                    "mlx5_2/ports/1/counters/port_xmit_data=9"
                ),
                from: .sysfs
            ).require()
        )
        inventory.interfaceFacts = ["bond0": InterfaceFacts(sentBytes: 77), "lo": InterfaceFacts()]
        let counters = TrafficCounters(inventory)
        #expect(counters.ports == ["mlx5_0:1": 250] && counters.interfaces == ["bond0": 77])
    }

    private let names = ["gpu-1", "gpu-2"]

    @Test("counters find and prove what no log tells")
    func proofs() throws {
        let fabric = try Fleet().examine().fabric
        let reader = TransportReader(["gpu-1": RankLog(host: "a")])
        let found = TransportProof(reader, nodes: names, fabric: fabric, counters: ["gpu-2": proof(10, gibibyte)])
        #expect(found.text == "NET/IB, GDR 8/8 on gpu-1; TCP by its counters on gpu-2")
        #expect(found.findings.map(\.code) == [.trafficOverSockets] && found.findings.map(\.nodes) == [["gpu-2"]])
        #expect(found.findings.map(\.measured) == ["40 B by RDMA, 1 GiB by bond0 since the launch"])
        #expect(found.findings.map(\.severity) == [.warning])
        let rdma = proof(gibibyte, 0)
        let silent = TransportProof(TransportReader(), nodes: names, counters: ["gpu-1": rdma, "gpu-2": rdma])
        #expect(silent.verdict == .good && silent.text == "RDMA by its counters, GDR unknown on all nodes")
        let mixed = proof(gibibyte / 4, gibibyte)
        let both = TransportProof(TransportReader(), nodes: names, counters: ["gpu-1": mixed, "gpu-2": rdma])
        #expect(both.verdict == .good && both.text.hasPrefix("RDMA and TCP by its counters on gpu-1; RDMA by"))
    }

    @Test("what somebody copies beside ranks that talk over RDMA is no finding")
    func copies() throws {
        let reader = TransportReader(["gpu-1": RankLog(host: "a"), "gpu-2": RankLog(host: "b")])
        let copied = ["gpu-1": proof(10, 90 * gibibyte), "gpu-2": proof(10, 90 * gibibyte)]
        let proof = TransportProof(reader, nodes: names, fabric: try Fleet().examine().fabric, counters: copied)
        #expect(proof.findings.isEmpty && proof.verdict == .good && proof.text == "NET/IB, GDR 8/8 on all nodes")
    }

    @Test("a node without ports that has sent by TCP has done what it could")
    func portless() throws {
        var fleet = Fleet()
        fleet.all { $0.cards = [] }
        fleet.line("rdma_gid_index", "")
        let sent = ["gpu-1": proof(0, gibibyte), "gpu-2": proof(0, gibibyte)]
        let fabric = try fleet.examine().fabric
        let bare = TransportProof(TransportReader(), nodes: names, fabric: fabric, counters: sent)
        #expect(bare.verdict == .good && bare.findings.isEmpty && bare.text == "TCP by its counters on all nodes")
    }
}
