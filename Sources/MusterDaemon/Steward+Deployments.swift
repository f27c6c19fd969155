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
        for supervisor in supervisors.values { summaries.append(await summary(supervisor)) }
        return summaries.sorted { $0.name < $1.name }
    }

    func deployment(_ name: String) async throws(Problem) -> DeploymentDetail {
        let supervisor = try known(name)
        let snapshot = await supervisor.snapshot
        return DeploymentDetail(
            summary(snapshot.record),
            detail: RawJSON(DeploymentDocument.json(snapshot).compact)
        )
    }

    func status(of name: String) async throws(Problem) -> RawJSON {
        let supervisor = try known(name)
        guard let plan = await supervisor.plan(0), let fleet = await supervisor.fleet(0) else { throw notFound(name) }
        // Of what is down no channel is open.
        let report =
            fleet.links.isEmpty
            ? await StatusReport.gather(plan, link: supervisor.settings.link)
            : await StatusReport.gather(plan, fleet: fleet)
        return RawJSON(Documents.status(report).compact)
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
        let replica = request.replica ?? 0
        guard let plan = await supervisor.plan(replica) else {
            throw Problem(.invalid, "there is no replica \(replica)")
        }
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
            let record = await supervisor.snapshot.record
            return Accepted(name: record.name, cursor: before, state: record.word)
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

    private static func unit(_ request: RestartRequest, of plan: LaunchPlan) throws(Problem) -> NodeRank? {
        if let rank = request.rank {
            guard let unit = plan.unit(holding: GlobalRank(rank)) else {
                throw Problem(.invalid, "there is no rank \(rank): the deployment has 0 to \(plan.ranks.count - 1)")
            }
            return unit.nodeRank
        }
        if let number = request.nodeRank {
            guard let unit = plan.unit(NodeRank(number)) else {
                throw Problem(.invalid, "there is no node rank \(number): there are 0 to \(plan.units.count - 1)")
            }
            return unit.nodeRank
        }
        guard let node = request.node else { return nil }
        guard let unit = plan.units.first(where: { $0.node.name == node || $0.node.host == node }) else {
            throw Problem(.invalid, "there is no node `\(node)` in the deployment")
        }
        return unit.nodeRank
    }

    private func summary(_ supervisor: Supervisor) async -> DeploymentSummary {
        summary(await supervisor.snapshot.record)
    }

    private func summary(_ record: DeploymentRecord) -> DeploymentSummary {
        let replicas = record.replicas.sorted { $0.key < $1.key }.map(\.value)
        let ready = replicas.count { if case .ready = $0.state { true } else { false } }
        return DeploymentSummary(
            name: record.name,
            state: record.word,
            desired: record.wish.rawValue,
            generation: record.generation,
            replicas: DeploymentSummary.Replicas(ready: ready, total: max(replicas.count, 1)),
            since: Timestamp(milliseconds: Int64(replicas.map(\.since).max() ?? 0)),
            cause: replicas.lazy.compactMap(\.cause?.text).first
        )
    }
}

extension DeploymentRecord {
    /// The one word for all of it: of several replicas, that of the one that is worst off.
    var word: String {
        if isPaused { return "paused" }
        let order = ["failed", "fencing", "waiting", "starting", "stopping", "ready", "down"]
        let words = Set(replicas.values.map(\.word))
        let word = order.first(where: words.contains) ?? "down"
        // Wanted, and so far nothing could be begun.
        return word == "down" && wish == .up ? "waiting" : word
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
