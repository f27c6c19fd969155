import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision

/// Doing what the machine says, and telling it what came of it.
extension Supervisor {
    /// What a gang that has failed is stopped with: it cannot drain, and every second it lives its memory is held.
    private static let hardStop = [TeardownStep("TERM", .all, grace: 1)]

    func perform(_ action: DeploymentMachine.Action) async {
        switch action {
        case .record, .replanned: break
        case .observe(let replica): await observe(replica)
        case .measure(let replica): await measure(replica)
        case .start(let replica, let generation, let units): await start(units, replica, generation)
        case .stop(let replica, let generation, let unit, let also, let gently):
            await stop(unit, replica, generation, also: also, gently: gently)
        case .probe(let replica, let generation, .workers): await lookForWorkers(replica, generation)
        case .probe(let replica, let generation, let layer): await probe(layer, replica, generation)
        case .measureUnits(let replica, let generation): await measureUnits(replica, generation)
        case .evict(let node, let generation): await evict(node, generation)
        }
    }

    func fleet(_ plan: LaunchPlan) -> Fleet {
        let links = plan.units.compactMap { unit in members[unit.node.name].map { (unit.nodeRank, $0.link) } }
        return Fleet(plan: plan, links: Dictionary(uniqueKeysWithValues: links), failures: [:])
    }

    private func tell(
        _ event: GangMachine.Event,
        _ replica: Int,
        _ generation: Int,
        evidence: [String] = []
    ) {
        inputs.yield(.event(.gang(replica: replica, generation: generation, event, evidence: evidence)))
    }

    // MARK: Looking

    private func observe(_ replica: Int) async {
        guard let plan = plan(replica) else { return }
        let fleet = fleet(plan)
        let observed = await fleet.observe()
        let progress = await LogReader.progress(observed, fleet)
        var units: [NodeRank: GangObservation.Unit] = [:]
        var strays: [NodeRank: [GangObservation.Stray]] = [:]
        for unit in plan.units {
            let rank = unit.nodeRank
            switch observed.nodes[rank] {
            case .success(let status)?:
                units[rank] = GangObservation.Unit(status.units.first { $0.nodeRank == rank })
                strays[rank] = status.units.filter { $0.isAlive && !($0.nodeRank == rank && $0.state == .running) }.map
                {
                    GangObservation.Stray(generation: $0.generation, nodeRank: $0.nodeRank)
                }
                await recoverSecrets(plan, status.units.first { $0.nodeRank == rank }, fleet.links[rank])
            case .failure(let error)?: units[rank] = .unreachable(error.message)
            case nil: units[rank] = .unreachable("it is not connected")
            }
        }
        await follow(observed)
        let matches =
            switch observed.standing {
            case .running, .absent: true
            case .different, .broken, .unknown: false
            }
        inputs.yield(
            .event(
                .observed(
                    replica: replica,
                    GangObservation(
                        units: units,
                        strays: strays,
                        generation: observed.generation,
                        matchesPlan: matches,
                        progress: progress
                    )
                )
            )
        )
    }

    /// Follows what runs from the end of what its log has said, and watches its processes.
    private func follow(_ observed: ObservedDeployment) async {
        for unit in observed.plan.units {
            guard let member = members[unit.node.name], let record = observed.unit(unit.nodeRank), record.isAlive else {
                continue
            }
            let key = UnitKey(generation: record.generation, nodeRank: record.nodeRank)
            // A channel that has broken meanwhile takes it up again by itself.
            try? await member.follower.follow(key, from: record.logSize)
        }
        await watchProcesses(observed)
    }

    private func watchProcesses(_ observed: ObservedDeployment) async {
        for unit in observed.plan.units {
            guard let member = members[unit.node.name], let record = observed.unit(unit.nodeRank),
                record.state == .running
            else { continue }
            let key = UnitKey(generation: record.generation, nodeRank: record.nodeRank)
            var processes = record.processes.filter { $0.pid == record.pid }
            var ranks: [Int: GlobalRank?] = Dictionary(uniqueKeysWithValues: processes.map { ($0.pid, nil) })
            for health in observed.ranks where health.node == unit.nodeRank && health.state == .alive {
                guard let process = record.processes.first(where: { $0.pid == health.pid }) else { continue }
                processes.append(process)
                ranks[process.pid] = .some(health.rank.global)
            }
            guarded[Place(node: member.name, key: key)] = ranks
            try? await member.follower.watch(processes, of: key)
        }
    }

