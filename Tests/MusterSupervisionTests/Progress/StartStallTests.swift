import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@testable import MusterSupervision

@Suite("Starts that stand still")
struct StartStallTests {
    private static let learned: [Phase: Duration] = [.weights: .seconds(100), .graphs: .seconds(20)]

    /// A gang of four nodes whose 32 ranks all have begun to read weights at second 10.
    private func loading(
        _ plan: LaunchPlan,
        learned: [Phase: Duration] = Self.learned,
        startup: Duration = .seconds(2400)
    ) throws -> StartMachine {
        let limits = StartMachine.Limits(startup: startup, learned: learned)
        var machine = StartMachine(plan, limits: limits)
        for unit in plan.units { _ = machine.on(.started(unit.nodeRank), at: .seconds(1)) }
        for (rank, unit) in plan.ranks {
            _ = machine.on(.signal(unit.nodeRank, try plan.line(.weights, rank: rank.global.value)), at: .seconds(10))
        }
        return machine
    }

    /// Ticks every second from one time to another; all that is done.
    private func tick(_ machine: inout StartMachine, _ seconds: ClosedRange<Int>) -> [StartMachine.Action] {
        seconds.flatMap { machine.on(.tick, at: .seconds($0)) }.filter { action in
            switch action {
            case .measure, .probe, .announce(.standsStill): false
            default: true
            }
        }
    }

    private func bar(_ plan: LaunchPlan, _ done: Int) throws -> LogSignal {
        try plan.signal("Loading safetensors checkpoint shards:  1% Completed | \(done)/163 [00:01<00:09, 1.1it/s]")
    }

