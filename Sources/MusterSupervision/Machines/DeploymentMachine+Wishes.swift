package import MusterPlan
package import MusterSpec

/// What a person may ask for. A wish that cannot be granted is refused with the reason, and nothing has changed then.
extension DeploymentMachine {
    /// Brings the deployment up from a file, or takes over what runs from it already.
    ///
    /// - Parameters:
    ///   - plans: The plan of each replica.
    ///   - file: Where they came from.
    ///   - replan: Makes the plan of a replica with spares in place of nodes.
    ///   - replace: Whether another plan that runs may be stopped for it.
    ///   - now: The time.
    /// - Returns: What is to be done.
    /// - Throws: ``Refusal`` when another plan runs and may not be replaced.
    package mutating func up(
        _ plans: [LaunchPlan],
        file: FileReference,
        replan: @escaping Replan,
        replace: Bool,
        at now: Duration
    ) throws(Refusal) -> [Action] {
        let changed = plans.indices.filter { index in
            guard let replica = replicas[index] else { return true }
            return replica.plan.hash != planned(plans[index], index, replan).hash
        }
        let leaving = replicas.keys.filter { $0 >= plans.count }.sorted()
        let live = replicas.filter { $0.value.gang.map { !$0.isEnding } ?? false }.keys
        if !replace, let index = (changed + leaving).first(where: live.contains), let running = replicas[index]?.plan {
            let given = index < plans.count ? plans[index].hash.short : "no such replica"
            throw Refusal(
                .anotherPlanRuns,
                "`\(running.title)` runs with plan \(running.hash.short), and this file gives \(given)",
                hint: "ask for it to be replaced: `muster up --yes`"
            )
        }
        self.replan = replan
        note(.upWanted(file: file, plan: plans.first?.hash.hex ?? ""), at: now)
        for (index, plan) in plans.enumerated() {
            guard let replica = replicas[index] else { continue }
            replicas[index]?.isLeaving = false
            let new = planned(plan, index, replan)
            if replica.gang != nil, changed.contains(index) {
                succeed(index, plan, at: now)
            } else if replica.gang == nil || replica.plan.units.map(\.node) == new.units.map(\.node) {
                // The same launch, perhaps with other spares; another way to a node waits until the gang is gone.
                replicas[index]?.plan = new
            }
        }
        for index in leaving {
            replicas[index]?.isLeaving = true
            feed(.fence(.asked("the file has it no longer")), to: index, evidence: [], at: now)
        }
        let before = replicas
        install(plans, at: now)
        for (index, replica) in before {
            replicas[index] = replica
            actions.append(.replanned(replica: index))
        }
        for index in replicas.keys.sorted() where replicas[index]?.gang == nil {
            replicas[index]?.mayReplace = replace
            observe(index)
        }
        return drain()
    }

    /// Stops everything of it.
    package mutating func down(at now: Duration) -> [Action] {
        note(.downWanted, at: now)
        for index in replicas.keys.sorted() {
            if replicas[index]?.gang != nil {
                feed(.fence(.asked("down asked for")), to: index, evidence: [], at: now)
            } else {
                observe(index)
            }
        }
        return drain()
    }

    package mutating func pause(at now: Duration) -> [Action] {
        if !record.isPaused { note(.paused, at: now) }
        return drain()
    }

    /// Looks at everything anew: whatever happened meanwhile was not acted on.
    package mutating func resume(at now: Duration) -> [Action] {
        guard record.isPaused else { return [] }
        note(.resumed, at: now)
        for index in replicas.keys.sorted() {
            if let gang = replicas[index]?.gang, !gang.isEnding { observe(index) }
        }
        return drain()
    }

    /// How much is to restart.
    package enum Scope: String, Sendable, CaseIterable { case auto, rank, gang }

    /// Restarts a unit alone where the rendezvous is still open, and its gang otherwise.
    ///
    /// - Throws: ``Refusal`` when there is nothing to restart, or not in that scope.
    package mutating func restart(
        _ index: Int,
        _ unit: NodeRank?,
        scope: Scope,
        at now: Duration
    ) throws(Refusal) -> [Action] {
        guard let replica = replicas[index], record.wish == .up else {
            throw Refusal(.notRunning, "`\(record.name)` is not wanted up", hint: "run `muster up`")
        }
        if let unit, scope != .gang, let gang = replica.gang, gang.isOpen, replica.plan.units.count > 1 {
            note(.restartWanted(replica: index, nodeRank: unit, scope: scope.rawValue), at: now)
            note(
                .relaunching(replica: index, generation: gang.generation, nodeRank: unit, reason: "asked for"),
                at: now
            )
            feed(.relaunch(unit), to: index, evidence: [], at: now)
            return drain()
        }
        guard scope != .rank else {
            throw Refusal(
                .unitEnded,
                "the unit cannot restart alone: the rendezvous is complete, or the gang is not on its way up",
                hint: "use `--scope gang`, or `--scope auto`"
            )
        }
        note(.restartWanted(replica: index, nodeRank: unit, scope: scope.rawValue), at: now)
        if replica.gang != nil {
            feed(.fence(.asked("restart asked for")), to: index, evidence: [], at: now)
        } else {
            observe(index)
        }
        return drain()
    }

    /// Takes a node out of use: what runs there moves to a spare, or waits for the node.
    package mutating func drain(_ node: String, at now: Duration) -> [Action] {
        guard !record.drained.contains(node) else { return [] }
        note(.nodeDrained(node: node), at: now)
        for index in replicas.keys.sorted() {
            guard let replica = replicas[index], replica.gang != nil,
                replica.plan.units.contains(where: { $0.node.name == node })
            else { continue }
            feed(.fence(.asked("\(node) is drained")), to: index, evidence: [], at: now)
        }
        return drain()
    }

    package mutating func undrain(_ node: String, at now: Duration) -> [Action] {
        if record.drained.contains(node) { note(.nodeUndrained(node: node), at: now) }
        return drain()
    }

    /// The plan a file's plan becomes with the spares that stand in.
    func planned(_ plan: LaunchPlan, _ index: Int, _ replan: Replan) -> LaunchPlan {
        let substitutes = substitutes(index, replan)
        return substitutes.isEmpty ? plan : replan(index, substitutes) ?? plan
    }

    /// Which spare stands in for which node, as far as the file still has both in their places.
    func substitutes(_ index: Int, _ replan: Replan) -> [String: String] {
        let all = record.replica(index).substitutes
        // Together first: one may stand where another has left.
        return replan(index, all) != nil ? all : all.filter { replan(index, [$0.key: $0.value]) != nil }
    }

    private mutating func succeed(_ index: Int, _ plan: LaunchPlan, at now: Duration) {
        replicas[index]?.successor = plan
        feed(.fence(.asked("another plan takes its place")), to: index, evidence: [], at: now)
    }
}

extension GangMachine {
    /// Whether a unit can still start over alone.
    var isOpen: Bool { if case .starting(let start) = state { start.isOpen } else { false } }
}