    private func lookForWorkers(_ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica) else { return }
        let observed = await fleet(plan).observe()
        await watchProcesses(observed)
        switch WorkerLook(observed, generation) {
        case .whole: tell(.answered(.workers), replica, generation)
        case .missing(let unit, let ranks): tell(.workersMissing(unit, ranks), replica, generation)
        case .unknown(let why): tell(.unanswered(.workers, why, reachedEngine: false), replica, generation)
        }
    }

    private func measureUnits(_ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica) else { return }
        tell(.measured(await fleet(plan).activity(of: name, generation: generation)), replica, generation)
    }

    private func measure(_ replica: Int) async {
        guard let plan = plan(replica) else { return }
        let name = name
        let answers = await fleet(plan).each { link, _ async throws(RuntimeError) in try await link.memory(for: name) }
        var readings: [NodeRank: MemoryReading] = [:]
        for (unit, answer) in answers {
            switch answer {
            case .success(let reading): readings[unit] = reading
            // A driver that does not answer is no reason to launch nothing ever again; a node that does not, is.
            case .failure(let error) where error.code == .nodeScriptFailed: readings[unit] = .unmeasured(error.message)
            case .failure: break
            }
        }
        inputs.yield(.event(.measured(replica: replica, readings)))
    }

    private func probe(_ layer: ReadinessLayer, _ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica), let head = plan.units.first, let member = members[head.node.name] else {
            tell(.unanswered(layer, "node rank 0 is not connected", reachedEngine: false), replica, generation)
            return
        }
        let bearer = plan.apiKeyName.flatMap(vault.value)
        switch await HTTPProbe(plan, link: member.link, bearer: bearer).ask(layer) {
        case .success: tell(.answered(layer), replica, generation)
        case .failure(let problem):
            tell(
                .unanswered(layer, vault.scrub(problem.description), reachedEngine: problem.reachedEngine),
                replica,
                generation,
                evidence: await evidence(UnitKey(generation: generation, nodeRank: head.nodeRank), member)
            )
        }
    }

    // MARK: Starting and stopping

    private func start(_ units: [NodeRank], _ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica) else { return }
        vault.put(settings.secrets(plan))
        let (secrets, missing) = vault.take(for: plan)
        guard missing.isEmpty else {
            for unit in units { tell(.refused(unit, "the secret `\(missing[0])` is not known"), replica, generation) }
            return
        }
        await withDiscardingTaskGroup { group in
            for unit in units.compactMap(plan.unit) {
                group.addTask { await self.start(unit, replica, generation, secrets) }
            }
        }
    }

    private func start(
        _ unit: UnitPlan,
        _ replica: Int,
        _ generation: Int,
        _ secrets: [(name: String, value: Redacted)]
    ) async {
        guard let member = members[unit.node.name] else {
            tell(.refused(unit.nodeRank, "\(unit.node.name) is not connected"), replica, generation)
            return
        }
        let key = UnitKey(generation: generation, nodeRank: unit.nodeRank)
        guarded[Place(node: unit.node.name, key: key)] = nil
        orphaned.remove(Place(node: unit.node.name, key: key))
        let staged = StagedUnit(unit, deployment: name, generation: generation, token: RunToken.new(), secrets: secrets)
        do throws(RuntimeError) {
            let answer = try await member.link.stage([staged], of: name, generation: generation, owner: settings.owner)
            if case .stale(let highest) = answer {
                inputs.yield(.event(.stale(replica: replica, generation: generation, highest: highest)))
                tell(.refused(unit.nodeRank, "generation \(highest) was there before"), replica, generation)
                return
            }
            await member.follower.forget(before: generation - 1)
            try await member.follower.follow(key)
            try await member.link.start(unit.nodeRank, of: name, generation: generation, owner: settings.owner)
            tell(.started(unit.nodeRank), replica, generation)
        } catch {
            tell(.refused(unit.nodeRank, vault.scrub(error.message)), replica, generation)
        }
    }

    private func stop(
        _ unit: NodeRank,
        _ replica: Int,
        _ generation: Int,
        also: [GangObservation.Stray],
        gently: Bool
    ) async {
        guard let gang = machine.replicas[replica]?.gang, gang.generation == generation,
            let planned = gang.plan.unit(unit),
            let member = members[planned.node.name]
        else {
            tell(.stopFailed(unit, "its node is not connected"), replica, generation)
            return
        }
        let strays = also.map { "\($0.generation):\($0.nodeRank)" }
        do throws(RuntimeError) {
            let report = try await member.link.stop(
                planned,
                of: name,
                owner: settings.owner,
                selection: ["\(generation):\(unit)"] + strays,
                teardown: gently ? nil : Self.hardStop
            )
            tell(.stopped(unit, left: report.leftovers), replica, generation)
        } catch {
            tell(.stopFailed(unit, vault.scrub(error.message)), replica, generation)
        }
    }

    private func evict(_ node: String, _ generation: Int) async {
        guard let member = members[node],
            let unit = machine.replicas.values.lazy.compactMap({ $0.plan.units.first }).first
        else {
            inputs.yield(.event(.evictionFailed(node: node)))
            return
        }
        do throws(RuntimeError) {
            let status = try await member.link.status(of: name)
            let old = status.units.filter { $0.isAlive && $0.generation <= generation }
            var left: [String] = []
            if !old.isEmpty {
                left = try await member.link.stop(
                    unit,
                    of: name,
                    owner: settings.owner,
                    selection: old.map { "\($0.generation):\($0.nodeRank)" },
                    teardown: Self.hardStop
                ).leftovers
            }
            inputs.yield(.event(.evicted(node: node, left: left)))
        } catch {
            inputs.yield(.event(.evictionFailed(node: node)))
        }
    }

    /// Secrets that nobody here knows any more are read back from where they were put.
    private func recoverSecrets(_ plan: LaunchPlan, _ record: UnitRecord?, _ link: NodeLink?) async {
        guard let record, let link, !vault.take(for: plan).missing.isEmpty else { return }
        let key = UnitKey(generation: record.generation, nodeRank: record.nodeRank)
        // Without it the start is refused and says which secret is missing.
        let piece = try? await link.read("env", of: key, in: name, offset: 0, limit: 1 << 20)
        if let piece { vault.put(SecretVault.parse(piece.bytes)) }
    }
}

extension GangObservation.Unit {
    fileprivate init(_ record: UnitRecord?) {
        guard let record else {
            self = .absent
            return
        }
        switch record.state {
        case .running: self = .running(generation: record.generation)
        case .orphaned: self = .ended(generation: record.generation, .orphaned)
        case .lost: self = .ended(generation: record.generation, .lost, wasStopped: record.wasStopped)
        case .exited:
            self = .ended(
                generation: record.generation,
                record.exit.map { .exited(status: $0.status) } ?? .lost,
                wasStopped: record.wasStopped
            )
        case .staged: self = .absent
        }
    }
}
