import MusterEngines
import MusterPlan
import MusterSpec

/// What happens to gangs, and what follows from it.
extension DeploymentMachine {
    /// Gives a gang an event and does what its machine says.
    mutating func feed(_ event: GangMachine.Event, to index: Int, evidence: [String], at now: Duration) {
        guard case .live(var gang)? = replicas[index]?.standing else { return }
        let results = gang.on(event, at: now)
        replicas[index]?.standing = .live(gang)
        if case .started(let unit) = event, let node = gang.plan.unit(unit)?.node.name {
            note(
                .unitStarted(replica: index, generation: gang.generation, nodeRank: unit, node: node),
                at: now
            )
        }
        for result in results { take(result, of: index, gang, evidence: evidence, at: now) }
    }

    private mutating func take(
        _ action: GangMachine.Action,
        of index: Int,
        _ gang: GangMachine,
        evidence: [String],
        at now: Duration
    ) {
        let generation = gang.generation
        switch action {
        case .start(let units): actions.append(.start(replica: index, generation: generation, units))
        case .stop(let unit, let gently):
            let strays = replicas[index]?.strays[unit] ?? []
            actions.append(.stop(replica: index, generation: generation, unit, also: strays, gently: gently))
        case .probe(let layer): actions.append(.probe(replica: index, generation: generation, layer))
        case .measure: actions.append(.measureUnits(replica: index, generation: generation))
        case .announce(let milestone):
            // Found ready after a restart of the daemon: its steps were told when it took them.
            if case .ready(generation) = record.replica(index).state { return }
            guard milestone.isStep else { return }
            note(.milestone(replica: index, generation: generation, text: milestone.text(in: gang.plan)), at: now)
        case .ready(let phases): becameReady(index, gang, phases, at: now)
        case .unitFailed(let failure): unitFailed(failure, index, gang, evidence, at: now)
        case .fencing(let failure):
            replicas[index]?.loneRestart = nil
            // A stop that goes on after a restart of the daemon keeps its first cause.
            if case .fencing(generation, _) = record.replica(index).state { return }
            let cause = Cause(failure, in: gang.plan, reached: gang.reached, evidence: evidence)
            note(.fencing(replica: index, generation: generation, cause: cause), at: now)
        case .held(let unit, let what):
            let node = gang.plan.unit(unit)?.node.name ?? ""
            note(.left(replica: index, generation: generation, node: node, what: what), at: now)
        case .fenced:
            note(.fenced(replica: index, generation: generation), at: now)
            afterFence(index, at: now)
        }
    }

    private mutating func becameReady(
        _ index: Int,
        _ gang: GangMachine,
        _ phases: [Phase: Duration],
        at now: Duration
    ) {
        replicas[index]?.isForgiven = false
        // Found ready after a restart of the daemon: nothing has happened to it.
        if case .ready(gang.generation) = record.replica(index).state { return }
        let spans = Dictionary(uniqueKeysWithValues: phases.map { ($0.key.rawValue, $0.value.milliseconds) })
        let after = epoch + now.milliseconds - record.replica(index).since
        note(.ready(replica: index, generation: gang.generation, after: after, phases: spans), at: now)
    }

    /// A unit may start over alone: the same budget and pauses as for a gang.
    private mutating func unitFailed(
        _ failure: Failure,
        _ index: Int,
        _ gang: GangMachine,
        _ evidence: [String],
        at now: Duration
    ) {
        guard let unit = failure.unit else { return }
        let cause = Cause(failure, in: gang.plan, reached: gang.reached, evidence: evidence)
        let time = epoch + now.milliseconds
        let history = record.replica(index).history
        note(.unitFailed(replica: index, generation: gang.generation, cause: cause), at: now)
        let decision = history.decision(
            after: cause.signature,
            reached: cause.reachedNumber,
            at: time,
            gang.plan.restart
        )
        switch decision {
        case .giveUp: feed(.fence(failure), to: index, evidence: evidence, at: now)
        case .restart(let pause, let attempt, let of):
            note(
                .restartPlanned(
                    replica: index,
                    at: time + pause.milliseconds,
                    attempt: attempt,
                    of: of,
                    cause: cause
                ),
                at: now
            )
            replicas[index]?.loneRestart = Replica.LoneRestart(unit: unit, due: now + pause)
            if pause == .zero { restartAlone(index, at: now) }
        }
    }

    mutating func restartAlone(_ index: Int, at now: Duration) {
        guard let replica = replicas[index], let restart = replica.loneRestart, let gang = replica.gang else { return }
        replicas[index]?.loneRestart = nil
        note(
            .relaunching(
                replica: index,
                generation: gang.generation,
                nodeRank: restart.unit,
                reason: "the rendezvous is still open"
            ),
            at: now
        )
        feed(.relaunch(restart.unit), to: index, evidence: [], at: now)
    }

    /// Nothing of a generation is left: what now?
    private mutating func afterFence(_ index: Int, at now: Duration) {
        replicas[index]?.strays = [:]
        let cause = record.replica(index).cause
        if let successor = replicas[index]?.successor {
            replicas[index]?.successor = nil
            replicas[index]?.plan = successor
            actions.append(.replanned(replica: index))
        }
        guard isWanted(index) else { return rest(index, at: now) }
        guard let cause, !cause.isWish else {
            replicas[index]?.standing = .waiting(reason: "")
            prepare(index, reason: cause?.text ?? "asked for", at: now)
            return
        }
        decide(index, cause, at: now)
    }

    /// Restart after a failure, or stop trying.
    mutating func decide(_ index: Int, _ cause: Cause, at now: Duration) {
        guard let plan = replicas[index]?.plan else { return }
        let time = epoch + now.milliseconds
        let decision = record.replica(index).history.decision(
            after: cause.signature,
            reached: cause.reachedNumber,
            at: time,
            plan.restart
        )
        switch decision {
        case .giveUp(let reason):
            replicas[index]?.standing = .failed
            note(.gaveUp(replica: index, reason: reason, cause: cause), at: now)
        case .restart(let pause, let attempt, let of):
            note(
                .restartPlanned(replica: index, at: time + pause.milliseconds, attempt: attempt, of: of, cause: cause),
                at: now
            )
            replicas[index]?.standing = .pausing(until: now + pause)
            if pause == .zero { prepare(index, reason: "restart \(attempt) of \(of)", at: now) }
        }
    }
}

extension GangMachine {
    /// How far the slowest rank has come; nothing once the gang was ready.
    fileprivate var reached: Phase? { if case .starting(let start) = state { start.progress.phase } else { lastPhase } }
}
