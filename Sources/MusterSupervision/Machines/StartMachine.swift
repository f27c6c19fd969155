package import MusterEngines
package import MusterPlan
package import MusterSpec

/// Brings one gang from launch to ready, or to a stop with its first cause. Pure: events with a time go in, actions
/// come out, and what is done about them is somebody else's.
package struct StartMachine: Sendable {
    package enum State: Hashable, Sendable {
        /// Units are being started. Exits: `starting` when the last one runs; `fencing` when one ends, is refused, or a
        /// person interrupts.
        case launching(waitingFor: Set<NodeRank>)
        /// All units run; logs are followed. Exits: `probing` when the head serves HTTP or has been silent for long;
        /// `fencing` when a unit ends, contact stays lost, or time is up; `detached` when a person interrupts.
        case starting
        /// HTTP is asked, layer by layer. Exits: `ready` after the last layer; `fencing` and `detached` as above.
        case probing(ReadinessLayer)
        /// Every layer answered. Final.
        case ready
        /// The gang is being taken down. Exits: `failed` when the teardown was observed.
        case fencing(Failure)
        /// Taken down, or, where this start only followed a gang that ran before it, left as it was found. Final.
        case failed(Failure)
        /// Left running on purpose. Final.
        case detached
    }

    package enum Event: Hashable, Sendable {
        case started(NodeRank)
        case refused(NodeRank, String)
        case signal(NodeRank, LogSignal)
        case ended(NodeRank, UnitEnd)
        case contactLost(NodeRank)
        case contactRestored(NodeRank)
        /// A probe of a layer succeeded.
        case answered(ReadinessLayer)
        /// A probe got no good answer yet; not a failure of the deployment.
        case unanswered(ReadinessLayer)
        /// Workers were looked for and these were not there.
        case workersMissing(NodeRank, [GlobalRank])
        /// What nodes measure of units, which may print nothing for long.
        case measured([NodeRank: UnitActivity])
        case interrupted
        /// The teardown that was asked for has ended in an observation.
        case tornDown
        case tick
    }

    package enum Action: Hashable, Sendable {
        /// Ask this layer, once, and report the answer.
        case probe(ReadinessLayer)
        /// Measure what the units do, and report `measured`.
        case measure
        /// Stop every unit of the gang and report `tornDown`.
        case fence(Failure)
        /// Something a person wants to read happened.
        case announce(Milestone)
        /// Nothing more will happen.
        case finish
    }

    /// Points of a start that deserve a line of their own.
    package enum Milestone: Hashable, Sendable {
        case allStarted(Int)
        /// All ranks have joined.
        case rendezvous(Int)
        case phase(Phase)
        case layer(ReadinessLayer)
        case ready
        case contactLost(NodeRank)
        case contactRestored(NodeRank)
        /// Ranks have stood still for half of what they may.
        case standsStill(Stall)
        case failed(Failure)
    }

    /// The bounds a start is held to.
    package struct Limits: Hashable, Sendable {
        package var startup: Duration
        /// How long contact may stay lost before a starting gang is given up; SSH trouble alone is no death.
        package var contact: Duration
        /// How long the head may print nothing known before HTTP is tried anyway, for logs of an unknown form.
        package var silence: Duration
        /// Between two probes of the same layer.
        package var probeInterval: Duration
        /// How long each phase took in the last good start, where there was one.
        package var learned: [Phase: Duration]

        package init(
            startup: Duration,
            contact: Duration = .seconds(30),
            silence: Duration = .seconds(20),
            probeInterval: Duration = .milliseconds(500),
            learned: [Phase: Duration] = [:]
        ) {
            self.startup = startup
            self.contact = contact
            self.silence = silence
            self.probeInterval = probeInterval
            self.learned = learned
        }

        /// How long a phase may stand still. By the last good start: page caches run cold and file systems get busy, so
        /// three times all of what it took. Without one, a part of what the file gives the whole start. Nobody can tell a
        /// rank that compiles or profiles in silence from one that hangs, so such phases get more than one in which
        /// reading can be seen. Logs of an unknown form, which show no phase, stop nothing.
        func stall(in phase: Phase) -> Duration? {
            let isSilent = Phase.loaded <= phase && phase <= .graphs
            let least = isSilent ? Duration.seconds(600) : .seconds(180)
            if let last = learned[phase] { return max(least, last * 3) }
            return phase == .spawned ? nil : max(.seconds(600), startup / (isSilent ? 2 : 4))
        }
    }

    package private(set) var state: State
    package private(set) var progress: GangProgress
    private let plan: LaunchPlan
    private let limits: Limits
    private let isForeign: Bool
    private var lostContact: [NodeRank: Duration] = [:]
    private var lastMove: Duration = .zero
    private var nextProbe: Duration = .zero
    private var isProbing = false
    private var announced: Set<Milestone> = []
    private var watch = PhaseWatch()
    private var activity: [NodeRank: UnitActivity] = [:]
    private var nextMeasure: Duration = .zero
    /// The phase in which it was told that ranks stand still; nothing since they moved.
    private var toldStall: Phase?

    /// Between two measurements of a gang that says nothing: the driver is asked on every node.
    private static let measureInterval = Duration.seconds(30)

    /// Units that are `running` already are followed rather than begun; when all are, the gang is somebody else's unless
    /// it is known to be ours.
    package init(
        _ plan: LaunchPlan,
        limits: Limits,
        running: Set<NodeRank> = [],
        progress: GangProgress? = nil,
        isOurs: Bool = false
    ) {
        self.plan = plan
        self.limits = limits
        self.progress = progress ?? GangProgress(plan)
        let waiting = Set(plan.units.map(\.nodeRank)).subtracting(running)
        isForeign = waiting.isEmpty && !isOurs
        state = waiting.isEmpty ? .starting : .launching(waitingFor: waiting)
    }

    /// Takes an event that happened at a time since the launch began.
    package mutating func on(_ event: Event, at now: Duration) -> [Action] {
        switch state {
        case .ready, .failed, .detached: return []
        case .fencing(let failure):
            guard event == .tornDown else { return [] }
            state = .failed(failure)
            return [.finish]
        case .launching, .starting, .probing: break
        }
        switch event {
        case .started(let unit): return started(unit, at: now)
        case .refused(let unit, let reason): return fence(.launchRefused(unit, reason))
        case .signal(let unit, let signal): return take(signal, from: unit, at: now)
        case .ended(let unit, let end): return fence(.unitEnded(unit, end))
        case .contactLost(let unit):
            guard lostContact[unit] == nil else { return [] }
            lostContact[unit] = now
            return [.announce(.contactLost(unit))]
        case .contactRestored(let unit):
            guard lostContact.removeValue(forKey: unit) != nil else { return [] }
            // What has moved meanwhile was not heard.
            watch.note(in: progress.phase, at: now)
            return [.announce(.contactRestored(unit))]
        case .answered(let layer): return answered(layer, at: now)
        case .unanswered(let layer):
            guard case .probing(layer) = state else { return [] }
            isProbing = false
            nextProbe = now + limits.probeInterval
            return []
        case .workersMissing(let unit, let ranks): return fence(.workersMissing(unit, ranks))
        case .measured(let units): return measured(units, at: now)
        case .interrupted: return interrupted()
        case .tornDown: return []
        case .tick: return tick(at: now)
        }
    }

    /// Whether a rank can still join: none has seen the world complete.
    package var isOpen: Bool { progress.count(reached: .connected) == 0 && !headServes }

    /// One unit starts over while the others wait for it.
    package mutating func relaunch(_ unit: NodeRank, at now: Duration) {
        switch state {
        case .launching(var waiting):
            waiting.insert(unit)
            state = .launching(waitingFor: waiting)
        case .starting, .probing: state = .launching(waitingFor: [unit])
        case .ready, .fencing, .failed, .detached: return
        }
        progress.reset(unit)
        lastMove = now
        watch.begin(at: now)
        activity[unit] = nil
    }

    /// How far it is, at a time since the launch began.
    package func standing(at now: Duration) -> StartProgress {
        let stall = stall(at: now).flatMap { $0.isRemarkable ? $0 : nil }
        let forecast = StartForecast(learned: limits.learned)
        return StartProgress(progress, forecast, spent: now - watch.since, stall: stall)
    }

    /// All units run and the head does not serve yet: the time in which phases pass. Logs that say nothing for a while have
    /// HTTP asked meanwhile.
    private var isGathered: Bool {
        switch state {
        case .starting, .probing(.http): !headServes
        default: false
        }
    }

    /// The ranks that stand still where the slowest one is, and for how long.
    private func stall(at now: Duration) -> Stall? {
        let phase = progress.phase
        guard isGathered, lostContact.isEmpty, phase < .initialized, let limit = limits.stall(in: phase) else {
            return nil
        }
        let behind = Set(progress.ranks.filter { $0.value.phase == phase }.keys)
        let units = plan.units.filter { unit in unit.ranks.contains { behind.contains($0.global) } }
        return Stall(
            phase: phase,
            ranks: behind.sorted(),
            quiet: watch.quiet(in: phase, at: now),
            limit: limit,
            lastGood: limits.learned[phase],
            unit: units.count == 1 && plan.units.count > 1 ? units.first?.nodeRank : nil
        )
    }

    /// The head has said that it serves, perhaps before anybody followed.
    private var headServes: Bool { progress.launchers[NodeRank(0)].map { $0 >= .http } ?? false }

    // MARK: Steps

    private mutating func started(_ unit: NodeRank, at now: Duration) -> [Action] {
        guard case .launching(var waiting) = state else { return [] }
        waiting.remove(unit)
        lastMove = now
        guard waiting.isEmpty else {
            state = .launching(waitingFor: waiting)
            return []
        }
        state = .starting
        watch.note(in: progress.phase, at: now)
        return [.announce(.allStarted(plan.units.count))] + (headServes ? beginProbing(at: now) : [])
    }

    private mutating func take(_ signal: LogSignal, from unit: NodeRank, at now: Duration) -> [Action] {
        let before = progress
        guard progress.take(signal, from: unit) else { return [] }
        lastMove = now
        watch.note(before, progress, at: now)
        var actions: [Action] = []
        if progress.phase >= .connected { actions += announce(.rendezvous(progress.ranks.count)) }
        for phase in [Phase.loaded, .initialized] where progress.phase >= phase { actions += announce(.phase(phase)) }
        if headServes { actions += beginProbing(at: now) }
        return actions
    }

    private mutating func beginProbing(at now: Duration) -> [Action] {
        guard case .starting = state else { return [] }
        state = .probing(.http)
        isProbing = true
        return [.probe(.http)]
    }

    private mutating func answered(_ layer: ReadinessLayer, at now: Duration) -> [Action] {
        guard case .probing(layer) = state else { return [] }
        let actions = announce(.layer(layer))
        guard let next = ReadinessLayer(rawValue: layer.rawValue + 1) else {
            state = .ready
            return actions + [.announce(.ready), .finish]
        }
        state = .probing(next)
        isProbing = true
        return actions + [.probe(next)]
    }

    private mutating func interrupted() -> [Action] {
        // A gang that is not whole would wait for its missing ranks until the engine's timeout: it is undone. A whole
        // one comes up without anybody watching: it is left.
        if case .launching = state { return fence(.interrupted) }
        state = .detached
        return [.finish]
    }

    private mutating func tick(at now: Duration) -> [Action] {
        if let (unit, since) = lostContact.min(by: { $0.value < $1.value }), now - since >= limits.contact {
            return fence(.contactLost(unit, for: now - since))
        }
        if now >= limits.startup {
            return fence(.timedOut(after: now, in: describe()))
        }
        let stall = stall(at: now)
        if let stall, stall.quiet >= stall.limit { return fence(.stalled(stall)) }
        var actions: [Action] = []
        if let stall, stall.isRemarkable, toldStall != stall.phase { actions.append(.announce(.standsStill(stall))) }
        toldStall = stall.flatMap { $0.isRemarkable ? $0.phase : nil }
        if let stall, stall.quiet >= Self.measureInterval, now >= nextMeasure {
            nextMeasure = now + Self.measureInterval
            actions.append(.measure)
        }
        switch state {
        case .starting where headServes || now - lastMove >= limits.silence: return actions + beginProbing(at: now)
        case .probing(let layer) where !isProbing && now >= nextProbe:
            isProbing = true
            return actions + [.probe(layer)]
        default: return actions
        }
    }

    /// A unit whose GPUs fill or whose processes read is not standing still, whatever it prints.
    private mutating func measured(_ units: [NodeRank: UnitActivity], at now: Duration) -> [Action] {
        let phase = progress.phase
        for (unit, reading) in units {
            guard activity[unit] != nil else {
                activity[unit] = reading
                continue
            }
            if activity[unit]?.take(reading) ?? false, progress.phase(of: unit) == phase {
                watch.note(in: phase, at: now)
            }
        }
        return []
    }

    private mutating func fence(_ failure: Failure) -> [Action] {
        // A gang that somebody else launched may be serving: it is stopped only when a unit's end has doomed it.
        if isForeign, !failure.endsTheGang {
            state = .failed(failure)
            return [.announce(.failed(failure)), .finish]
        }
        state = .fencing(failure)
        return [.announce(.failed(failure)), .fence(failure)]
    }

    private mutating func announce(_ milestone: Milestone) -> [Action] {
        announced.insert(milestone).inserted ? [.announce(milestone)] : []
    }

    /// What a start that ran out of time was waiting for.
    private func describe() -> String {
        if case .probing(let layer) = state { return "waiting for \(layer.name)" }
        let total = progress.ranks.count
        let slowest = progress.phase
        let behind = progress.ranks.values.count { $0.phase == slowest }
        return "\(behind) of \(total) ranks in phase \(slowest.name)"
    }
}
