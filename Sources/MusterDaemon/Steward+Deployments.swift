import Logging
import MusterAPI
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterStore
import MusterSupervision
import Synchronization

/// What people ask of deployments.
extension Steward {
    func deployments() async throws(Problem) -> [DeploymentSummary] {
        var summaries: [DeploymentSummary] = []
        for supervisor in supervisors.values {
            let snapshot = await supervisor.snapshot
            summaries.append(summary(snapshot.record, snapshot.plans))
        }
        return summaries.sorted { $0.name < $1.name }
    }

    func deployment(_ name: String) async throws(Problem) -> DeploymentDetail {
        let supervisor = try known(name)
        let snapshot = await supervisor.snapshot
        return DeploymentDetail(
            summary(snapshot.record, snapshot.plans),
            detail: RawJSON(DeploymentDocument.json(snapshot).compact)
        )
    }

    func status(of name: String) async throws(Problem) -> RawJSON {
        let supervisor = try known(name)
        let fleets = await supervisor.fleets
        var reports = await StatusReport.gather(fleets)
        // Of what is down no channel is open; one may have been closed while it was asked over.
        let isWhole = reports.allSatisfy { $0.observed.nodes.count == $0.observed.plan.units.count }
        let hasFailed = reports.contains { !$0.observed.unreachable.isEmpty }
        if !isWhole || hasFailed, await supervisor.fleets.allSatisfy(\.links.isEmpty) {
            reports = await StatusReport.gather(fleets.map(\.plan), link: supervisor.settings.link)
        }
        return RawJSON(Documents.status(reports, starts: await supervisor.snapshot.starts).compact)
    }

    func up(_ name: String, _ request: UpRequest, by requester: Requester) async throws(Problem) -> Accepted {
        let file: DeployedFile
        switch DeployedFile.read(Array(request.file.utf8), path: request.path, world: world(request.secrets)) {
        case .failure(let invalid):
            throw Problem(
                .invalid,
                "`\(request.path)` is not a valid cluster file",
                hint: "`muster validate` says what is wrong",
                diagnostics: RawJSON(Documents.validation(invalid.checked).compact)
            )
        case .success(let read): file = read
        }
        guard let plan = file.plans.first, plan.name.value == name else {
            throw Problem(.invalid, "the file describes `\(file.plans.first?.name.value ?? "")`, not `\(name)`")
        }
        do throws(StoreError) { try await store.put(file.bytes, hash: file.reference.hash) } catch { throw full(error) }
        let supervisor = supervisor(plan.name, for: file)
        supervisor.vault.put(request.secrets.values.mapValues(Redacted.init))
        troubles.withLock { $0.unreadable[name] = nil }
        let replace = request.replace
        return try await wish(supervisor, by: requester) { machine, now in
            try machine.up(file.plans, file: file.reference, replan: file.replan, replace: replace, at: now)
        }
    }

    func down(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try await wish(try known(name), by: requester) { $0.down(at: $1) }
    }

    func pause(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try await wish(try known(name), by: requester) { $0.pause(at: $1) }
    }

    func resume(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try await wish(try known(name), by: requester) { $0.resume(at: $1) }
    }

    func restart(
        _ name: String,
        _ request: RestartRequest,
        by requester: Requester
    ) async throws(Problem) -> Accepted {
        let supervisor = try known(name)
        let plans = await supervisor.snapshot.plans
        // The name of a node says which replica it is.
        let named = request.node.flatMap { node in plans.first { $0.unit(on: node) != nil } }
        let plan =
            if request.replica == nil, let named { named } else { try Self.plan(request.replica, of: plans) }
        let replica = plan.replica
        let unit = try Self.unit(request, of: plan)
        let scope = DeploymentMachine.Scope(rawValue: request.scope.rawValue) ?? .auto
        return try await wish(supervisor, by: requester) { machine, now in
            try machine.restart(replica, unit, scope: scope, at: now)
        }
    }

    func forget(_ name: String, by requester: Requester) async throws(Problem) {
        let supervisor = try known(name)
        let record = await supervisor.snapshot.record
        guard record.wish == .down, record.replicas.values.allSatisfy({ $0.generation == nil }) else {
            throw Problem(
                .conflict,
                "`\(name)` is not down",
                code: DiagnosticCode.anotherPlanRuns.description,
                hint: "bring it down first"
            )
        }
        remove(name)
        do throws(StoreError) { try await store.forget(name) } catch { throw full(error) }
        logger.notice("forgotten", metadata: [LogKey.deployment: "\(name)"])
    }

    // MARK: Nodes

    func nodes() async throws(Problem) -> [NodeSummary] {
        var found: [String: NodeSummary] = [:]
        for supervisor in supervisors.values {
            let snapshot = await supervisor.snapshot
            for (node, machine) in snapshot.nodes {
                let isDrained = snapshot.record.drained.contains(node)
                var entry =
                    found[node]
                    ?? NodeSummary(
                        node: node,
                        state: machine.word,
                        deployments: [],
                        since: Timestamp(milliseconds: Int64(snapshot.epoch + machine.since.milliseconds)),
                        cause: machine.trouble
                    )
                if isDrained { entry.state = "drained" }
                entry.deployments = (entry.deployments + [snapshot.record.name]).sorted()
                found[node] = entry
            }
        }
        return found.values.sorted { $0.node < $1.node }
    }

    func drain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted {
        try await onNode(node, by: requester) { $0.drain(node, at: $1) }
    }

    func undrain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted {
        try await onNode(node, by: requester) { $0.undrain(node, at: $1) }
    }

