import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import Testing

/// Every state of the machine, and every kind of event in each of them.
@Suite("StartMachine, state by event")
struct StartMachineTableTests {
    /// How the machine got to where the event finds it. Two units; the event happens at `now`.
    enum Situation: String, CaseIterable, CustomTestStringConvertible {
        case launching, lastLaunch, starting
        case http, model, generation, workers
        case pausing
        case ready, fencing, failed, detached
        /// All units ran before this start, which only follows them.
        case adopted

        var testDescription: String { rawValue }
    }

    /// One event of each kind.
    enum Sample: String, CaseIterable, Sendable {
        case startedFirst, startedSecond, refused, workerLine, httpLine, httpLineOfFollower, ended, contactLost
        case contactRestored, answeredHTTP, answeredModel, answeredGeneration, answeredWorkers, unansweredHTTP
        case unansweredModel, unansweredGeneration, unansweredWorkers, workersMissing, measured, interrupted, tornDown
        case tick
    }

    /// What an event comes to: the actions in order, and the state afterwards.
    struct Result: Equatable {
        var actions: [StartMachine.Action]
        var state: StartMachine.State
    }

    private static let now = Duration.seconds(10)
    private static let limits = StartMachine.Limits(startup: .seconds(600))
    private static let ended = Failure.unitEnded(NodeRank(1), .exited(status: 1))
    private static let refused = Failure.launchRefused(NodeRank(1), "disk-full")
    private static let missing = Failure.workersMissing(NodeRank(1), [GlobalRank(9)])

    @Test("does exactly what the table says", arguments: Situation.allCases, Sample.allCases)
    func table(_ situation: Situation, _ sample: Sample) throws {
        let plan = try Example.vllmTwoNodes.plan()
        var machine = try Self.machine(in: situation, plan)
        let before = machine.state
        let actions = machine.on(try Self.event(sample, plan), at: Self.now)
        let expected = Self.table[situation]?[sample] ?? Result(actions: [], state: before)
        #expect(Result(actions: actions, state: machine.state) == expected)
    }

