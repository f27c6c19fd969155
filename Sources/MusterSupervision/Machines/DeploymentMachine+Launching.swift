import MusterEngines
import MusterPlan
import MusterSpec

/// From a look at the nodes to a launch.
extension DeploymentMachine {
    private static let lookAgain = Duration.seconds(1)
    private static let measureAgain = Duration.seconds(2)
    /// The driver gives memory of killed processes back within seconds; 40 s were seen once a card had an error.
    private static let memoryPatience = Duration.seconds(120)

    // MARK: Looking

    mutating func observed(_ index: Int, _ seen: GangObservation, at now: Duration) {
        conclude(index, seen, at: now)
        settleStops(at: now)
    }

    private mutating func conclude(_ index: Int, _ seen: GangObservation, at now: Duration) {
        guard let replica = replicas[index], case .observing = replica.standing else { return }
        replicas[index]?.seen.raise(to: seen.generation)
        replicas[index]?.strays = seen.strays
        let undecided = seen.unreachable.filter { unit in
            guard let name = replica.plan.unit(unit)?.node.name else { return false }
            return !(nodes[name]?.isLost ?? true)
        }
        let isOccupied = replica.plan.units.contains { occupant(of: $0.node.name, besides: index) != nil }
        guard undecided.isEmpty, !isOccupied else {
            replicas[index]?.standing = .observing(again: now + Self.lookAgain)
            return
        }
        let generations = Set(seen.running.values)
        let strays = seen.strays.values.contains { !$0.isEmpty }
        guard let newest = generations.max() ?? strayGeneration(seen) ?? saved(index, seen) else {
            nothingRuns(index, at: now)
            return
        }
        if isWanted(index), record.replica(index).isMeantToRun(newest), seen.wasStopped(newest) {
            replicas[index]?.foundStopped = seen
            return
        }
        let alive = Set(seen.running.filter { $0.value == newest }.keys).union(seen.unreachable)
        let isWhole = alive.count == replica.plan.units.count && generations.count <= 1 && !strays
        let isKnown = record.replica(index).generation == newest
        if isWhole, !isKnown, !seen.matchesPlan, isWanted(index), !replica.mayReplace {
            replicas[index]?.standing = .idle
            note(
                .refused(reason: "another plan of `\(record.name)` runs as generation \(newest)"),
                at: now
            )
            return
        }
        adopt(index, newest, alive, seen, at: now)
        guard isWanted(index) else {
            feed(.fence(.asked("down asked for")), to: index, evidence: [], at: now)
            return
        }
        if case .fencing(newest, _) = record.replica(index).state {
            feed(.fence(.asked("stopping goes on")), to: index, evidence: [], at: now)
        } else if isWhole, !isKnown, !seen.matchesPlan {
            feed(.fence(.asked("another plan takes its place")), to: index, evidence: [], at: now)
        } else if !isWhole {
            fail(index, seen, newest, at: now)
        }
    }

    /// This side writes down every stop before it makes it: one that is not in the record was made without a daemon. A
    /// person who took all of it down wants it down; a gang alone was about to be launched anew.
    private mutating func settleStops(at now: Duration) {
        let stopped = replicas.compactMapValues(\.foundStopped)
        guard !stopped.isEmpty else { return }
        let undecided = replicas.values.contains {
            if $0.foundStopped == nil, case .observing = $0.standing { true } else { false }
        }
        guard !undecided else { return }
        for index in stopped.keys { replicas[index]?.foundStopped = nil }
        if stopped.count == replicas.count { note(.foundStopped, at: now) }
        for (index, seen) in stopped.sorted(by: { $0.key < $1.key }) {
            if record.wish == .down {
                replicas[index]?.standing = .idle
                note(.stopped(replica: index), at: now)
            } else if let generation = record.replica(index).generation {
                adopt(index, generation, [], seen, at: now)
                fail(index, seen, generation, at: now)
            }
        }
    }

    /// The newest generation of units that live where they should not.
    private func strayGeneration(_ seen: GangObservation) -> Int? {
        seen.strays.values.joined().map(\.generation).max()
    }

    /// A generation that was thought to run: its end is news, even when nothing of it is alive any more.
    private func saved(_ index: Int, _ seen: GangObservation) -> Int? { record.replica(index).generation }

    private mutating func nothingRuns(_ index: Int, at now: Duration) {
        guard isWanted(index) else { return rest(index, at: now) }
        if case .waiting(let due, _) = record.replica(index).state, moment(due) > now {
            let until = moment(due)
            replicas[index]?.standing = .pausing(until: until)
            return
        }
        replicas[index]?.standing = .waiting(reason: "")
        prepare(index, reason: "nothing of it runs", at: now)
    }

