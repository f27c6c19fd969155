import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

/// Random events in any order at all, and what must hold however they fall.
@Suite("StartMachine, at random")
struct StartMachineRandomTests {
    private static let limits = StartMachine.Limits(startup: .seconds(900))

    @Test("keeps its promises over 120,000 random events", arguments: Example.allCases)
    func invariants(_ example: Example) throws {
        let plan = try example.plan()
        let signals = try Self.signals(plan)
        var random = SeededRandom(seed: 20_260_101)
        var ends: [String: Int] = [:]
        var steps = 0
        while steps < 40_000 {
            let adopts = Int.random(in: 0..<4, using: &random) == 0
            let running = Set(
                plan.units.map(\.nodeRank).filter { _ in adopts || Int.random(in: 0..<4, using: &random) == 0 }
            )
            var watched = Watched(plan, running: running, Self.limits)
            // Half of the runs have failures in them; the others must be able to get far.
            let harm = Bool.random(using: &random) ? 0 : Int.random(in: 1...20, using: &random)
            for _ in 0..<Int.random(in: 1...400, using: &random) {
                steps += 1
                let event = Self.event(plan, signals, harm: harm, &random)
                try watched.take(event, after: .milliseconds(Int.random(in: 0...900, using: &random)))
            }
            ends[watched.end, default: 0] += 1
        }
        // A run that never gets anywhere proves nothing.
        for end in ["ready", "failed", "detached", "fencing"] { #expect(ends[end, default: 0] > 5, "\(ends)") }
    }

    private static func signals(_ plan: LaunchPlan) throws -> [(NodeRank, LogSignal)] {
        let phases: [Phase] = [.rendezvous, .connected, .weights, .loaded, .memory, .graphs, .initialized]
        var signals = try plan.ranks.flatMap { rank, unit in
            try phases.map { (unit.nodeRank, try plan.line($0, rank: rank.global.value)) }
        }
        for unit in plan.units { signals.append((unit.nodeRank, try plan.httpLine())) }
        return signals
    }

    private static func event(
        _ plan: LaunchPlan,
        _ signals: [(NodeRank, LogSignal)],
        harm: Int,
        _ random: inout SeededRandom
    ) -> StartMachine.Event {
        let unit = NodeRank(Int.random(in: 0..<plan.units.count, using: &random))
        let layer = ReadinessLayer.allCases[Int.random(in: 0..<4, using: &random)]
        if Int.random(in: 0..<1000, using: &random) < harm {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return .refused(unit, "io")
            case 1:
                return .ended(
                    unit,
                    pick([.exited(status: Int.random(in: 0...255, using: &random)), .lost, .orphaned], &random)
                )
            case 2: return .workersMissing(unit, [GlobalRank(Int.random(in: 0..<plan.ranks.count, using: &random))])
            case 3: return .interrupted
            default: return .tornDown
            }
        }
        switch Int.random(in: 0..<12, using: &random) {
        case 0...1: return .started(unit)
        case 2...4:
            // The last ones are the lines about HTTP.
            let chosen = Int.random(in: 0..<4, using: &random) == 0 ? signals.suffix(plan.units.count) : signals[...]
            let (unit, signal) = pick(Array(chosen), &random)
            return .signal(unit, signal)
        case 5 where harm > 0 || Int.random(in: 0..<30, using: &random) == 0: return .contactLost(unit)
        case 6: return .contactRestored(unit)
        case 7: return .answered(layer)
        case 8: return .unanswered(layer)
        case 9: return Int.random(in: 0..<40, using: &random) == 0 ? .tornDown : .tick
        default: return .tick
        }
    }
}

/// A machine together with a second opinion on what it may do.
private struct Watched {
    private var machine: StartMachine
    private let limits: StartMachine.Limits
    private var now = Duration.zero
    private let isAdopted: Bool
    private var cause: Failure?
    private var fences: [Failure] = []
    private var finishes = 0
    private var layers: [ReadinessLayer] = []
    private var outstanding: ReadinessLayer?
    private var lost: [NodeRank: Duration] = [:]
    private var milestones: Set<StartMachine.Milestone> = []

