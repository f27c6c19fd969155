import MusterPlan
import MusterSimulation
import MusterSpec
import MusterStore
import MusterSupervision
import Testing

@testable import MusterRuntime

/// The loop between nodes, machine and store, with nodes that are simulated.
@Suite("Supervisor", .timeLimit(.minutes(5)))
struct SupervisorTests {
    @Test("a deployment that is wanted up is launched, step by step, until it is ready")
    func launch() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            #expect(kept.generations == ["node1": [1], "node2": [1]])
            let kinds = try await kept.events().map(\.kind)
            let steps = ["upWanted", "launching", "unitStarted", "unitStarted", "ready"]
            #expect(kinds.filter(steps.contains) == steps, "\(kinds)")
            for node in ["node1", "node2"] {
                let effects = kept.verbs(on: node).filter { ["stage", "start", "stop"].contains($0) }
                #expect(effects == ["stage", "start"])
                #expect(kept.cluster.owner(of: node) == "test@here:1:musterd:1")
            }
        }
    }

    /// What dies first, by the number of the unit or the rank.
    enum Victim: CaseIterable {
        case head, follower, headWorker, worker

        func die(in cluster: SimulatedCluster) {
            switch self {
            case .head: cluster.kill(NodeRank(0))
            case .follower: cluster.kill(NodeRank(1))
            case .headWorker: cluster.kill(worker: GlobalRank(1))
            case .worker: cluster.kill(worker: GlobalRank(3))
            }
        }

        var nodeRank: NodeRank { NodeRank(self == .head || self == .headWorker ? 0 : 1) }
    }

    @Test("a gang that loses a process is stopped as a whole and launched anew", arguments: Victim.allCases)
    func killed(_ victim: Victim) async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            let start = kept.cluster.heard.count
            victim.die(in: kept.cluster)
            guard case .ready(_, let generation, _, _) = try await kept.event("ready", 2),
                case .fencing(_, let fenced, let cause) = try await kept.event("fencing")
            else {
                Issue.record("other events")
                return
            }
            #expect(fenced == 1 && generation == 2)
            #expect(cause.nodeRank == victim.nodeRank && !cause.isWish)
            #expect(kept.generations == ["node1": [2], "node2": [2]])
            for node in ["node1", "node2"] {
                let effects = kept.verbs(on: node, since: start).filter { ["stage", "start", "stop"].contains($0) }
                #expect(effects == ["stop", "stage", "start"])
            }
            let story = ["fencing", "fenced", "restartPlanned", "launching", "ready"]
            let kinds = try await kept.events().map(\.kind).filter(story.contains)
            #expect(kinds == ["launching", "ready"] + story)
        }
    }

    @Test("a node that loses power costs its gang a launch, and is used again")
    func rebooted() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            kept.cluster.reboot("node2")
            try await kept.event("ready", 2)
            #expect(kept.generations == ["node1": [2], "node2": [2]])
            #expect(try await kept.events().contains { $0.event == .nodeRebooted(node: "node2") })
        }
    }

    @Test("down drains the head first and leaves nothing")
    func down() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            _ = try await kept.supervisor.wish(by: "bob") { $0.down(at: $1) }
            try await kept.event("stopped")
            #expect(kept.generations == ["node1": [], "node2": []])
            let stops = kept.cluster.heard.filter { $0.call.verb == "stop" }
            #expect(stops.map(\.node) == ["node1", "node2"])
            // As the unit's own teardown has it, and not as one that has failed is stopped.
            #expect(stops.first?.call.words.contains { $0.hasPrefix("TERM:launcher") } ?? false)
        }
    }

    @Test("a supervisor that takes over what runs touches nothing")
    func adopts() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            kept.supervisor.stop()
            let body = try #require(try await kept.store.states().first?.body)
            let record = try #require(Journal.record(body))
            let (start, before) = (kept.cluster.heard.count, kept.cluster.running)
            let next = Kept(file: kept.file, cluster: kept.cluster, store: kept.store, record: record)
            try await next.run { _ = try await next.event("adopted") }
            #expect(kept.cluster.running == before)
            let verbs = Set(kept.cluster.heard.dropFirst(start).map(\.call.verb))
            #expect(verbs.isSubset(of: ["watch", "status", "read"]))
        }
    }
}