    /// A wish about a node concerns every deployment that has it.
    private func onNode(
        _ node: String,
        by requester: Requester,
        _ change: @escaping Supervisor.Wish
    ) async throws(Problem) -> Accepted {
        var last: Accepted?
        for supervisor in supervisors.values where await supervisor.snapshot.nodes[node] != nil {
            last = try await wish(supervisor, by: requester, change)
        }
        guard let last else { throw Problem(.notFound, "no deployment has a node `\(node)`") }
        return last
    }

    // MARK: Common ground

    func known(_ name: String) throws(Problem) -> Supervisor {
        guard let supervisor = supervisors[name] else { throw notFound(name) }
        return supervisor
    }

    private func notFound(_ name: String) -> Problem {
        let meant = Spelling.nearest(to: name, among: supervisors.keys.sorted()).map { "did you mean `\($0)`?" }
        let reason = troubles.withLock { $0.unreadable[name] }
        return Problem(
            .notFound,
            reason.map { "`\(name)` cannot be kept: \($0)" } ?? "the daemon keeps no deployment `\(name)`",
            code: DiagnosticCode.notRunning.description,
            hint: meant ?? "`muster up -d FILE` has it kept"
        )
    }

    private func wish(
        _ supervisor: Supervisor,
        by requester: Requester,
        _ change: @escaping Supervisor.Wish
    ) async throws(Problem) -> Accepted {
        do {
            let before = await store.newestEvent(after: -1)
            _ = try await supervisor.wish(by: requester.name, change)
            let snapshot = await supervisor.snapshot
            return Accepted(name: snapshot.record.name, cursor: before, state: snapshot.record.word(of: snapshot.plans))
        } catch let refusal as DeploymentMachine.Refusal {
            throw Problem(.conflict, refusal.text, code: refusal.code.description, hint: refusal.hint)
        } catch {
            throw Problem(.unavailable, "the daemon is stopping", hint: "try again when it is back")
        }
    }

    func full(_ error: StoreError) -> Problem {
        Problem(.unavailable, error.message, hint: "make room for the database, or see `musterd`'s log")
    }

    /// Secrets that came with the request need not be readable here.
    private func world(_ secrets: Secrets) -> SpecWorld {
        var world = LocalFiles.world(machine)
        let read = world.secretProblem
        let given = Set(secrets.names)
        world.secretProblem = { source in
            if case .environment(let name) = source, given.contains(name) { return nil }
            return given.isEmpty ? read(source) : nil
        }
        return world
    }

    /// The plan of a replica, which has to be named where there are several.
    static func plan(_ replica: Int?, of plans: [LaunchPlan]) throws(Problem) -> LaunchPlan {
        if let replica {
            guard let plan = plans.first(where: { $0.replica == replica }) else {
                let others = plans.count > 1 ? ": there are 0 to \(plans.count - 1)" : ""
                throw Problem(.invalid, "there is no replica \(replica)\(others)")
            }
            return plan
        }
        guard let plan = plans.first, plans.count == 1 else {
            throw Problem(
                .invalid,
                "which of \(plans.count) replicas is not said",
                hint: "give `replica`, counted from 0"
            )
        }
        return plan
    }

    static func noUnit(_ rank: NodeRank, of plan: LaunchPlan) -> Problem {
        Problem(.invalid, "there is no node rank \(rank): there are 0 to \(plan.units.count - 1)")
    }

    private static func unit(_ request: RestartRequest, of plan: LaunchPlan) throws(Problem) -> NodeRank? {
        if let rank = request.rank {
            guard let unit = plan.unit(holding: GlobalRank(rank)) else {
                throw Problem(.invalid, "there is no rank \(rank): the deployment has 0 to \(plan.ranks.count - 1)")
            }
            return unit.nodeRank
        }
        if let number = request.nodeRank {
            guard let unit = plan.unit(NodeRank(number)) else { throw noUnit(NodeRank(number), of: plan) }
            return unit.nodeRank
        }
        guard let node = request.node else { return nil }
        guard let unit = plan.unit(on: node) else {
            throw Problem(.invalid, "there is no node `\(node)` in the deployment")
        }
        return unit.nodeRank
    }

    private func summary(_ record: DeploymentRecord, _ plans: [LaunchPlan]) -> DeploymentSummary {
        let replicas = plans.map { record.replica($0.replica) }
        let ready = replicas.count { if case .ready = $0.state { true } else { false } }
        return DeploymentSummary(
            name: record.name,
            state: record.word(of: plans),
            desired: record.wish.rawValue,
            generation: record.generation,
            replicas: DeploymentSummary.Replicas(ready: ready, total: replicas.count),
            since: Timestamp(milliseconds: Int64(replicas.map(\.since).max() ?? 0)),
            cause: replicas.lazy.compactMap(\.cause?.text).first
        )
    }
}

extension DeploymentRecord {
    /// The one word for all of it: of several replicas, that of the one that is worst off. One that is wanted and down
    /// could not be begun so far.
    func word(of plans: [LaunchPlan]) -> String {
        if isPaused { return "paused" }
        let order = ["failed", "fencing", "waiting", "starting", "stopping", "ready", "down"]
        let words = Set(plans.map { replica($0.replica).word }.map { $0 == "down" && wish == .up ? "waiting" : $0 })
        return order.first(where: words.contains) ?? "down"
    }
}

extension NodeMachine {
    /// The word tables and JSON use.
    var word: String {
        switch state {
        case .unknown: "unknown"
        case .reachable: "reachable"
        case .suspect: "suspect"
        case .lost: "lost"
        }
    }
}
