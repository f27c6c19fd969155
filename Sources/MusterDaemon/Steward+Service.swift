import Glibc
import Logging
import MusterAPI
import MusterMetrics
import MusterPlan
import MusterRuntime
import MusterSSH
import MusterSpec
import MusterStore
import MusterSupervision
import Synchronization

/// The rest of what the API offers: the daemon itself, events, logs, commands, and what is known without any node.
extension Steward: DaemonService {
    func version() async -> DaemonVersion {
        DaemonVersion(version: Release.version, pid: getpid(), startedAt: started)
    }

    func health() async -> DaemonHealth {
        let troubles = troubles.withLock { $0 }
        let isAlive = await isAlive(within: .seconds(10))
        var checks = [
            DaemonHealth.Check(name: "store", ok: troubles.store == nil, text: troubles.store ?? store.file),
            DaemonHealth.Check(
                name: "supervision",
                ok: isAlive,
                text: isAlive ? "\(supervisors.count) deployments" : "a supervisor has taken no turn for 10 s"
            ),
        ]
        for (name, reason) in troubles.unreadable.sorted(by: { $0.key < $1.key }) {
            checks.append(DaemonHealth.Check(name: "deployment \(name)", ok: false, text: reason))
        }
        return DaemonHealth(checks)
    }

    func metrics() async -> String {
        for supervisor in supervisors.values {
            let snapshot = await supervisor.snapshot
            metrics.set(snapshot.record, nodes: snapshot.nodes)
        }
        return metrics.registry.text
    }

    // MARK: Events

    func events(after id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord] {
        do throws(StoreError) {
            return await records(try await store.events(after: id, deployment: deployment, limit: limit))
        } catch {
            throw full(error)
        }
    }

    func events(before id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord] {
        do throws(StoreError) {
            return await records(try await store.newest(before: id, deployment: deployment, count: limit))
        } catch {
            throw full(error)
        }
    }

    /// Events in words, which name the replica where a deployment has several.
    private func records(_ events: [StoredEvent]) async -> [EventRecord] {
        var replicas: [String: Int] = [:]
        for name in Set(events.map(\.event.deployment)) {
            replicas[name] = await supervisors[name]?.snapshot.plans.count
        }
        return events.map { EventRecord($0, among: replicas[$0.event.deployment] ?? 1) }
    }

    nonisolated func newestEvent(after id: Int64) async -> Int64 { await store.newestEvent(after: id) }

    // MARK: Nodes' own words

    func logs(of name: String, _ query: LogQuery) async throws(Problem) -> Producer<[String]> {
        let supervisor = try known(name)
        var plans = await supervisor.snapshot.plans
        // A node rank without a replica is one of each.
        if query.replica != nil || query.nodeRank != nil { plans = [try Self.plan(query.replica, of: plans)] }
        let streams = try plans.map { plan throws(Problem) in
            let units = query.nodeRank.map { [NodeRank($0)] } ?? plan.units.map(\.nodeRank)
            if let unknown = units.first(where: { plan.unit($0) == nil }) { throw Self.noUnit(unknown, of: plan) }
            return LogStream(plan, units: Set(units), generation: query.generation, link: supervisor.settings.link)
        }
        let vault = supervisor.vault
        return { write in
            // A client that reads slowly slows the reading of the log, and nothing else.
            try await LinePipe.run { pipe in
                let failures = try await LogStream.run(
                    streams,
                    lines: query.lines,
                    follow: query.follow,
                    interrupts: Interrupts(),
                    print: { await pipe.send("\($0.tag(of: $1)) | \(vault.scrub($2))") },
                    live: { pipe.put("\($0.tag(of: $1)) | \(vault.scrub($2))") }
                )
                for failure in failures { await pipe.send("muster: \(failure)") }
            } write: { lines in
                try await write(lines)
            }
        }
    }

