import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import Testing

@Suite("StartMachine, over time")
struct StartMachineTests {
    private let limits = StartMachine.Limits(startup: .seconds(100))

    /// A machine whose units all run since the first second.
    private func started(_ plan: LaunchPlan, _ limits: StartMachine.Limits? = nil) -> StartMachine {
        var machine = StartMachine(plan, limits: limits ?? self.limits)
        for unit in plan.units { _ = machine.on(.started(unit.nodeRank), at: .seconds(1)) }
        return machine
    }

    @Test(
        "brings each example from launch to ready, with one line for each thing a person waits for",
        arguments: Example.allCases
    )
    func story(_ example: Example) throws {
        let plan = try example.plan()
        var machine = StartMachine(plan, limits: limits)
        var actions: [StartMachine.Action] = []
        for unit in plan.units { actions += machine.on(.started(unit.nodeRank), at: .seconds(1)) }
        #expect(actions == [.announce(.allStarted(plan.units.count))])
        for (phase, milestone) in [
            (Phase.rendezvous, nil), (.connected, .rendezvous(plan.ranks.count)), (.loaded, .phase(.loaded)),
            (.initialized, .phase(.initialized)),
        ] as [(Phase, StartMachine.Milestone?)] {
            actions = []
            for (rank, unit) in plan.ranks {
                let signal = try plan.line(phase, rank: rank.global.value)
                actions += machine.on(.signal(unit.nodeRank, signal), at: .seconds(2))
            }
            #expect(actions == (milestone.map { [.announce($0)] } ?? []))
        }
        #expect(machine.on(.signal(NodeRank(0), try plan.httpLine()), at: .seconds(3)) == [.probe(.http)])
        actions = ReadinessLayer.allCases.flatMap { machine.on(.answered($0), at: .seconds(4)) }
        #expect(
            actions == [
                .announce(.layer(.http)), .probe(.model), .announce(.layer(.model)), .probe(.generation),
                .announce(.layer(.generation)), .probe(.workers), .announce(.layer(.workers)), .announce(.ready),
                .finish,
            ]
        )
        #expect(machine.state == .ready)
    }

    @Test("announces the milestones of lines it has missed when a later one arrives")
    func missedLines() throws {
        let plan = try Example.sglangOneNode.plan()
        var machine = started(plan)
        var actions: [StartMachine.Action] = []
        for rank in 0..<8 {
            actions += machine.on(.signal(NodeRank(0), try plan.line(.initialized, rank: rank)), at: .seconds(2))
        }
        #expect(actions == [.announce(.rendezvous(8)), .announce(.phase(.loaded)), .announce(.phase(.initialized))])
    }

    @Test("follows a gang that runs already without waiting for its launch")
    func adopted() throws {
        let plan = try Example.vllmTwoNodes.plan()
        let all = Set(plan.units.map(\.nodeRank))
        #expect(StartMachine(plan, limits: limits, running: all).state == .starting)
        var machine = StartMachine(plan, limits: limits, running: [NodeRank(0)])
        #expect(machine.state == .launching(waitingFor: [NodeRank(1)]))
        #expect(machine.on(.started(NodeRank(1)), at: .seconds(1)) == [.announce(.allStarted(2))])
    }

    @Test("probes at once when the head served before the last unit was seen to run")
    func servedEarly() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var machine = StartMachine(plan, limits: limits)
        _ = machine.on(.started(NodeRank(0)), at: .seconds(1))
        #expect(machine.on(.signal(NodeRank(0), try plan.httpLine()), at: .seconds(2)).isEmpty)
        #expect(machine.on(.started(NodeRank(1)), at: .seconds(3)) == [.announce(.allStarted(2)), .probe(.http)])
        #expect(machine.state == .probing(.http))
    }

    @Test("leaves a gang that ran before it as it found it, unless a unit's end has doomed it")
    func adoptedFailure() throws {
        let plan = try Example.vllmTwoNodes.plan()
        let all = Set(plan.units.map(\.nodeRank))
        var late = StartMachine(plan, limits: limits, running: all)
        let timeout = Failure.timedOut(after: .seconds(100), in: "waiting for http up")
        #expect(late.on(.tick, at: .seconds(20)) == [.probe(.http)])
        #expect(late.on(.tick, at: .seconds(100)) == [.announce(.failed(timeout)), .finish])
        #expect(late.state == .failed(timeout))
        var doomed = StartMachine(plan, limits: limits, running: all)
        let end = Failure.unitEnded(NodeRank(1), .lost)
        #expect(doomed.on(.ended(NodeRank(1), .lost), at: .seconds(1)) == [.announce(.failed(end)), .fence(end)])
    }

    @Test("asks at once when the logs of an adopted gang say that it serves")
    func adoptedProgress() throws {
        let plan = try Example.vllmTwoNodes.plan()
        var progress = GangProgress(plan)
        _ = progress.take(try plan.httpLine(), from: NodeRank(0))
        var machine = StartMachine(plan, limits: limits, running: Set(plan.units.map(\.nodeRank)), progress: progress)
        #expect(machine.on(.tick, at: .milliseconds(250)) == [.probe(.http)])
        #expect(machine.on(.tick, at: .milliseconds(500)).isEmpty)
    }

    // MARK: Contact

    @Test("stops nothing while contact is lost for less than the grace")
    func withinGrace() throws {
        var machine = started(try Example.sglangFourNodes.plan())
        #expect(machine.on(.contactLost(NodeRank(2)), at: .seconds(5)) == [.announce(.contactLost(NodeRank(2)))])
        #expect(machine.on(.contactLost(NodeRank(2)), at: .seconds(6)).isEmpty)
        #expect(machine.on(.tick, at: .milliseconds(34_999)) == [.probe(.http)])
        #expect(
            machine.on(.contactRestored(NodeRank(2)), at: .seconds(35)) == [.announce(.contactRestored(NodeRank(2)))]
        )
        #expect(machine.on(.contactRestored(NodeRank(2)), at: .seconds(35)).isEmpty)
        #expect(machine.on(.tick, at: .seconds(60)).isEmpty)
    }

    @Test("gives up when the grace is over, naming the node that was lost first")
    func graceIsOver() throws {
        var machine = started(try Example.sglangFourNodes.plan())
        _ = machine.on(.contactLost(NodeRank(3)), at: .seconds(5))
        _ = machine.on(.contactLost(NodeRank(1)), at: .seconds(8))
        let failure = Failure.contactLost(NodeRank(3), for: .seconds(30))
        #expect(machine.on(.tick, at: .seconds(35)) == [.announce(.failed(failure)), .fence(failure)])
    }

    @Test("counts the grace anew after contact was back")
    func graceStartsOver() throws {
        var machine = started(try Example.sglangFourNodes.plan())
        _ = machine.on(.contactLost(NodeRank(1)), at: .seconds(5))
        _ = machine.on(.contactRestored(NodeRank(1)), at: .seconds(30))
        #expect(machine.on(.contactLost(NodeRank(1)), at: .seconds(40)) == [.announce(.contactLost(NodeRank(1)))])
        _ = machine.on(.tick, at: .milliseconds(69_999))
        #expect(machine.state == .probing(.http))
        _ = machine.on(.tick, at: .seconds(70))
        #expect(machine.state == .fencing(.contactLost(NodeRank(1), for: .seconds(30))))
    }

    // MARK: Time

    @Test("times out in words that say what was missing")
    func startupTimeout() throws {
        let plan = try Example.sglangFourNodes.plan()
        let quiet = StartMachine.Limits(startup: .seconds(100), silence: .seconds(1000))
        var machine = started(plan, quiet)
        for rank in 0..<30 {
            _ = machine.on(
                .signal(plan.ranks[rank].unit.nodeRank, try plan.line(.weights, rank: rank)),
                at: .seconds(2)
            )
        }
        for rank in 30..<32 {
            _ = machine.on(.signal(NodeRank(3), try plan.line(.rendezvous, rank: rank)), at: .seconds(2))
        }
        #expect(machine.on(.tick, at: .milliseconds(99_999)) == [.measure])
        let failure = Failure.timedOut(after: .seconds(100), in: "2 of 32 ranks in phase rendezvous")
        #expect(machine.on(.tick, at: .seconds(100)) == [.announce(.failed(failure)), .fence(failure)])
    }

    @Test("times out while a layer of HTTP is waited for", arguments: ReadinessLayer.allCases)
    func probingTimeout(_ layer: ReadinessLayer) throws {
        let plan = try Example.sglangOneNode.plan()
        var machine = started(plan)
        _ = machine.on(.signal(NodeRank(0), try plan.httpLine()), at: .seconds(2))
        for earlier in ReadinessLayer.allCases where earlier < layer {
            _ = machine.on(.answered(earlier), at: .seconds(3))
        }
        _ = machine.on(.tick, at: .seconds(101))
        #expect(machine.state == .fencing(.timedOut(after: .seconds(101), in: "waiting for \(layer.name)")))
    }

    @Test("times out while units are still being launched")
    func launchTimeout() throws {
        var machine = StartMachine(try Example.vllmTwoNodes.plan(), limits: limits)
        _ = machine.on(.tick, at: .seconds(100))
        #expect(machine.state == .fencing(.timedOut(after: .seconds(100), in: "16 of 16 ranks in phase spawned")))
    }

    @Test("tries HTTP when the logs have said nothing it knows for a while")
    func silence() throws {
        let plan = try Example.sglangOneNode.plan()
        var machine = started(plan)
        _ = machine.on(.signal(NodeRank(0), try plan.line(.weights, rank: 0)), at: .seconds(5))
        // A line that moves nothing is as good as silence.
        _ = machine.on(.signal(NodeRank(0), try plan.line(.rendezvous, rank: 0)), at: .seconds(15))
        #expect(machine.on(.tick, at: .milliseconds(24_999)).isEmpty)
        #expect(machine.on(.tick, at: .seconds(25)) == [.probe(.http)])
        #expect(machine.on(.signal(NodeRank(0), try plan.httpLine()), at: .seconds(26)).isEmpty)
    }

    @Test("does not try HTTP out of silence before all units run")
    func silenceWhileLaunching() throws {
        var machine = StartMachine(try Example.vllmTwoNodes.plan(), limits: limits)
        #expect(machine.on(.tick, at: .seconds(90)).isEmpty)
    }

    @Test("asks a layer again after the interval and never while an answer is outstanding")
    func probeInterval() throws {
        let plan = try Example.sglangOneNode.plan()
        var machine = started(plan)
        _ = machine.on(.signal(NodeRank(0), try plan.httpLine()), at: .seconds(2))
        #expect(machine.on(.tick, at: .seconds(20)).isEmpty)
        #expect(machine.on(.unanswered(.http), at: .seconds(30)).isEmpty)
        #expect(machine.on(.tick, at: .milliseconds(30_499)).isEmpty)
        #expect(machine.on(.tick, at: .milliseconds(30_500)) == [.probe(.http)])
        #expect(machine.on(.tick, at: .seconds(40)).isEmpty)
        #expect(machine.on(.answered(.http), at: .seconds(41)) == [.announce(.layer(.http)), .probe(.model)])
        // An answer that comes twice, or late, is not taken for one of the layer that is asked now.
        #expect(machine.on(.answered(.http), at: .seconds(42)).isEmpty)
        #expect(machine.on(.unanswered(.http), at: .seconds(42)).isEmpty)
        #expect(machine.on(.tick, at: .seconds(50)).isEmpty)
    }

    // MARK: Ends

    @Test("keeps the first cause, whatever follows from it")
    func firstCause() throws {
        var machine = started(try Example.sglangFourNodes.plan())
        _ = machine.on(.ended(NodeRank(2), .exited(status: 137)), at: .seconds(9))
        let cause = Failure.unitEnded(NodeRank(2), .exited(status: 137))
        for later in [
            .ended(NodeRank(0), .exited(status: 1)), .refused(NodeRank(1), "io"), .interrupted, .tick,
            .contactLost(NodeRank(3)),
            .workersMissing(NodeRank(1), [GlobalRank(8)]), .answered(.http),
        ] as [StartMachine.Event] {
            #expect(machine.on(later, at: .seconds(5000)).isEmpty)
            #expect(machine.state == .fencing(cause))
        }
        #expect(machine.on(.tornDown, at: .seconds(5001)) == [.finish])
        #expect(machine.state == .failed(cause))
        #expect(machine.on(.tornDown, at: .seconds(5002)).isEmpty)
    }

    @Test("an end with status 0 is a failure, before any unit or after all of them")
    func exitZero() throws {
        let plan = try Example.vllmTwoNodes.plan()
        for running in [[], [NodeRank(0), NodeRank(1)]] as [Set<NodeRank>] {
            var machine = StartMachine(plan, limits: limits, running: running)
            let failure = Failure.unitEnded(NodeRank(0), .exited(status: 0))
            #expect(
                machine.on(.ended(NodeRank(0), .exited(status: 0)), at: .seconds(1)) == [
                    .announce(.failed(failure)), .fence(failure),
                ]
            )
        }
    }
}
