import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@testable import MusterSupervision

@Suite("GangProgress")
struct GangProgressTests {
    private static let pipelines = """
        name: pipes
        engine: {kind: sglang, version: 0.4.10}
        model: /models/m
        tcp_iface: bond0
        tp_size: 2
        pp_size: 2
        gpus_per_node: 2
        nodes: [10.0.0.1, 10.0.0.2]
        """

    private static let replicas = """
        name: copies
        engine: {kind: sglang, version: 0.4.10}
        model: /models/m
        tp_size: 2
        dp_size: 2
        gpus_per_node: 4
        nodes: [10.0.0.1]
        """

    private func phases(_ progress: GangProgress) -> [Phase] {
        progress.ranks.sorted { $0.key < $1.key }.map(\.value.phase)
    }

    @Test("starts with every rank spawned", arguments: Example.allCases)
    func start(_ example: Example) throws {
        let plan = try example.plan()
        let progress = GangProgress(plan)
        #expect(phases(progress) == plan.ranks.map { _ in .spawned })
        #expect(progress.phase == .spawned && progress.launchers.isEmpty)
        #expect(progress.count(reached: .spawned) == plan.ranks.count && progress.count(reached: .rendezvous) == 0)
        #expect(progress.counter(in: .weights) == nil)
    }

    @Test(
        "moves each rank by its own lines, on the unit that holds it only",
        arguments: [Example.sglangOneNode, .sglangFourNodes]
    )
    func ownLines(_ example: Example) throws {
        let plan = try example.plan()
        var progress = GangProgress(plan)
        for (rank, unit) in plan.ranks {
            let signal = try plan.line(.connected, rank: rank.global.value)
            for other in plan.units where other.nodeRank != unit.nodeRank {
                #expect(progress.take(signal, from: other.nodeRank) == false)
            }
            #expect(progress.count(reached: .connected) == rank.global.value)
            #expect(progress.take(signal, from: unit.nodeRank) == true)
            #expect(progress.ranks[rank.global]?.phase == .connected)
        }
        #expect(progress.phase == .connected)
        #expect(plan.units.allSatisfy { progress.phase(of: $0.nodeRank) == .connected })
    }

