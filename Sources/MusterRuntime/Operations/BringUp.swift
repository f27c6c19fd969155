package import MusterDoctor
package import MusterEngines
package import MusterPlan
package import MusterSpec
package import MusterSupervision

/// `muster up` and `muster restart`: from a plan to a gang that serves, or to a stop with its first cause.
package struct BringUp: Sendable {
    /// What happens on the way, for whoever shows it.
    package enum Report: Sendable {
        case connecting(nodes: Int)
        case connected(nodes: Int, after: Duration)
        case lookingAtNodes
        case adopted(generation: Int)
        case stopping(reason: String, generation: Int)
        case launching(generation: Int, units: Int)
        case start(StartDriver.Report)
    }

    /// What to do about something that runs already.
    package enum Decision: Sendable {
        case replace
        case leave
    }

    /// How it ended.
    package enum Outcome: Sendable {
        /// Ready; whether it was launched now or was running already.
        case ready(generation: Int, adopted: Bool, StartDriver.Outcome)
        /// Launched and left before it was ready.
        case detached(generation: Int, StartDriver.Outcome)
        /// Taken down again after a failure.
        case failed(generation: Int, Failure, StartDriver.Outcome)
        /// Another plan runs, and nobody said to replace it.
        case leftAlone(ObservedDeployment.Standing, [NodeRank: ScriptDiff])
    }

    let plan: LaunchPlan
    let owner: String
    let secrets: [(name: String, value: Redacted)]
    let interrupts: Interrupts
    let link: @Sendable (PlannedNode) -> NodeLink
    let preflight: (@Sendable ([String: NodeLink]) async throws -> Void)?
    let learned: [Phase: Duration]
    let fabric: @Sendable () -> FabricTable?
    let report: @Sendable (Report) -> Void

    /// - Parameters:
    ///   - plan: What to bring up.
    ///   - owner: Who holds the locks meanwhile.
    ///   - secrets: The values of the plan's secrets.
    ///   - interrupts: Hears the wish to leave.
    ///   - link: Makes the link of a node.
    ///   - preflight: Looks at the nodes, by their names, before `up` stops or launches anything, and throws to have
    ///     nothing done.
    ///   - learned: How long each phase took in the last good start.
    ///   - fabric: What is known of the RDMA ports of the nodes once the gang is ready.
    ///   - report: Hears what happens.
    package init(
        _ plan: LaunchPlan,
        owner: String,
        secrets: [(name: String, value: Redacted)],
        interrupts: Interrupts,
        link: @escaping @Sendable (PlannedNode) -> NodeLink,
        preflight: (@Sendable ([String: NodeLink]) async throws -> Void)? = nil,
        learned: [Phase: Duration] = [:],
        fabric: @escaping @Sendable () -> FabricTable? = { nil },
        report: @escaping @Sendable (Report) -> Void
    ) {
        self.plan = plan
        self.owner = owner
        self.secrets = secrets
        self.interrupts = interrupts
        self.link = link
        self.preflight = preflight
        self.learned = learned
        self.fabric = fabric
        self.report = report
    }

    /// Brings the deployment up, or follows the one that runs already. `decide` is asked when something else runs
    /// under this name.
    package func up(
        decide: @escaping @Sendable (ObservedDeployment.Standing, [NodeRank: ScriptDiff]) async -> Decision
    ) async throws -> Outcome {
        try await locked { fleet, followers in
            let observed = await fleet.observe()
            switch observed.standing {
            case .absent: try await look(fleet)
            case .unknown: throw OperationErrors(observed.unreachable.map(\.error))
            case .running(let generation):
                report(.adopted(generation: generation))
                return try await follow(generation, launching: [], fleet, followers, adopted: observed)
            case .different(let generation, let units):
                let differences = await differences(units, observed, fleet)
                guard await decide(observed.standing, differences) == .replace else {
                    return .leftAlone(observed.standing, differences)
                }
                try await look(fleet)
                report(.stopping(reason: "another plan runs", generation: generation))
                try await clear(fleet)
            case .broken(let generation, _, _):
                guard await decide(observed.standing, [:]) == .replace else {
                    return .leftAlone(observed.standing, [:])
                }
                try await look(fleet)
                report(.stopping(reason: "its gang is not whole", generation: generation))
                try await clear(fleet)
            }
            return try await launch(after: observed.generation, fleet, followers)
        }
    }

    /// What is wrong with the nodes is found before anything of an older launch is stopped.
    private func look(_ fleet: Fleet) async throws {
        guard let preflight else { return }
        report(.lookingAtNodes)
        let named = fleet.links.compactMap { rank, link in plan.unit(rank).map { ($0.node.name, link) } }
        let links = Dictionary(named, uniquingKeysWith: { first, _ in first })
        let looked: Void? = try await interrupts.cancelling { try await preflight(links) }
        guard looked != nil, !interrupts.isRaised else { throw Self.nothingStarted }
    }

    /// Restarts a unit alone where the engine allows it, and the whole gang where it does not or no unit is named.
    /// `explain` hears why more restarts than the unit.
    package func restart(
        _ unit: NodeRank?,
        scope: RestartScope,
        explain: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        try await locked { fleet, followers in
            let observed = await fleet.observe()
            guard observed.generation > 0 else {
                throw RuntimeError(.notRunning, "`\(plan.name)` has never run on these nodes", hint: "run `muster up`")
            }
            let answer: RestartScope.Answer =
                if let unit {
                    scope.answer(for: unit, observed, await LogReader.progress(observed, fleet))
                } else {
                    .gang(reason: "no unit was named")
                }
            switch answer {
            case .unit(let unit, let generation):
                return try await relaunch(unit, generation, fleet, followers)
            case .gang(let reason):
                explain("restarting the whole gang: \(reason)")
                report(.stopping(reason: "the whole gang restarts", generation: observed.generation))
                try await clear(fleet)
                return try await launch(after: observed.generation, fleet, followers)
            case .refused(let reason):
                throw RuntimeError(
                    .unitEnded,
                    "the unit cannot restart alone: \(reason)",
                    hint: "use `--scope gang`, or `--scope auto`"
                )
            }
        }
    }

    /// Relaunches one unit into the rendezvous that the others still wait in.
    private func relaunch(
        _ unit: NodeRank,
        _ generation: Int,
        _ fleet: Fleet,
        _ followers: [NodeRank: NodeFollower]
    )
        async throws -> Outcome
    {
        guard let link = fleet.links[unit], let planned = plan.unit(unit) else {
            throw fleet.failures[unit] ?? RuntimeError(.notRunning, "there is no node rank \(unit)")
        }
        report(.stopping(reason: "node rank \(unit) restarts alone", generation: generation))
        let stopped = try await link.stop(planned, of: plan.name, owner: owner, selection: ["\(generation):\(unit)"])
        guard stopped.leftovers.isEmpty else { throw leftovers([(planned.node.name, stopped.leftovers)]) }
        let staged = try await stage([planned], generation, fleet)
        report(.launching(generation: staged, units: 1))
        return try await follow(staged, launching: [unit], fleet, followers)
    }

    // MARK: Connecting and locking

    /// Connects to all nodes, takes the deployment's lock on each, and gives both back whatever happens.
    func locked<Value: Sendable>(
        _ work: @escaping @Sendable (Fleet, [NodeRank: NodeFollower]) async throws -> Value
    ) async throws -> Value {
        let clock = ContinuousClock()
        let began = clock.now
        report(.connecting(nodes: plan.units.count))
        let connected = try await interrupts.cancelling { await Fleet.connect(plan, link: link) }
        guard let fleet = connected, !interrupts.isRaised else { throw Self.nothingStarted }
        let followers = Dictionary(
            uniqueKeysWithValues: fleet.links.map { rank, link in
                let follower = NodeFollower(
                    rank,
                    link: link,
                    deployment: plan.name,
                    owner: owner,
                    engine: plan.knowledge
                )
                return (rank, follower)
            }
        )
        do {
            guard fleet.failures.isEmpty else {
                throw OperationErrors(fleet.failures.sorted { $0.key < $1.key }.map(\.value))
            }
            try await lock(followers)
            report(.connected(nodes: fleet.links.count, after: clock.now - began))
            guard !interrupts.isRaised else { throw Self.nothingStarted }
            let value = try await holding(followers) { try await work(fleet, followers) }
            await release(fleet, followers)
            return value
        } catch {
            await release(fleet, followers)
            throw error
        }
    }

    /// Keeps the locks during work that may take longer than a node waits for a beat: a gang drains before it is
    /// replaced, and a person thinks before answering.
    private func holding<Value: Sendable>(
        _ followers: [NodeRank: NodeFollower],
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            for follower in followers.values {
                group.addTask {
                    await follower.keepLock()
                    return nil
                }
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// The first node's lock decides between two at once; the others only follow it, so they cannot deadlock.
    private func lock(_ followers: [NodeRank: NodeFollower]) async throws {
        let order = followers.keys.sorted()
        guard let first = order.first, let decisive = followers[first] else { return }
        try await decisive.open()
        let rest = order.dropFirst().compactMap { followers[$0] }
        let errors = await FanOut.map(rest) { follower -> RuntimeError? in
            do throws(RuntimeError) {
                try await follower.open()
                return nil
            } catch {
                return error
            }
        }.compactMap { $0 }
        if !errors.isEmpty { throw OperationErrors(errors) }
    }

    private func release(_ fleet: Fleet, _ followers: [NodeRank: NodeFollower]) async {
        _ = await FanOut.map(Array(followers.values)) { await $0.quit() }
        await fleet.close()
    }

    private static let nothingStarted = RuntimeError(.interrupted, "interrupted before anything was started")

    // MARK: Launching

    private func launch(after seen: Int, _ fleet: Fleet, _ followers: [NodeRank: NodeFollower]) async throws -> Outcome
    {
        guard !interrupts.isRaised else { throw Self.nothingStarted }
        let generation = try await stage(plan.units, seen + 1, fleet)
        guard !interrupts.isRaised else { throw Self.nothingStarted }
        report(.launching(generation: generation, units: plan.units.count))
        return try await follow(
            generation,
            launching: plan.units.map(\.nodeRank),
            fleet,
            followers
        )
    }

    private func follow(
        _ generation: Int,
        launching: [NodeRank],
        _ fleet: Fleet,
        _ followers: [NodeRank: NodeFollower],
        adopted: ObservedDeployment? = nil
    ) async throws -> Outcome {
        // What a running gang has logged is read for where it is and not followed again: it may be gigabytes.
        var progress: GangProgress?
        if let adopted { progress = await LogReader.progress(adopted, fleet) }
        for (rank, follower) in followers {
            let offset = adopted?.unit(rank)?.logSize ?? 0
            try await follower.follow(UnitKey(generation: generation, nodeRank: rank), from: offset)
        }
        let driver = StartDriver(
            plan: plan,
            fleet: fleet,
            followers: followers,
            generation: generation,
            owner: owner,
            probe: fleet.links[NodeRank(0)].map { HTTPProbe(plan, link: $0, bearer: bearer) },
            interrupts: interrupts,
            learned: learned,
            fabric: fabric,
            report: { [report] in report(.start($0)) }
        )
        let outcome = await driver.run(launching: launching, progress: progress)
        switch outcome.state {
        case .ready: return .ready(generation: generation, adopted: adopted != nil, outcome)
        case .failed(let failure), .fencing(let failure): return .failed(generation: generation, failure, outcome)
        case .detached, .launching, .starting, .probing: return .detached(generation: generation, outcome)
        }
    }

    /// Writes all run directories. When a node has seen a later generation than any record says, tries once more above
    /// it.
    private func stage(_ units: [UnitPlan], _ wanted: Int, _ fleet: Fleet) async throws -> Int {
        var generation = wanted
        for _ in 0..<3 {
            let number = generation
            let chosen = Set(units.map(\.nodeRank))
            let results = await fleet.each { link, unit async throws(RuntimeError) -> NodeLink.Staging in
                guard chosen.contains(unit.nodeRank) else { return .staged }
                let staged = StagedUnit(
                    unit,
                    deployment: plan.name,
                    generation: number,
                    token: RunToken.new(),
                    secrets: secrets
                )
                return try await link.stage([staged], of: plan.name, generation: number, owner: owner)
            }
            let errors = results.compactMap { if case .failure(let error) = $0.1 { error } else { nil } }
            if !errors.isEmpty { throw OperationErrors(errors) }
            let highest = results.compactMap { result -> Int? in
                if case .success(.stale(let highest)) = result.1 { highest } else { nil }
            }.max()
            guard let highest else { return number }
            generation = highest + 1
        }
        throw RuntimeError(.staleGeneration, "the nodes keep seeing later generations: another muster is launching")
    }

    /// Stops whatever of the deployment runs, on every node, and insists on the observation.
    private func clear(_ fleet: Fleet) async throws {
        let results = await TakeDown.stopAll(plan, fleet, owner: owner)
        let errors = results.compactMap { if case .failure(let error) = $0.1 { error } else { nil } }
        if !errors.isEmpty { throw OperationErrors(errors) }
        let left = results.compactMap { rank, result -> (String, [String])? in
            guard case .success(let report) = result, !report.leftovers.isEmpty else { return nil }
            return (plan.unit(rank)?.node.name ?? "", report.leftovers)
        }
        if !left.isEmpty { throw leftovers(left) }
    }

    private func leftovers(_ left: [(node: String, what: [String])]) -> RuntimeError {
        RuntimeError(
            .leftovers,
            "something of the old launch is still there, so nothing was started",
            details: left.flatMap { entry in entry.what.map { "\(entry.node): \($0)" } },
            hint: "run `muster down`, and look at the processes that are named"
        )
    }

    private func differences(
        _ units: [NodeRank],
        _ observed: ObservedDeployment,
        _ fleet: Fleet
    ) async -> [NodeRank: ScriptDiff] {
        let pairs = await FanOut.map(units) { rank -> (NodeRank, ScriptDiff)? in
            guard let link = fleet.links[rank], let running = observed.unit(rank), let planned = plan.unit(rank) else {
                return nil
            }
            let key = UnitKey(generation: running.generation, nodeRank: rank)
            // A script that cannot be read back still differs by its hash; there is just nothing to show.
            guard let piece = try? await link.read("launch.sh", of: key, in: plan.name, offset: 0, limit: 1 << 20)
            else {
                return nil
            }
            let old = String(decoding: piece.bytes, as: UTF8.self)
            return (rank, ScriptDiff(old: old, new: planned.render.script))
        }
        return Dictionary(uniqueKeysWithValues: pairs.compactMap { $0 })
    }

    /// The key the API wants, when the file says that there is one.
    private var bearer: Redacted? { plan.apiKeyName.flatMap { name in secrets.first { $0.name == name }?.value } }
}

/// Several things that went wrong at once, one per node.
package struct OperationErrors: Error, Sendable {
    package let errors: [RuntimeError]
    package init(_ errors: [RuntimeError]) { self.errors = errors }
}
