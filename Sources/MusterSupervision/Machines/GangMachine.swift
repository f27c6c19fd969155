package import MusterEngines
package import MusterPlan
package import MusterSpec

/// One generation of one gang, from launch through serving to the observation that nothing of it is left. Pure.
///
/// It never decides to begin again: what follows a failure is the deployment's to say.
package struct GangMachine: Sendable {
    package enum State: Sendable {
        /// On its way up. Exits: `serving` when the last readiness layer answered; `fencing` when it fails.
        case starting(StartMachine)
        /// Ready, and watched. Exits: `fencing` when it fails or is asked to stop.
        case serving(ServingWatch)
        /// Every unit is being stopped. Exits: `fenced` when each was seen to be gone, or was given up to be stopped when
        /// its node answers again.
        case fencing(Failure)
        /// Nothing of it is left on any node that could be asked. Final.
        case fenced(Failure)
    }

    package enum Event: Hashable, Sendable {
        case started(NodeRank)
        case refused(NodeRank, String)
        case signal(NodeRank, LogSignal)
        /// A log line says that tokens flow.
        case generating
        case ended(NodeRank, UnitEnd)
        case workersMissing(NodeRank, [GlobalRank])
        /// What nodes measure of units.
        case measured([NodeRank: UnitActivity])
        case answered(ReadinessLayer)
        /// A probe got no good answer. One that never reached the engine says nothing about it.
        case unanswered(ReadinessLayer, String, reachedEngine: Bool)
        case contactLost(NodeRank)
        case contactRestored(NodeRank)
        case nodeLost(NodeRank)
        case stopped(NodeRank, left: [String])
        case stopFailed(NodeRank, String)
        /// Restart one unit while the others wait for it.
        case relaunch(NodeRank)
        case fence(Failure)
        /// A spare takes the place of the unit's node; the unit is stopped when the node answers again.
        case abandon(NodeRank)
        case tick
    }

    package enum Action: Hashable, Sendable {
        /// Write run directories and start these units.
        case start([NodeRank])
        /// Stop a unit; gently when it serves and may drain.
        case stop(NodeRank, gently: Bool)
        case probe(ReadinessLayer)
        /// Measure what the units do, and report `measured`.
        case measure
        case announce(StartMachine.Milestone)
        /// A unit failed while others can still wait for it: answer with `relaunch` or `fence`.
        case unitFailed(Failure)
        case ready(phases: [Phase: Duration])
        /// The gang failed or is to stop; all units are being stopped.
        case fencing(Failure)
        case held(NodeRank, [String])
        case fenced(Failure)
    }

    package let plan: LaunchPlan
    package let generation: Int
    package private(set) var state: State
    package private(set) var units: [NodeRank: UnitMachine]
    private let began: Duration
    /// Seen from the launch on, so that its spans mean something.
    private let isWholeStart: Bool
    private var times: PhaseTimes
    private var restarting: NodeRank?
    /// Why a unit is to start over alone.
    private var unitFailure: Failure?
    /// How far the start had come when it failed; nothing once the gang was ready.
    private(set) var lastPhase: Phase? = .spawned
    private var nextLook: Duration
    private var silent: Set<NodeRank> = []

    /// Between two looks for GPU workers on the way up: an engine may wait for a dead one until its own timeout.
    private static let lookInterval = Duration.seconds(5)

    /// - Parameters:
    ///   - plan: What is launched.
    ///   - generation: Its number.
    ///   - learned: How long phases took in the last good start.
    ///   - running: Units that were found running; with none the gang is to be launched.
    ///   - progress: Where their ranks are, by their logs.
    ///   - now: When this begins.
    package init(
        _ plan: LaunchPlan,
        generation: Int,
        learned: [Phase: Duration],
        running: Set<NodeRank> = [],
        progress: GangProgress? = nil,
        at now: Duration
    ) {
        self.plan = plan
        self.generation = generation
        began = now
        nextLook = now + Self.lookInterval
        isWholeStart = running.isEmpty
        units = Dictionary(
            uniqueKeysWithValues: plan.units.map {
                ($0.nodeRank, UnitMachine(isRunning: running.contains($0.nodeRank)))
            }
        )
        let limits = StartMachine.Limits(
            startup: plan.health.startupTimeout,
            contact: plan.health.contactGrace,
            learned: learned
        )
        let start = StartMachine(plan, limits: limits, running: running, progress: progress, isOurs: true)
        times = PhaseTimes(start.progress.phase, at: now)
        state = .starting(start)
    }

    /// How far a start is; nothing once the gang is ready or fails.
    package func standing(at now: Duration) -> StartProgress? {
        guard case .starting(let start) = state else { return nil }
        return start.standing(at: now - began)
    }

    /// What a new gang begins with: all units that do not run are started.
    package mutating func begin(at now: Duration) -> [Action] {
        let absent = plan.units.map(\.nodeRank).filter { units[$0]?.isAbsent ?? false }
        for unit in absent { on(.launch, unit, at: now) }
        return absent.isEmpty ? [] : [.start(absent)]
    }

    package mutating func on(_ event: Event, at now: Duration) -> [Action] {
        note(event, at: now)
        switch state {
        case .starting(let start): return starting(start, event, at: now)
        case .serving(let watch): return serving(watch, event, at: now)
        case .fencing(let failure): return fencing(failure, event, at: now)
        case .fenced: return []
        }
    }

    /// Keeps the units' own machines and the list of silent nodes up to date, whatever the gang does.
    private mutating func note(_ event: Event, at now: Duration) {
        switch event {
        case .started(let unit) where !isFencing: on(.started, unit, at: now)
        case .refused(let unit, _) where !isFencing: on(.refused, unit, at: now)
        case .ended(let unit, _): on(.ended, unit, at: now)
        case .contactLost(let unit): silent.insert(unit)
        case .contactRestored(let unit): silent.remove(unit)
        default: break
        }
    }

    private var isFencing: Bool { if case .fencing = state { true } else { false } }

    @discardableResult
    private mutating func on(_ event: UnitMachine.Event, _ unit: NodeRank, at now: Duration) -> [UnitMachine.Action] {
        units[unit]?.on(event, at: now) ?? []
    }

    // MARK: On the way up

    private mutating func starting(_ before: StartMachine, _ event: Event, at now: Duration) -> [Action] {
        var start = before
        let elapsed = now - began
        var forwarded: StartMachine.Event?
        switch event {
        case .started(let unit): forwarded = .started(unit)
        case .refused(let unit, let reason):
            return unitFailed(.launchRefused(unit, reason), unit, start, at: now)
        case .ended(let unit, let end): return unitFailed(.unitEnded(unit, end), unit, start, at: now)
        case .workersMissing(let unit, let ranks):
            return unitFailed(.workersMissing(unit, ranks), unit, start, at: now)
        case .signal(let unit, let signal): forwarded = .signal(unit, signal)
        case .measured(let units): forwarded = .measured(units)
        case .answered(let layer): forwarded = .answered(layer)
        case .unanswered(let layer, _, _): forwarded = .unanswered(layer)
        case .contactLost(let unit): forwarded = .contactLost(unit)
        case .contactRestored(let unit): forwarded = .contactRestored(unit)
        case .relaunch(let unit):
            guard restarting == nil, start.isOpen, units[unit]?.state == .over || units[unit]?.state == .running else {
                return fence(unitFailure ?? .launchRefused(unit, "the others no longer wait for it"), at: now)
            }
            restarting = unit
            return on(.stop, unit, at: now).map { _ in .stop(unit, gently: false) }
        case .stopped(let unit, let left): return restart(unit, left, start, at: now)
        case .stopFailed(let unit, let reason):
            on(.stopFailed(reason), unit, at: now)
            return fence(.launchRefused(unit, reason), at: now)
        case .fence(let failure): return fence(failure, at: now)
        case .tick: forwarded = .tick
        case .nodeLost, .generating, .abandon: return []
        }
        guard let forwarded else { return [] }
        let actions = start.on(forwarded, at: elapsed)
        state = .starting(start)
        times.mark(start.progress.phase, at: now)
        return actions.flatMap { take($0, at: now) } + look(start, at: now)
    }

    private mutating func take(_ action: StartMachine.Action, at now: Duration) -> [Action] {
        switch action {
        case .probe(let layer): return [.probe(layer)]
        case .measure: return [.measure]
        case .announce(.failed), .announce(.ready): return []
        case .announce(let milestone): return [.announce(milestone)]
        case .fence(let failure): return fence(failure, at: now)
        case .finish:
            guard case .starting(let start) = state, start.state == .ready else { return [] }
            times.end(at: now)
            lastPhase = nil
            state = .serving(ServingWatch(plan.health, at: now))
            return [.ready(phases: isWholeStart ? times.spans : [:])]
        }
    }

    /// A unit alone may start over while the rendezvous is open; otherwise the gang fails as one.
    private mutating func unitFailed(
        _ failure: Failure,
        _ unit: NodeRank,
        _ start: StartMachine,
        at now: Duration
    ) -> [Action] {
        // A unit that is being stopped to start over ends, and that is no news.
        if restarting == unit { return [] }
        guard start.isOpen, restarting == nil, plan.units.count > 1, othersRun(than: unit) else {
            return fence(failure, at: now)
        }
        unitFailure = failure
        return [.unitFailed(failure)]
    }

    private func othersRun(than unit: NodeRank) -> Bool {
        units.allSatisfy { rank, machine in
            rank == unit || machine.state == .running || machine.state == .starting(stopWanted: false)
        }
    }

    private mutating func restart(
        _ unit: NodeRank,
        _ left: [String],
        _ before: StartMachine,
        at now: Duration
    ) -> [Action] {
        on(.stopped(left), unit, at: now)
        guard restarting == unit else { return [] }
        restarting = nil
        unitFailure = nil
        guard left.isEmpty else { return fence(.launchRefused(unit, left.joined(separator: ", ")), at: now) }
        var start = before
        start.relaunch(unit, at: now - began)
        state = .starting(start)
        on(.launch, unit, at: now)
        return [.start([unit])]
    }

    private mutating func look(_ start: StartMachine, at now: Duration) -> [Action] {
        guard case .starting = state, start.progress.phase >= .connected, now >= nextLook else { return [] }
        nextLook = now + Self.lookInterval
        return [.probe(.workers)]
    }

    // MARK: Serving

    private mutating func serving(_ before: ServingWatch, _ event: Event, at now: Duration) -> [Action] {
        var watch = before
        var result = ServingWatch.Outcome()
        switch event {
        case .ended(let unit, let end): return fence(.unitEnded(unit, end), at: now)
        case .workersMissing(let unit, let ranks): return fence(.workersMissing(unit, ranks), at: now)
        case .fence(let failure): return fence(failure, at: now)
        case .answered(let layer): watch.answered(layer, at: now)
        case .unanswered(let layer, let reason, let reachedEngine):
            result = watch.unanswered(layer, reason, reachedEngine: reachedEngine, silent: silent, at: now)
        case .generating: watch.generating(at: now)
        case .nodeLost(let unit): watch.lost(unit, at: now)
        case .contactRestored(let unit): watch.found(unit)
        case .tick: result = watch.tick(silent: silent, of: units.count, at: now)
        default: return []
        }
        state = .serving(watch)
        if let failure = result.failure { return fence(failure, at: now) }
        return result.probes.map(Action.probe)
    }

    // MARK: Fencing

    private mutating func fence(_ failure: Failure, at now: Duration) -> [Action] {
        let wasServing = if case .serving = state { true } else { false }
        if case .starting(let start) = state { lastPhase = start.progress.phase }
        state = .fencing(failure)
        // A gang that is whole drains, head first, when it is asked to stop. One that has failed cannot: its head would
        // wait for a batch that never ends.
        let isGentle = if case .asked = failure { wasServing } else { false }
        var actions: [Action] = [.fencing(failure)]
        for unit in plan.units.map(\.nodeRank) where !isGentle || unit.value == 0 {
            actions += stop(unit, gently: isGentle, at: now)
        }
        return actions + finish(failure, at: now)
    }

    private mutating func stop(_ unit: NodeRank, gently: Bool, at now: Duration) -> [Action] {
        on(.stop, unit, at: now).map { _ in .stop(unit, gently: gently) }
    }

    private mutating func fencing(_ failure: Failure, _ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        switch event {
        // A start that was under way is answered; the stop that waited for it goes out.
        case .started(let unit): actions += send(.started, unit, at: now)
        case .refused(let unit, _): actions += send(.refused, unit, at: now)
        case .stopped(let unit, let left):
            actions += send(.stopped(left), unit, at: now)
            if !left.isEmpty { actions.append(.held(unit, left)) }
            if unit.value == 0 {
                for follower in plan.units.map(\.nodeRank).dropFirst() {
                    actions += stop(follower, gently: false, at: now)
                }
            }
        case .stopFailed(let unit, let reason):
            actions += send(.stopFailed(reason), unit, at: now)
            for other in plan.units.map(\.nodeRank) where other != unit {
                actions += stop(other, gently: false, at: now)
            }
        case .contactRestored(let unit): actions += send(.contactRestored, unit, at: now)
        case .abandon(let unit): units[unit] = UnitMachine()
        case .tick: for unit in plan.units.map(\.nodeRank) { actions += send(.tick, unit, at: now) }
        default: break
        }
        return actions + finish(failure, at: now)
    }

    private mutating func send(_ event: UnitMachine.Event, _ unit: NodeRank, at now: Duration) -> [Action] {
        on(event, unit, at: now).map { $0 == .stop ? .stop(unit, gently: false) : .start([unit]) }
    }

    private mutating func finish(_ failure: Failure, at now: Duration) -> [Action] {
        guard units.values.allSatisfy(\.isAbsent) else { return [] }
        state = .fenced(failure)
        return [.fenced(failure)]
    }
}