    @Test("reaches each situation in the state its name says")
    func situations() throws {
        let plan = try Example.vllmTwoNodes.plan()
        let states = try Situation.allCases.map { try Self.machine(in: $0, plan).state }
        #expect(
            states == [
                .launching(waitingFor: [NodeRank(0), NodeRank(1)]), .launching(waitingFor: [NodeRank(1)]), .starting,
                .probing(.http), .probing(.model), .probing(.generation), .probing(.workers), .probing(.http), .ready,
                .fencing(Self.ended), .failed(Self.ended), .detached, .starting,
            ]
        )
    }

    // MARK: The table

    /// What is not listed changes nothing and asks for nothing.
    private static let table: [Situation: [Sample: Result]] = [
        .launching: failures(interrupted: fence(.interrupted)).merging([
            .startedFirst: Result(actions: [], state: .launching(waitingFor: [NodeRank(1)])),
            .startedSecond: Result(actions: [], state: .launching(waitingFor: [NodeRank(0)])),
            .contactLost: lost(in: .launching(waitingFor: [NodeRank(0), NodeRank(1)])),
        ]) { $1 },
        .lastLaunch: failures(interrupted: fence(.interrupted)).merging([
            .startedSecond: Result(actions: [.announce(.allStarted(2))], state: .starting),
            .contactLost: lost(in: .launching(waitingFor: [NodeRank(1)])),
        ]) { $1 },
        .starting: failures(interrupted: detach).merging([
            .httpLine: Result(actions: [.probe(.http)], state: .probing(.http)),
            .contactLost: lost(in: .starting),
        ]) { $1 },
        .http: failures(interrupted: detach).merging([
            .answeredHTTP: Result(actions: [.announce(.layer(.http)), .probe(.model)], state: .probing(.model)),
            .contactLost: lost(in: .probing(.http)),
        ]) { $1 },
        .model: failures(interrupted: detach).merging([
            .answeredModel: Result(
                actions: [.announce(.layer(.model)), .probe(.generation)],
                state: .probing(.generation)
            ),
            .contactLost: lost(in: .probing(.model)),
        ]) { $1 },
        .generation: failures(interrupted: detach).merging([
            .answeredGeneration: Result(
                actions: [.announce(.layer(.generation)), .probe(.workers)],
                state: .probing(.workers)
            ),
            .contactLost: lost(in: .probing(.generation)),
        ]) { $1 },
        .workers: failures(interrupted: detach).merging([
            .answeredWorkers: Result(
                actions: [.announce(.layer(.workers)), .announce(.ready), .finish],
                state: .ready
            ),
            .contactLost: lost(in: .probing(.workers)),
        ]) { $1 },
        // The last probe got no answer half a second ago, so the tick asks again.
        .pausing: failures(interrupted: detach).merging([
            .answeredHTTP: Result(actions: [.announce(.layer(.http)), .probe(.model)], state: .probing(.model)),
            .contactLost: lost(in: .probing(.http)),
            .tick: Result(actions: [.probe(.http)], state: .probing(.http)),
        ]) { $1 },
        .fencing: [.tornDown: Result(actions: [.finish], state: .failed(ended))],
        .adopted: [
            .refused: leave(refused), .ended: fence(ended), .workersMissing: leave(missing), .interrupted: detach,
            .httpLine: Result(actions: [.probe(.http)], state: .probing(.http)),
            .contactLost: lost(in: .starting),
        ],
    ]

    private static let detach = Result(actions: [.finish], state: .detached)

    private static func failures(interrupted: Result) -> [Sample: Result] {
        [
            .refused: fence(refused), .ended: fence(ended), .workersMissing: fence(missing), .interrupted: interrupted,
        ]
    }

    private static func fence(_ failure: Failure) -> Result {
        Result(actions: [.announce(.failed(failure)), .fence(failure)], state: .fencing(failure))
    }

    /// What somebody else launched is not stopped for it.
    private static func leave(_ failure: Failure) -> Result {
        Result(actions: [.announce(.failed(failure)), .finish], state: .failed(failure))
    }

    private static func lost(in state: StartMachine.State) -> Result {
        Result(actions: [.announce(.contactLost(NodeRank(1)))], state: state)
    }

    // MARK: Events and situations

    private static func event(_ sample: Sample, _ plan: LaunchPlan) throws -> StartMachine.Event {
        switch sample {
        case .startedFirst: .started(NodeRank(0))
        case .startedSecond: .started(NodeRank(1))
        case .refused: .refused(NodeRank(1), "disk-full")
        case .workerLine: .signal(NodeRank(0), try plan.line(.weights, rank: 3))
        case .httpLine: .signal(NodeRank(0), try plan.httpLine())
        case .httpLineOfFollower: .signal(NodeRank(1), try plan.httpLine())
        case .ended: .ended(NodeRank(1), .exited(status: 1))
        case .contactLost: .contactLost(NodeRank(1))
        case .contactRestored: .contactRestored(NodeRank(1))
        case .answeredHTTP: .answered(.http)
        case .answeredModel: .answered(.model)
        case .answeredGeneration: .answered(.generation)
        case .answeredWorkers: .answered(.workers)
        case .unansweredHTTP: .unanswered(.http)
        case .unansweredModel: .unanswered(.model)
        case .unansweredGeneration: .unanswered(.generation)
        case .unansweredWorkers: .unanswered(.workers)
        case .workersMissing: .workersMissing(NodeRank(1), [GlobalRank(9)])
        case .measured: .measured([NodeRank(0): UnitActivity(memory: [9], read: 9)])
        case .interrupted: .interrupted
        case .tornDown: .tornDown
        case .tick: .tick
        }
    }

    private static func machine(in situation: Situation, _ plan: LaunchPlan) throws -> StartMachine {
        let started: [Sample] = [.startedFirst, .startedSecond]
        let answers: [Sample] = [.answeredHTTP, .answeredModel, .answeredGeneration, .answeredWorkers]
        let way: [Sample] =
            switch situation {
            case .launching, .adopted: []
            case .lastLaunch: [.startedFirst]
            case .starting: started
            case .http: started + [.httpLine]
            case .model: started + [.httpLine] + answers.prefix(1)
            case .generation: started + [.httpLine] + answers.prefix(2)
            case .workers: started + [.httpLine] + answers.prefix(3)
            case .pausing: started + [.httpLine, .unansweredHTTP]
            case .ready: started + [.httpLine] + answers
            case .fencing: started + [.ended]
            case .failed: started + [.ended, .tornDown]
            case .detached: started + [.interrupted]
            }
        let running = situation == .adopted ? Set(plan.units.map(\.nodeRank)) : []
        var machine = StartMachine(plan, limits: limits, running: running)
        for sample in way { _ = machine.on(try event(sample, plan), at: now - .milliseconds(500)) }
        return machine
    }
}