    @Test("fail after three times what the phase took, though HTTP is asked meanwhile")
    func learned() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        #expect(tick(&machine, 11...309).isEmpty)
        #expect(machine.state == .probing(.http))
        let stall = Stall(
            phase: .weights,
            ranks: (0..<32).map { GlobalRank($0) },
            quiet: .seconds(300),
            limit: .seconds(300),
            lastGood: .seconds(100)
        )
        #expect(
            machine.on(.tick, at: .seconds(310)) == [.announce(.failed(.stalled(stall))), .fence(.stalled(stall))]
        )
        #expect(
            stall.text(in: plan) == "all 32 ranks made no progress in phase weights for 5m 00s: the limit is 5m 00s, "
                + "and all of it took 1m 40s in the last good start"
        )
    }

    @Test("the rank that counts shows that the others can go on, too")
    func counted() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        for step in 1...10 {
            _ = machine.on(.signal(NodeRank(0), try bar(plan, step)), at: .seconds(step * 200))
            #expect(tick(&machine, step * 200 + 1...step * 200 + 199).isEmpty)
        }
    }

    @Test("ranks that are further hide none that stand still, and those are named")
    func named() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        for (rank, unit) in plan.ranks where ![17, 18].contains(rank.global.value) {
            _ = machine.on(.signal(unit.nodeRank, try plan.line(.graphs, rank: rank.global.value)), at: .seconds(60))
        }
        for step in 0..<9 {
            let signal = try plan.signal("Capturing batches (bs=1): 1%| | \(step)/23 [00:01<00:09]")
            _ = machine.on(.signal(NodeRank(0), signal), at: .seconds(70 + step * 30))
        }
        #expect(tick(&machine, 311...359).isEmpty)
        let actions = machine.on(.tick, at: .seconds(360))
        guard case .fencing(.stalled(let stall)) = machine.state else {
            Issue.record("\(actions)")
            return
        }
        #expect(stall.ranks == [GlobalRank(17), GlobalRank(18)] && stall.unit == NodeRank(2))
        #expect(stall.text(in: plan).hasPrefix("ranks 17-18 on \(plan.units[2].node.name) made no progress"))
        #expect(Failure.stalled(stall).unit == NodeRank(2))
    }

    @Test("are measured, and a node that reads or fills its GPUs is at work")
    func measured() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        var asked: [Int] = []
        for second in 11...1000 {
            let actions = machine.on(.tick, at: .seconds(second))
            guard actions.contains(.measure) else { continue }
            asked.append(second)
            // 20 MB a second from a slow file system, on one node, unseen by any line.
            _ = machine.on(
                .measured([NodeRank(3): UnitActivity(memory: [], read: second * 20_000_000)]),
                at: .seconds(second)
            )
        }
        #expect(asked.prefix(3) == [40, 70, 100] && asked.count > 20)
        #expect(machine.state == .probing(.http))
        #expect(machine.standing(at: .seconds(1000)).stall == nil)
    }

    @Test("a node that reads does not help where another stands still")
    func wrongUnit() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        for (rank, unit) in plan.ranks where unit.nodeRank == NodeRank(3) {
            _ = machine.on(.signal(unit.nodeRank, try plan.line(.graphs, rank: rank.global.value)), at: .seconds(60))
        }
        for second in 61...400 {
            guard machine.on(.tick, at: .seconds(second)).contains(.measure) else { continue }
            _ = machine.on(.measured([NodeRank(3): UnitActivity(memory: [second * 90], read: 0)]), at: .seconds(second))
        }
        guard case .fencing(.stalled) = machine.state else {
            Issue.record("\(machine.state)")
            return
        }
    }

    @Test("without a good start the file's limit decides, and silence in a phase without lines gets more of it")
    func defaults() {
        let limits = StartMachine.Limits(startup: .seconds(7200), learned: Self.learned)
        let seconds = { (phase: Phase) in limits.stall(in: phase).map { Int($0.components.seconds) } }
        #expect(seconds(.weights) == 300 && seconds(.graphs) == 600)
        #expect(seconds(.rendezvous) == 1800 && seconds(.memory) == 3600 && seconds(.spawned) == nil)
        let short = StartMachine.Limits(startup: .seconds(60), learned: [.rendezvous: .seconds(1)])
        #expect(short.stall(in: .weights) == .seconds(600) && short.stall(in: .rendezvous) == .seconds(180))
    }

    @Test("logs of an unknown form stop nothing before the whole time is over")
    func unknownLogs() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = StartMachine(plan, limits: StartMachine.Limits(startup: .seconds(2400)))
        for unit in plan.units { _ = machine.on(.started(unit.nodeRank), at: .seconds(1)) }
        #expect(tick(&machine, 2...2399).isEmpty && machine.state == .probing(.http))
    }

    @Test("what was not heard while contact was lost is not held against anybody")
    func contact() throws {
        let plan = try Example.sglangFourNodes.plan()
        let limits = StartMachine.Limits(startup: .seconds(2400), contact: .seconds(900), learned: Self.learned)
        var machine = StartMachine(plan, limits: limits, running: Set(plan.units.map(\.nodeRank)), isOurs: true)
        for (rank, unit) in plan.ranks {
            _ = machine.on(.signal(unit.nodeRank, try plan.line(.weights, rank: rank.global.value)), at: .seconds(10))
        }
        _ = machine.on(.contactLost(NodeRank(2)), at: .seconds(20))
        #expect(tick(&machine, 21...600).isEmpty)
        _ = machine.on(.contactRestored(NodeRank(2)), at: .seconds(600))
        #expect(tick(&machine, 601...899).isEmpty)
        #expect(!tick(&machine, 900...900).isEmpty)
    }

    @Test("a stall is shown from half of its limit on, and told once")
    func shown() throws {
        let plan = try Example.sglangFourNodes.plan()
        var machine = try loading(plan)
        #expect(machine.standing(at: .seconds(159)).stall == nil)
        let told = (100...200).filter { second in
            machine.on(.tick, at: .seconds(second)).contains {
                if case .announce(.standsStill) = $0 { true } else { false }
            }
        }
        #expect(told == [160])
        #expect(machine.standing(at: .seconds(160)).stall?.quiet == .seconds(150))
        #expect(machine.standing(at: .seconds(60)).remaining == .seconds(70))
    }
}

@Suite("UnitActivity")
struct UnitActivityTests {
    @Test("a new highest counts, and noise does not")
    func growth() {
        var activity = UnitActivity(memory: [100, 100], read: 1 << 30)
        func take(_ memory: [Int], _ read: Int) -> Bool { activity.take(UnitActivity(memory: memory, read: read)) }
        #expect(take([163, 100], 1 << 30) == false)
        #expect(take([100, 164], 1 << 30))
        // What was there before and comes back is no growth.
        #expect(take([0, 0], 1 << 30) == false)
        #expect(take([163, 164], (1 << 30) + (16 << 20) - 1) == false)
        #expect(take([163, 164], 1 << 20) == false)
        #expect(take([163, 164], 17 << 20))
        #expect(take([], 17 << 20) == false)
        #expect(take([999], 17 << 20) == false)
        #expect(take([1063], 17 << 20))
    }
}

@Suite("RankRuns")
struct RankRunsTests {
    @Test(
        "neighbours are joined",
        arguments: [([], ""), ([3], "3"), ([0, 1], "0-1"), ([0, 1, 2, 7, 9, 10], "0-2, 7, 9-10")]
    )
    func runs(ranks: [Int], text: String) { #expect(RankRuns.text(ranks.map { GlobalRank($0) }) == text) }
}