    func exec(
        _ request: ExecRequest,
        on name: String,
        by requester: Requester
    ) async throws(Problem) -> Producer<ExecRecord> {
        let supervisor = try known(name)
        let wanted = request.nodes.map(Set.init)
        let chosen = await supervisor.snapshot.plans.map { plan in
            (plan: plan, units: Set(plan.units.filter { wanted?.contains($0.node.name) ?? true }.map(\.nodeRank)))
        }
        let count = chosen.reduce(0) { $0 + $1.units.count }
        guard count > 0, wanted.map({ $0.count == count }) ?? true else {
            throw Problem(.invalid, "not all of these nodes are in `\(name)`")
        }
        guard !request.command.isEmpty else { throw Problem(.invalid, "there is no command") }
        let seconds = request.timeout ?? 60
        guard (1...86_400).contains(seconds) else { throw Problem(.invalid, "`timeout` is not within 1 and 86400") }
        logger.notice(
            "exec",
            metadata: [LogKey.deployment: "\(name)", LogKey.reason: "asked for by \(requester.name)"]
        )
        let link = supervisor.settings.link
        return { write in
            let answers = await RemoteExec.run(request.command, on: chosen, deadline: .seconds(seconds), link: link)
            for answer in answers {
                for record in ExecRecord.records(answer) { try await write(record) }
            }
        }
    }

    // MARK: Without any node

    func validate(_ request: FileRequest) async throws(Problem) -> RawJSON {
        RawJSON(Documents.validation(check(request)).compact)
    }

    func plan(_ request: FileRequest) async throws(Problem) -> RawJSON {
        RawJSON(Documents.plan(try valid(request)).compact)
    }

    func render(_ request: FileRequest) async throws(Problem) -> RawJSON {
        RawJSON(Documents.render(try valid(request)).compact)
    }

    func explain(_ code: String) async throws(Problem) -> RawJSON {
        guard let known = DiagnosticCode(code), let page = DiagnosticCatalog.page(for: known) else {
            throw Problem(.notFound, "`\(code)` is no diagnostic code", hint: "`muster explain` lists them")
        }
        return RawJSON(page.json.compact)
    }

    func schema() async throws(Problem) -> RawJSON { RawJSON(ClusterSchema.json.compact) }

    private func check(_ request: FileRequest) -> CheckedFile {
        let bytes = Array(request.file.utf8)
        return CheckedFile(ClusterFile(bytes: bytes, name: request.path, world: LocalFiles.world(machine)))
    }

    private func valid(_ request: FileRequest) throws(Problem) -> [LaunchPlan] {
        let checked = check(request)
        guard !checked.plans.isEmpty else {
            throw Problem(
                .invalid,
                "`\(request.path)` is not a valid cluster file",
                diagnostics: RawJSON(Documents.validation(checked).compact)
            )
        }
        return checked.plans
    }
}

extension EventRecord {
    /// - Parameters:
    ///   - stored: The event.
    ///   - replicas: How many replicas its deployment has.
    init(_ stored: StoredEvent, among replicas: Int) {
        let event = stored.event
        self.init(
            id: stored.id,
            at: Timestamp(milliseconds: event.at),
            deployment: event.deployment,
            kind: event.kind,
            actor: event.actor,
            text: Journal.event(kind: event.kind, payload: event.payload)?.text(among: replicas) ?? event.kind,
            data: RawJSON(event.payload)
        )
    }
}

extension ExecRecord {
    fileprivate static func records(_ answer: RemoteExec.Answer) -> [ExecRecord] {
        let node = answer.node
        switch answer.result {
        case .failure(let error):
            return [
                .failed(
                    node: node,
                    Problem(.nodeFailed, error.message, code: error.code.description, hint: error.hint, node: node)
                )
            ]
        case .success(let result):
            let lines = { (text: String, stream: Output) in
                text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
                    .map { ExecRecord.line(node: node, stream: stream, line: String($0)) }
            }
            // As a shell would say it that lost its child to a signal it cannot name.
            var status = 255
            if case .status(let code) = result.exit { status = Int(code) }
            return (result.text.isEmpty ? [] : lines(result.text, .stdout))
                + (result.errorText.isEmpty ? [] : lines(result.errorText, .stderr)) + [
                    .exit(node: node, status: status)
                ]
        }
    }
}