    private mutating func adopt(
        _ index: Int,
        _ generation: Int,
        _ alive: Set<NodeRank>,
        _ seen: GangObservation,
        at now: Duration
    ) {
        guard let replica = replicas[index] else { return }
        if !alive.isEmpty { note(.adopted(replica: index, generation: generation), at: now) }
        var gang = GangMachine(
            replica.plan,
            generation: generation,
            learned: record.replica(index).phases,
            running: alive.union(seen.strays.filter { !$0.value.isEmpty }.keys),
            progress: seen.progress,
            at: now
        )
        for unit in seen.unreachable { _ = gang.on(.contactLost(unit), at: now) }
        replicas[index]?.standing = .live(gang)
    }

    /// Part of a gang is there: it fails with the end of the part that is not.
    private mutating func fail(_ index: Int, _ seen: GangObservation, _ generation: Int, at now: Duration) {
        let ends = seen.units.compactMap { unit, state -> (NodeRank, UnitEnd)? in
            guard case .ended(generation, let end, _) = state else { return nil }
            return (unit, end)
        }
        let first = ends.min { $0.0 < $1.0 }
        let missing = seen.units.filter { $0.value == .absent }.keys.min()
        let failure: Failure =
            if let first {
                .unitEnded(first.0, first.1)
            } else if let missing {
                .unitEnded(missing, .lost)
            } else {
                .asked("its units are of different generations")
            }
        feed(.fence(failure), to: index, evidence: [], at: now)
    }

    // MARK: Waiting

    mutating func tick(_ index: Int, at now: Duration) {
        switch replicas[index]?.standing {
        case .observing(let again?)? where now >= again: observe(index)
        case .waiting?:
            let reason = replicas[index]?.lastReason ?? "asked for"
            prepare(index, reason: reason, at: now)
        case .pausing(let until)? where now >= until:
            replicas[index]?.standing = .waiting(reason: "")
            prepare(index, reason: "its time has come", at: now)
        case .gating(let gate)?:
            guard let next = gate.next, now >= next else { return }
            replicas[index]?.standing = .gating(
                Replica.Gate(since: gate.since, next: nil, reason: gate.reason, told: gate.told)
            )
            actions.append(.measure(replica: index))
        case .live(let gang)?: tick(index, gang, at: now)
        default: break
        }
    }

    private mutating func tick(_ index: Int, _ gang: GangMachine, at now: Duration) {
        if record.isPaused, !gang.isEnding { return }
        if let restart = replicas[index]?.loneRestart, now >= restart.due { restartAlone(index, at: now) }
        feed(.tick, to: index, evidence: [], at: now)
        if case .serving(let watch) = gang.state, replicas[index]?.isForgiven == false,
            watch.age(at: now) >= gang.plan.restart.stableAfter
        {
            replicas[index]?.isForgiven = true
            if record.replica(index).history.streak > 0 { note(.stable(replica: index), at: now) }
        }
        abandonLost(index, at: now)
    }

    /// A gang that cannot be stopped everywhere because a node is lost goes on with a spare; what the lost node may still
    /// run is stopped when it answers again.
    private mutating func abandonLost(_ index: Int, at now: Duration) {
        guard isWanted(index), !record.isPaused, let gang = replicas[index]?.gang, case .fencing = gang.state else {
            return
        }
        let left = gang.units.filter { !$0.value.isAbsent }.keys.sorted()
        let lost = left.compactMap { unit in gang.plan.unit(unit).map { (unit: unit, node: $0.node.name) } }
            .filter { nodes[$0.node]?.isLost ?? false }
        guard !lost.isEmpty, lost.count == left.count, freeSpares(index).count >= lost.count else { return }
        for (unit, node) in lost {
            note(.evictionOwed(node: node, generation: gang.generation), at: now)
            feed(.abandon(unit), to: index, evidence: [], at: now)
        }
    }

    // MARK: Launching

    /// Goes on towards a launch as far as nodes allow.
    mutating func prepare(_ index: Int, reason: String, at now: Duration) {
        replicas[index]?.lastReason = reason
        guard isWanted(index) else { return rest(index, at: now) }
        guard !record.isPaused else { return wait(index, "the deployment is paused", at: now) }
        substitute(index, at: now)
        guard let plan = replicas[index]?.plan else { return }
        for node in plan.units.map(\.node.name) {
            if record.drained.contains(node) {
                return wait(index, "\(node) is drained, and no spare is free", at: now)
            }
            if record.evictions[node] != nil {
                return wait(index, "\(node) may still run units of an older generation", at: now)
            }
            if let other = occupant(of: node, besides: index) {
                return wait(index, "\(node) still runs a unit of replica \(other)", at: now)
            }
            guard let machine = nodes[node], !machine.isReachable else { continue }
            let word = machine.isLost ? "is lost, and no spare is free" : "is not reached yet"
            return wait(index, "\(node) \(word)\(machine.trouble.map { ": \($0)" } ?? "")", at: now)
        }
        replicas[index]?.standing = .gating(Replica.Gate(since: now, next: nil, reason: reason))
        actions.append(.measure(replica: index))
    }