    init(_ plan: LaunchPlan, running: Set<NodeRank>, _ limits: StartMachine.Limits) {
        self.limits = limits
        isAdopted = running.count == plan.units.count
        machine = StartMachine(plan, limits: limits, running: running)
    }

    var end: String {
        switch machine.state {
        case .ready: "ready"
        case .failed: "failed"
        case .detached: "detached"
        case .fencing: "fencing"
        case .launching, .starting, .probing: "under way"
        }
    }

    mutating func take(_ event: StartMachine.Event, after pause: Duration) throws {
        now += pause
        let before = machine
        note(event)
        let actions = machine.on(event, at: now)
        try #require(finishes == 0 || (actions.isEmpty && machine.state == before.state), "after the end: \(actions)")
        let mayFail = finishes == 0 && fences.isEmpty
        for action in actions { try check(action, event) }
        try #require(
            !mayFail || cause != nil || !Self.mustFail(event, before.state),
            "\(event) in \(before.state): \(actions)"
        )
        switch machine.state {
        case .fencing(let failure): try #require(failure == cause && fences.count == 1)
        case .failed(let failure):
            try #require(failure == cause && finishes == 1)
            if case .unitEnded = failure {
                try #require(fences.count == 1)
            } else {
                try #require(fences.isEmpty == isAdopted)
            }
        default: try #require(cause == nil && fences.isEmpty)
        }
        for (rank, entry) in before.progress.ranks {
            try #require((machine.progress.ranks[rank]?.phase ?? .spawned) >= entry.phase)
        }
    }

    /// Events that say by themselves that the gang cannot come up.
    private static func mustFail(_ event: StartMachine.Event, _ state: StartMachine.State) -> Bool {
        switch (event, state) {
        case (.refused, _), (.ended, _), (.workersMissing, _), (.interrupted, .launching): true
        default: false
        }
    }

    private mutating func note(_ event: StartMachine.Event) {
        switch event {
        case .answered(let layer), .unanswered(let layer): if outstanding == layer { outstanding = nil }
        case .contactLost(let unit): lost[unit] = lost[unit] ?? now
        case .contactRestored(let unit): lost[unit] = nil
        default: break
        }
    }

    private mutating func check(_ action: StartMachine.Action, _ event: StartMachine.Event) throws {
        switch action {
        case .probe(let layer):
            try #require(outstanding == nil, "asked \(layer) while \(String(describing: outstanding)) is outstanding")
            try #require(cause == nil && layers == ReadinessLayer.allCases.filter { $0 < layer })
            outstanding = layer
        case .measure: try #require(cause == nil && finishes == 0)
        case .fence(let failure):
            fences.append(failure)
            try #require(fences.count == 1 && failure == cause)
        case .finish:
            finishes += 1
            try #require(finishes == 1)
        case .announce(.layer(let layer)): layers.append(layer)
        case .announce(.failed(let failure)):
            try #require(cause == nil)
            cause = failure
            try check(failure, event)
        case .announce(.ready): try #require(layers == ReadinessLayer.allCases)
        case .announce(.contactLost), .announce(.contactRestored), .announce(.standsStill): break
        case .announce(let milestone): try #require(milestones.insert(milestone).inserted, "twice: \(milestone)")
        }
    }

    private func check(_ failure: Failure, _ event: StartMachine.Event) throws {
        switch failure {
        case .contactLost(let unit, let span):
            let since = try #require(lost[unit])
            try #require(now - since == span && span >= limits.contact && event == .tick)
        case .timedOut(let after, _): try #require(after == now && now >= limits.startup && event == .tick)
        case .unitEnded(let unit, let end): try #require(event == .ended(unit, end))
        case .launchRefused(let unit, let reason): try #require(event == .refused(unit, reason))
        case .workersMissing(let unit, let ranks): try #require(event == .workersMissing(unit, ranks))
        case .interrupted: try #require(event == .interrupted)
        case .stalled, .unhealthy, .nodeLost, .memoryHeld, .asked: Issue.record("a start cannot fail so: \(failure)")
        }
    }
}

/// A random element of a list that is not empty.
private func pick<Element>(_ list: [Element], _ random: inout SeededRandom) -> Element {
    list[Int.random(in: list.indices, using: &random)]
}
