import MusterPlan
import MusterSimulation
import MusterSpec
import MusterStore
import MusterSupervision
import Synchronization
import Testing

@testable import MusterRuntime

/// What a supervisor never does, whatever happens.
@Suite("Promises of the supervisor", .timeLimit(.minutes(5)))
struct SupervisorPromiseTests {
    /// What was done, and whether its intent was in the store when the node heard of it.
    private struct Effect: Hashable, Sendable {
        let verb: String
        let generation: Int
        let wasIntended: Bool
    }

    private static func effect(_ call: NodeCall, _ events: [StoredEvent]) -> Effect? {
        let intent: String
        let generation: Int?
        switch call.verb {
        case "stage", "start": (intent, generation) = ("launching", Int(call.words[1]))
        // DEPLOYMENT OWNER STEPS PORTS GENERATION:NODE_RANK
        case "stop": (intent, generation) = ("fencing", call.words[4].split(separator: ":").first.flatMap { Int($0) })
        default: return nil
        }
        guard let generation else { return nil }
        let wasIntended = events.contains {
            $0.event.kind == intent && $0.event.payload.contains("\"generation\":\(generation)")
        }
        return Effect(verb: call.verb, generation: generation, wasIntended: wasIntended)
    }

    @Test("an intent is on disk before a node hears of it")
    func intentsFirst() async throws {
        let effects = Mutex<[Effect]>([])
        try await Kept.with { store, heard in
            // A store that cannot be read has no intents, and that fails below.
            let events = (try? await store.events(after: 0, limit: 10_000)) ?? []
            if let effect = Self.effect(heard.call, events) { effects.withLock { $0.append(effect) } }
        } _: { kept in
            try await kept.bringUp()
            kept.cluster.kill(NodeRank(1))
            try await kept.event("ready", 2)
        }
        let seen = effects.withLock { $0 }
        #expect(Set(seen.map(\.verb)) == ["stage", "start", "stop"])
        #expect(Set(seen.map(\.generation)) == [1, 2])
        #expect(seen.filter { !$0.wasIntended }.isEmpty)
    }

    @Test("a node out of reach is lost in the end, and nothing is stopped for that alone")
    func contact() async throws {
        let text = Kept.text + "\nhealth: {suspect_after: 3s, lost_after: 6s}\n"
        try await Kept.with(text) { kept in
            try await kept.bringUp()
            kept.cluster.cut("node2")
            try await kept.event("nodeSuspected")
            try await kept.event("nodeLost")
            kept.cluster.restore("node2")
            try await kept.event("nodeBack")
            #expect(kept.generations == ["node1": [1], "node2": [1]])
            #expect(!kept.cluster.heard.contains { $0.call.verb == "stop" })
            #expect(!(try await kept.events().map(\.kind).contains("fencing")))
            // Its watch is taken up where it was: an end is still news.
            kept.cluster.kill(worker: GlobalRank(2))
            try await kept.event("ready", 2)
        }
    }

    @Test("a node that answers nothing is suspected without any error of a connection")
    func silence() async throws {
        let text = Kept.text + "\nhealth: {suspect_after: 3s, lost_after: 6s}\n"
        try await Kept.with(text) { kept in
            try await kept.bringUp()
            kept.cluster.silence("node2")
            guard case .nodeSuspected("node2", let reason) = try await kept.event("nodeSuspected") else { return }
            #expect(reason.hasPrefix("nothing heard for"))
            kept.cluster.restore("node2")
            try await kept.event("nodeBack")
            #expect(kept.generations == ["node1": [1], "node2": [1]])
        }
    }

    @Test("an end of the daemon leaves units alone and lets go of their locks")
    func stopLeaves() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            kept.supervisor.stop()
            // Whoever wishes something now gets an answer, and no place in a line that nobody serves.
            for _ in 0..<20 {
                await #expect(throws: CancellationError.self) {
                    _ = try await kept.supervisor.wish(by: "alice") { $0.down(at: $1) }
                }
            }
            #expect(kept.generations == ["node1": [1], "node2": [1]])
            #expect(!kept.cluster.heard.contains { $0.call.verb == "stop" })
            for node in ["node1", "node2"] { #expect(kept.cluster.owner(of: node) == nil) }
            #expect(!(try await kept.events().map(\.kind).contains("downWanted")))
        }
    }

    @Test("wishes in line at the end are all answered")
    func wishesAnswered() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        if number == 50 { kept.supervisor.stop() }
                        do {
                            _ = try await kept.supervisor.wish(by: "alice") { $0.pause(at: $1) }
                            return true
                        } catch is CancellationError {
                            return false
                        }
                    }
                }
                let answers = try await group.reduce(into: []) { $0.append($1) }
                #expect(answers.count == 100)
            }
        }
    }

    @Test("a secret reaches its node in its own file, and no event")
    func secrets() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            let key = UnitKey(generation: 1, nodeRank: NodeRank(1))
            let env = try #require(kept.cluster.file("env", of: key))
            #expect(String(decoding: env, as: UTF8.self).contains(Kept.canary))
            // An engine that prints it, right before it dies, so that the line is evidence.
            kept.cluster.print(Array("HTTPError: 401 for token \(Kept.canary)\n".utf8), by: NodeRank(1))
            kept.cluster.kill(NodeRank(1))
            try await kept.event("ready", 2)
            guard case .fencing(_, _, let cause) = try await kept.event("fencing") else { return }
            #expect(cause.evidence.contains { $0.contains("[redacted]") })
            let stored = try await kept.events().map(\.payload) + kept.store.states().map(\.body)
            #expect(!stored.contains { $0.contains(Kept.canary) })
            #expect(!kept.cluster.heard.contains { "\($0)".contains(Kept.canary) })
        }
    }
}
