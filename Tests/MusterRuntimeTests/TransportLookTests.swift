import MusterPlan
import MusterSimulation
import MusterSpec
import MusterStore
import MusterSupervision
import Testing

@testable import MusterRuntime

/// The deployment of ``Kept`` with variables of NCCL.
private enum Talking {
    static let rdma = text("NCCL_DEBUG: INFO")
    static let sockets = text("NCCL_DEBUG: INFO, NCCL_NET: Socket")
    static let oneNode = text("NCCL_DEBUG: INFO", nodes: 1)

    private static func text(_ variables: String, nodes: Int = 2) -> String {
        var lines = Kept.text.split(separator: "\n").map(String.init)
        if nodes == 1 {
            lines.removeAll { $0.contains("node2") }
            lines = lines.map { $0 == "tp_size: 4" ? "tp_size: 2" : $0 }
        }
        return (lines + ["env: {\(variables)}"]).joined(separator: "\n") + "\n"
    }
}

/// Which way the ranks of a gang talk, as it is read from what they have logged.
@Suite("TransportLook", .timeLimit(.minutes(5)))
struct TransportLookTests {
    @Test("the daemon tells of each gang that becomes ready which way it talks")
    func told() async throws {
        try await Kept.with(Talking.rdma) { kept in
            try await kept.bringUp()
            let first = DeploymentEvent.transportProven(
                replica: 0,
                generation: 1,
                text: "NET/IB, GDR 2/2 on all nodes",
                codes: []
            )
            #expect(try await kept.event("transportProven") == first)
            #expect(first.text == "transport: NET/IB, GDR 2/2 on all nodes" && first.replica == 0)
            kept.cluster.kill(NodeRank(1))
            guard case .transportProven(_, let generation, _, _) = try await kept.event("transportProven", 2) else {
                Issue.record("another event")
                return
            }
            #expect(generation == 2)
        }
    }

    @Test("sockets are told with the code of the finding")
    func sockets() async throws {
        try await Kept.with(Talking.sockets) { kept in
            try await kept.bringUp()
            let event = try await kept.event("transportProven")
            #expect(event.text == "transport: NET/Socket on all nodes [MUS0896]")
        }
    }

    @Test(
        "nothing is told of ranks that say nothing, nor of a gang on one node",
        arguments: [Kept.text, Talking.oneNode]
    )
    func silent(_ text: String) async throws {
        try await Kept.with(text) { kept in
            try await kept.bringUp()
            _ = try await kept.supervisor.wish(by: "alice") { $0.down(at: $1) }
            try await kept.event("stopped")
            #expect(try await !kept.events().map(\.kind).contains("transportProven"))
        }
    }

    @Test("a status says it of what runs, before and after the daemon that launched it has gone")
    func status() async throws {
        try await Kept.with(Talking.sockets) { kept in
            try await kept.bringUp()
            let before = try #require(await Self.document(kept).transport)
            #expect(before.text == "NET/Socket on all nodes" && before.verdict == "bad")
            #expect(before.nodes.map(\.name) == ["node1", "node2"] && before.nodes.map(\.ranks) == [2, 2])
            #expect(before.findings.map(\.code) == ["MUS0896"] && before.findings.map(\.severity) == ["warning"])
            kept.supervisor.stop()
            let body = try #require(try await kept.store.states().first?.body)
            let record = try #require(Journal.record(body))
            let next = Kept(file: kept.file, cluster: kept.cluster, store: kept.store, record: record)
            let after = try await next.run {
                _ = try await next.event("adopted")
                return await Self.document(next).transport
            }
            #expect(after == before)
        }
    }

    @Test("that it is not known is said of a gang that is healthy, and of no other")
    func unknown() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            let transport = try #require(await Self.document(kept).transport)
            #expect(transport.verdict == "unknown" && transport.text.contains("`NCCL_DEBUG: INFO` in `env`"))
            _ = try await kept.supervisor.wish(by: "alice") { $0.down(at: $1) }
            try await kept.event("stopped")
            #expect(await Self.document(kept).transport == nil)
        }
    }

    @Test("what the nodes have sent since the launch is told where no log tells anything")
    func counted() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            for (node, words) in [("node1", 1 << 30), ("node2", 1 << 28)] {
                kept.cluster.count(
                    [
                        "launch port mlx5_0:1 77", "launch interface bond0 1000", "launch port mlx5_9:1 x", "launch",
                        "now port mlx5_0:1 \(77 + words)", "now interface bond0 1000000", "now interface eth7 9",
                    ],
                    on: node
                )
            }
            let transport = try #require(await Self.document(kept).transport)
            #expect(transport.verdict == "good" && transport.text == "RDMA by its counters, GDR unknown on all nodes")
            #expect(transport.nodes.map(\.rdmaBytes) == [4 << 30, 1 << 30])
            #expect(transport.nodes.map(\.tcpBytes) == [999_000, 999_000])
        }
    }

    private static func document(_ kept: Kept) async -> StatusDocument {
        let reports = await StatusReport.gather([kept.cluster.plan], link: { kept.cluster.link($0) })
        return StatusDocument(reports[0])
    }

    @Test("a bring-up without a daemon ends with it", arguments: [(Talking.rdma, "good"), (Talking.sockets, "bad")])
    func bringUp(_ text: String, _ verdict: String) async throws {
        let file = try DeployedFile.read(Array(text.utf8), path: "kept.yaml", world: .unknown).get()
        let cluster = SimulatedCluster(try #require(file.plans.first))
        let outcome = try await Self.passingTime(on: cluster) {
            let bringUp = BringUp(
                cluster.plan,
                owner: "alice@here:1:up:1",
                secrets: [(name: "HF_TOKEN", value: Redacted(Kept.canary))],
                interrupts: Interrupts(),
                link: { cluster.link($0) },
                report: { _ in }
            )
            return try await bringUp.up { _, _ in .leave }
        }
        guard case .ready(1, adopted: false, let start) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let transport = try #require(start.transport.map(TransportDocument.init))
        #expect(transport.verdict == verdict)
    }

    /// Nodes beat at their own time, or they would be taken for silent.
    private static func passingTime<Value: Sendable>(
        on cluster: SimulatedCluster,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                let began = ContinuousClock.now
                while !Task.isCancelled {
                    cluster.advance(to: .now - began)
                    // Cancellation ends the pause, and the loop with it.
                    try? await Task.sleep(for: .milliseconds(50))
                }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}