    private mutating func wait(_ index: Int, _ reason: String, at now: Duration) {
        if case .waiting(reason)? = replicas[index]?.standing { return }
        replicas[index]?.standing = .waiting(reason: reason)
        note(.waiting(replica: index, reason: reason), at: now)
    }

    /// Spares that no replica uses, or is about to, and that may be used.
    private func freeSpares(_ index: Int) -> [String] {
        guard let plan = replicas[index]?.plan else { return [] }
        let plans = replicas.values.flatMap { [$0.plan, $0.successor, $0.gang?.plan].compactMap { $0 } }
        let used = Set(plans.flatMap { $0.units.map(\.node.name) })
        return plan.spares.map(\.name).filter { name in
            !used.contains(name) && !record.drained.contains(name) && record.evictions[name] == nil
                && nodes[name]?.isReachable ?? false
        }
    }

    /// Puts spares in the place of nodes that are lost or drained.
    private mutating func substitute(_ index: Int, at now: Duration) {
        guard let plan = replicas[index]?.plan else { return }
        var spares = freeSpares(index)
        var substitutes = substitutes(index, replan)
        var taken: [(node: String, spare: String, reason: String)] = []
        for node in plan.units.map(\.node.name) {
            let isDrained = record.drained.contains(node)
            guard isDrained || nodes[node]?.isLost ?? false, !spares.isEmpty else { continue }
            let spare = spares.removeFirst()
            // A spare that stands in for a node of the file and fails itself is replaced under that node's name.
            let original = substitutes.first { $0.value == node }?.key ?? node
            substitutes[original] = spare
            taken.append((original, spare, isDrained ? "\(node) is drained" : "\(node) is lost"))
        }
        guard !taken.isEmpty, let plan = replan(index, substitutes) else { return }
        for entry in taken {
            note(
                .spareTaken(replica: index, node: entry.node, spare: entry.spare, reason: entry.reason),
                at: now
            )
        }
        replicas[index]?.plan = plan
        actions.append(.replanned(replica: index))
    }

    mutating func measured(_ index: Int, _ readings: [NodeRank: MemoryReading], at now: Duration) {
        guard let replica = replicas[index], case .gating(var gate) = replica.standing else { return }
        let plan = replica.plan
        // A node fell silent, or nothing is to be launched any more: as if it had not been measured.
        guard isWanted(index), !record.isPaused, plan.units.allSatisfy({ readings[$0.nodeRank] != nil }) else {
            replicas[index]?.standing = .waiting(reason: "")
            return
        }
        let baselines = record.memory
        let obstacle = plan.units.lazy.compactMap { unit -> String? in
            guard let reading = readings[unit.nodeRank] else { return nil }
            return MemoryGate.obstacle(reading, baseline: baselines[unit.node.name], node: unit.node.name)
        }.first
        if let obstacle {
            guard now - gate.since < Self.memoryPatience else {
                decide(index, Cause(.memoryHeld(obstacle), in: plan, reached: .spawned), at: now)
                return
            }
            if gate.told == nil { note(.memoryHeld(replica: index, what: obstacle), at: now) }
            gate.told = obstacle
            gate.next = now + Self.measureAgain
            replicas[index]?.standing = .gating(gate)
            return
        }
        for unit in plan.units where record.memory[unit.node.name] == nil {
            guard case .gpus(let used, _, _)? = readings[unit.nodeRank], !used.isEmpty else { continue }
            note(.memoryMeasured(node: unit.node.name, used: used), at: now)
        }
        launch(index, reason: gate.reason, at: now)
    }

    private mutating func launch(_ index: Int, reason: String, at now: Duration) {
        guard let replica = replicas[index] else { return }
        let generation = max(record.generation, replica.seen) + 1
        note(
            .launching(replica: index, generation: generation, plan: replica.plan.hash.hex, reason: reason),
            at: now
        )
        var gang = GangMachine(
            replica.plan,
            generation: generation,
            learned: record.replica(index).phases,
            at: now
        )
        for action in gang.begin(at: now) {
            if case .start(let units) = action {
                actions.append(.start(replica: index, generation: generation, units))
            }
        }
        replicas[index]?.standing = .live(gang)
    }

    /// Somebody else has launched since: the number rises above theirs, and what runs is looked at again.
    mutating func stale(_ index: Int, _ generation: Int, _ highest: Int, at now: Duration) {
        guard replicas[index]?.gang?.generation == generation else { return }
        replicas[index]?.seen.raise(to: highest)
        feed(.fence(.asked("a node has seen generation \(highest)")), to: index, evidence: [], at: now)
    }
}

extension Int {
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
