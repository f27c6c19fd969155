import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@testable import MusterRuntime

@Suite("ObservedDeployment")
struct ObservedDeploymentTests {
    /// What two nodes say, and how the deployment stands then.
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var nodes: @Sendable (LaunchPlan) -> [Int: [String]]
        var standing: ObservedDeployment.Standing

        var testDescription: String { name }
    }

    private static let (first, second) = (NodeRank(0), NodeRank(1))

    private static let rows: [Row] = [
        Row(name: "nothing anywhere", nodes: { _ in [0: [], 1: []] }, standing: .absent),
        Row(
            name: "only ended and staged units",
            nodes: {
                [0: [record($0, 0, "exited")], 1: [record($0, 1, "staged"), record($0, 1, "lost", generation: 2)]]
            },
            standing: .absent
        ),
        Row(
            name: "as planned",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "running")]] },
            standing: .running(generation: 3)
        ),
        Row(
            name: "as planned, with ended older generations",
            nodes: {
                [
                    0: [record($0, 0, "exited", generation: 2), record($0, 0, "running")],
                    1: [record($0, 1, "running"), record($0, 1, "lost", generation: 1)],
                ]
            },
            standing: .running(generation: 3)
        ),
        Row(
            name: "as planned, with a later generation that was only staged",
            nodes: {
                [0: [record($0, 0, "running"), record($0, 0, "staged", generation: 4)], 1: [record($0, 1, "running")]]
            },
            standing: .running(generation: 3)
        ),
        Row(
            name: "another script on one node",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "running", hash: "0ther")]] },
            standing: .different(generation: 3, units: [second])
        ),
        Row(
            name: "another script on both",
            nodes: { [0: [record($0, 0, "running", hash: "a")], 1: [record($0, 1, "running", hash: "b")]] },
            standing: .different(generation: 3, units: [first, second])
        ),
        Row(
            name: "one unit missing",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "exited")]] },
            standing: .broken(generation: 3, alive: [first], missing: [second])
        ),
        Row(
            name: "mixed generations, one unit each",
            nodes: { [0: [record($0, 0, "running", generation: 4)], 1: [record($0, 1, "running")]] },
            standing: .broken(generation: 4, alive: [first], missing: [second])
        ),
        Row(
            name: "an older generation beside a whole one",
            nodes: {
                [
                    0: [record($0, 0, "running"), record($0, 0, "running", generation: 2)],
                    1: [record($0, 1, "running")],
                ]
            },
            standing: .broken(generation: 3, alive: [first, second], missing: [])
        ),
        Row(
            name: "a unit on the wrong node beside a whole gang",
            nodes: { [0: [record($0, 0, "running"), record($0, 1, "running")], 1: [record($0, 1, "running")]] },
            standing: .broken(generation: 3, alive: [first, second], missing: [])
        ),
        Row(
            name: "units on each other's nodes",
            nodes: { [0: [record($0, 1, "running")], 1: [record($0, 0, "running")]] },
            standing: .broken(generation: 3, alive: [], missing: [first, second])
        ),
        Row(
            name: "an orphaned unit",
            nodes: { [0: [record($0, 0, "running")], 1: [record($0, 1, "orphaned")]] },
            standing: .broken(generation: 3, alive: [first], missing: [second])
        ),
        Row(name: "no node can be asked", nodes: { _ in [:] }, standing: .unknown(unasked: [first, second])),
        Row(
            name: "one cannot be asked, the other has nothing",
            nodes: { _ in [0: []] },
            standing: .unknown(unasked: [second])
        ),
        Row(
            name: "one cannot be asked, the other runs",
            nodes: { [0: [record($0, 0, "running")]] },
            standing: .unknown(unasked: [second])
        ),
        Row(
            name: "one cannot be asked, and what the other runs is broken by itself",
            nodes: { [0: [record($0, 0, "orphaned")]] },
            standing: .broken(generation: 3, alive: [], missing: [first, second])
        ),
    ]

    @Test("stands as its nodes say", arguments: rows)
    func standing(_ row: Row) throws {
        let plan = try twoNodes()
        #expect(try observed(plan, row.nodes(plan)).standing == row.standing)
    }

    @Test("knows the highest generation, each unit's newest record, and who could not be asked")
    func parts() throws {
        let plan = try twoNodes()
        let seen = try observed(plan, [0: [record(plan, 0, "exited", generation: 7), record(plan, 0, "running")]])
        #expect(seen.generation == 7)
        #expect(seen.unit(NodeRank(0))?.generation == 7 && seen.unit(NodeRank(1)) == nil)
        #expect(seen.live.map(\.unit.generation) == [3])
        #expect(seen.unreachable.map(\.node) == [NodeRank(1)])
        #expect(try observed(plan, [0: [], 1: []]).generation == 0)
    }

    // MARK: Ranks

    private func states(_ observed: ObservedDeployment) -> [RankHealth.State] { observed.ranks.map(\.state) }

    @Test("finds vLLM workers by their titles")
    func vllmTitles() throws {
        let plan = try twoNodes()
        var nodes: [Int: [String]] = [:]
        for rank in 0...1 {
            nodes[rank] =
                [record(plan, rank, "running"), process(plan, rank, pid: 10, "VLLM::EngineCore")]
                + (0..<8).map { process(plan, rank, pid: 100 + $0, "VLLM::Worker_TP\(rank * 8 + $0)") }
        }
        let seen = try observed(plan, nodes)
        #expect(states(seen) == Array(repeating: .alive, count: 16))
        #expect(seen.ranks.map(\.pid) == (0..<16).map { 100 + $0 % 8 })
        #expect(seen.ranks.map(\.node.value) == (0..<16).map { $0 / 8 })
    }

    @Test("finds SGLang workers by their titles, with and without the sizes of 1")
    func sglangTitles() throws {
        let plan = try example("h20-1x8-sglang")
        for suffix in ["_TP", "_PP0_TP", "_DP0_TP"] {
            let titles = (0..<8).map { process(plan, 0, pid: 50 + $0, "sglang::scheduler\(suffix)\($0)") }
            let seen = try observed(
                plan,
                [0: [record(plan, 0, "running"), process(plan, 0, pid: 9, "sglang::detokenizer")] + titles]
            )
            #expect(states(seen) == Array(repeating: .alive, count: 8))
            #expect(seen.ranks.map(\.pid) == Array(50..<58))
        }
    }

    @Test("misses a worker whose unit shows others, and none in a unit that shows no title")
    func missing() throws {
        let plan = try twoNodes()
        let seen = try observed(
            plan,
            [
                0: [record(plan, 0, "running")]
                    + [0, 1, 2, 4, 5, 6, 7].map { process(plan, 0, pid: 10 + $0, "VLLM::Worker_TP\($0)") },
                1: [
                    record(plan, 1, "running"), process(plan, 1, pid: 9, "python3 -m vllm"),
                    process(plan, 1, pid: 8, "VLLM::EngineCore"),
                ],
            ]
        )
        #expect(
            states(seen) == [.alive, .alive, .alive, .gone, .alive, .alive, .alive, .alive]
                + Array(repeating: .untitled, count: 8)
        )
        #expect(seen.ranks[3].pid == nil)
    }

    @Test("does not take a worker of another unit for one of its own")
    func strangers() throws {
        let plan = try twoNodes()
        let titles = (0..<8).map { process(plan, 1, pid: 10 + $0, "VLLM::Worker_TP\($0)") }
        let seen = try observed(plan, [0: [record(plan, 0, "running")], 1: [record(plan, 1, "running")] + titles])
        #expect(states(seen) == Array(repeating: .untitled, count: 8) + Array(repeating: .gone, count: 8))
    }

    @Test("knows nothing of a node that could not be asked, and that an ended unit has no workers")
    func unknown() throws {
        let plan = try twoNodes()
        #expect(
            states(try observed(plan, [0: [record(plan, 0, "exited")]]))
                == Array(repeating: .gone, count: 8) + Array(repeating: .unknown, count: 8)
        )
        #expect(states(try observed(plan, [0: [], 1: []])) == Array(repeating: .gone, count: 16))
    }

    @Test("still finds the workers of a unit without a waiter")
    func orphaned() throws {
        let plan = try twoNodes()
        let seen = try observed(
            plan,
            [0: [record(plan, 0, "orphaned"), process(plan, 0, pid: 10, "VLLM::Worker_TP0")]]
        )
        #expect(seen.ranks[0].state == .alive && seen.ranks[1].state == .gone)
    }
}