    @Test("moves all ranks of a unit by a line that speaks for its node")
    func nodeLines() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var progress = GangProgress(plan)
        #expect(progress.take(try plan.line(.connected, rank: 8), from: NodeRank(1)) == true)
        #expect(phases(progress) == Array(repeating: .spawned, count: 8) + Array(repeating: .connected, count: 8))
        #expect(progress.take(try plan.line(.connected, rank: 9), from: NodeRank(1)) == false)
    }

    @Test("never moves back, and says when nothing moved")
    func monotone() throws {
        let plan = try Example.sglangOneNode.plan()
        var progress = GangProgress(plan)
        let head = NodeRank(0)
        #expect(progress.take(try plan.line(.loaded, rank: 0), from: head) == true)
        #expect(progress.take(try plan.line(.loaded, rank: 0), from: head) == false)
        #expect(progress.take(try plan.line(.rendezvous, rank: 0), from: head) == false)
        #expect(progress.ranks[GlobalRank(0)]?.phase == .loaded)
        #expect(progress.phase == .spawned && progress.phase(of: head) == .spawned)
    }

    @Test("ignores a unit and a rank that the plan does not have")
    func strangers() throws {
        let plan = try Example.sglangOneNode.plan()
        var progress = GangProgress(plan)
        #expect(progress.take(try plan.line(.loaded, rank: 0), from: NodeRank(1)) == false)
        #expect(progress.take(try plan.line(.loaded, rank: 8), from: NodeRank(0)) == false)
        #expect(progress == GangProgress(plan))
    }

    @Test("a launcher's line about a phase of workers speaks for all of its unit")
    func launcherForWorkers() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var progress = GangProgress(plan)
        let line = try plan.signal(
            "INFO 01-01 10:00:00 [core.py:1] init engine (profile, create kv cache, warmup model) took 9 s"
        )
        #expect(progress.take(line, from: NodeRank(1)) == true)
        #expect(phases(progress) == Array(repeating: .spawned, count: 8) + Array(repeating: .initialized, count: 8))
        #expect(progress.phase(of: NodeRank(1)) == .initialized && progress.phase == .spawned)
        #expect(progress.take(line, from: NodeRank(1)) == false)
    }

    @Test("a launcher's line about HTTP speaks for the launcher only")
    func launcherForItself() throws {
        let plan = try Example.sglangFourNodes.plan()
        var progress = GangProgress(plan)
        let http = try plan.httpLine()
        #expect(progress.take(http, from: NodeRank(0)) == true)
        #expect(progress.take(http, from: NodeRank(0)) == false)
        #expect(progress.launchers == [NodeRank(0): .http])
        #expect(progress.phase == .spawned && progress.phase(of: NodeRank(0)) == .http)
        #expect(
            progress.take(
                try plan.signal("[2026-01-01 10:00:00] The server is fired up and ready to roll!"),
                from: NodeRank(0)
            ) == true
        )
        #expect(progress.take(http, from: NodeRank(0)) == false)
        #expect(progress.launchers == [NodeRank(0): .serving])
    }

    @Test("a relaunched unit starts over, and no other")
    func reset() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var progress = GangProgress(plan)
        for (rank, unit) in plan.ranks {
            _ = progress.take(try plan.line(.weights, rank: rank.global.value), from: unit.nodeRank)
        }
        for unit in plan.units { _ = progress.take(try plan.httpLine(), from: unit.nodeRank) }
        progress.reset(NodeRank(1))
        #expect(phases(progress) == Array(repeating: .weights, count: 8) + Array(repeating: .spawned, count: 8))
        #expect(progress.launchers == [NodeRank(0): .http])
        #expect(progress.take(try plan.line(.rendezvous, rank: 15), from: NodeRank(1)) == true)
        progress.reset(NodeRank(7))
    }

    @Test("tells ranks apart by TP and PP")
    func pipelineTitles() throws {
        let plan = try plan(of: Self.pipelines)
        var progress = GangProgress(plan)
        #expect(
            progress.take(try plan.signal("[2026-01-01 10:00:00 PP1 TP1] Load weight end."), from: NodeRank(1)) == true
        )
        #expect(
            progress.take(try plan.signal("[2026-01-01 10:00:00 PP1 TP0] Load weight begin."), from: NodeRank(1))
                == true
        )
        #expect(phases(progress) == [.spawned, .spawned, .weights, .loaded])
        #expect(
            progress.take(try plan.signal("[2026-01-01 10:00:00 PP0 TP1] Load weight end."), from: NodeRank(1)) == false
        )
    }

    @Test("tells ranks apart by TP and DP")
    func replicaTitles() throws {
        let plan = try plan(of: Self.replicas)
        var progress = GangProgress(plan)
        let head = NodeRank(0)
        #expect(progress.take(try plan.signal("[2026-01-01 10:00:00 DP1 TP0] Load weight end."), from: head) == true)
        #expect(progress.take(try plan.signal("[2026-01-01 10:00:00 DP0 TP1] Load weight begin."), from: head) == true)
        #expect(phases(progress) == [.spawned, .weights, .loaded, .spawned])
    }

    @Test("shows the furthest counter of a phase, and keeps it for ranks that print none when the first is through")
    func counter() throws {
        let plan = try Example.sglangOneNode.plan()
        var progress = GangProgress(plan)
        let head = NodeRank(0)
        for done in [3, 41] {
            let bar = "Loading safetensors checkpoint shards:  10% Completed | \(done)/163 [00:01<00:09, 1.1it/s]"
            #expect(progress.take(try plan.signal(bar), from: head) == true)
            #expect(progress.counter(in: .weights)?.done == done && progress.counter(in: .weights)?.total == 163)
        }
        // A line of the same phase without a counter keeps the one there is.
        #expect(progress.take(try plan.line(.weights, rank: 0), from: head) == false)
        #expect(progress.counter(in: .weights)?.done == 41)
        #expect(progress.take(try plan.line(.loaded, rank: 0), from: head) == true)
        #expect(progress.counter(in: .weights)?.done == 41 && progress.ranks[GlobalRank(0)]?.progress == nil)
        progress.reset(head)
        #expect(progress.counter(in: .weights) == nil)
    }

    @Test("no rank's bar falls back when rank 0 has loaded its weights")
    func bars() throws {
        let plan = try Example.sglangOneNode.plan()
        var progress = GangProgress(plan)
        let head = NodeRank(0)
        for rank in plan.ranks { _ = progress.take(try plan.line(.weights, rank: rank.rank.global.value), from: head) }
        let bar = "Loading safetensors checkpoint shards:  90% Completed | 147/163 [00:01<00:09, 1.1it/s]"
        _ = progress.take(try plan.signal(bar), from: head)
        let forecast = StartForecast(learned: [:])
        let before = StartProgress(progress, forecast, spent: .zero)
        _ = progress.take(try plan.line(.loaded, rank: 0), from: head)
        let after = StartProgress(progress, forecast, spent: .zero)
        #expect(before.ranks.allSatisfy { after.ranks[$0.key] ?? 0 >= $0.value })
        #expect(after.fraction == before.fraction && after.fraction > 0.5)
    }

    @Test("numbers of a log and of a node may be as large as they like")
    func large() throws {
        let plan = try Example.sglangOneNode.plan()
        let bar = "Loading safetensors checkpoint shards: 1% Completed | \(Int.max - 1)/\(Int.max) [00:01]"
        #expect(plan.knowledge.signal(in: bar[...]) == nil)
        var activity = UnitActivity(memory: [.max], read: .max)
        #expect(activity.take(UnitActivity(memory: [.max], read: .max)) == false)
    }

    @Test("compares counters of different totals by their share")
    func counterShares() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var progress = GangProgress(plan)
        _ = progress.take(try plan.signal("(Worker_TP0 pid=1) Capturing CUDA graphs:  9/90"), from: NodeRank(0))
        _ = progress.take(try plan.signal("(Worker_TP9 pid=1) Capturing CUDA graphs:  3/4"), from: NodeRank(1))
        #expect(progress.counter(in: .graphs)?.done == 3)
    }
}
