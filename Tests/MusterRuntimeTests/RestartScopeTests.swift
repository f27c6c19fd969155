import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import Testing

@testable import MusterRuntime

@Suite("RestartScope")
struct RestartScopeTests {
    /// What runs beside the unit with node rank 1 that is to restart, and what each scope makes of it.
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var nodes: @Sendable (LaunchPlan) -> [Int: [String]]
        var joined = 0
        /// Nothing when the unit may restart alone.
        var reason: String?

        var testDescription: String { name }
    }

    private static let others = "not all other units of generation 3 are running"

    private static let rows: [Row] = [
        Row(
            name: "the unit has ended and the other waits",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "exited")]] }
        ),
        Row(
            name: "the unit hangs and the other waits",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "running")]] }
        ),
        Row(
            name: "the node of the unit cannot be asked",
            nodes: { [0: [record($0, 0, "running")]] }
        ),
        Row(
            name: "the rendezvous is complete",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "exited")]] },
            joined: 16,
            reason: "the rendezvous is complete (16 of 16 ranks joined): no rank can rejoin"
        ),
        Row(
            name: "one node's ranks have joined, so all have",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "exited")]] },
            joined: 1,
            reason: "the rendezvous is complete (8 of 16 ranks joined): no rank can rejoin"
        ),
        Row(
            name: "the other unit has ended too",
            nodes: { [0: [record($0, 0, "exited")], 1: [record($0, 1, "exited")]] },
            reason: others
        ),
        Row(
            name: "the other unit is of an older generation",
            nodes: { [0: [record($0, 0, "running", generation: 2)], 1: [record($0, 1, "exited")]] },
            reason: others
        ),
        Row(
            name: "the other unit has no waiter",
            nodes: { [0: [record($0, 0, "orphaned")], 1: [record($0, 1, "exited")]] },
            reason: others
        ),
        Row(name: "the other node cannot be asked", nodes: { [1: [record($0, 1, "exited")]] }, reason: others),
        Row(
            name: "a stranger runs on the other node",
            nodes: { [0: [record($0, 1, "running")], 1: [record($0, 1, "exited")]] },
            reason: others
        ),
    ]

    @Test("restarts the unit alone only while the others wait for it", arguments: rows)
    func scopes(_ row: Row) throws {
        let plan = try twoNodes()
        let seen = try observed(plan, row.nodes(plan))
        var progress = GangProgress(plan)
        for rank in 0..<row.joined {
            let line = "(Worker_TP\(rank) pid=9) INFO x [a.py:1] rank \(rank) in world size 16 is assigned as DP rank 0"
            _ = progress.take(try #require(plan.knowledge.signal(in: line[...])), from: NodeRank(rank / 8))
        }
        let unit = NodeRank(1)
        let alone = RestartScope.Answer.unit(unit, generation: 3)
        #expect(RestartScope.auto.answer(for: unit, seen, progress) == (row.reason.map { .gang(reason: $0) } ?? alone))
        #expect(
            RestartScope.rank.answer(for: unit, seen, progress) == (row.reason.map { .refused(reason: $0) } ?? alone)
        )
        #expect(RestartScope.gang.answer(for: unit, seen, progress) == .gang(reason: "asked for"))
    }

    @Test("a unit without others is its gang")
    func single() throws {
        let plan = try example("h20-1x8-sglang")
        let seen = try observed(plan, [0: [record(plan, 0, "running")]])
        let answer = RestartScope.rank.answer(for: NodeRank(0), seen, GangProgress(plan))
        #expect(answer == .refused(reason: "the unit is the whole gang"))
    }
}
