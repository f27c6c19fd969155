import MusterAPI
import MusterMetrics
import MusterStore
import Synchronization

/// A daemon that writes down what it was asked and does nothing, but for its events, which come from a real store.
final class FakeDaemon: DaemonService {
    let store: EventStore
    let registry = MetricsRegistry()
    private let asked = Mutex<[String]>([])
    private let pages = Mutex<[String: Int]>([:])
    private let failure = Mutex<Problem?>(nil)
    private let ended = Mutex(0)

    init() throws { store = try EventStore(inMemory: ()) }

    /// Every call that changes something, in order.
    var calls: [String] { asked.withLock { $0 } }
    /// How many pages of a deployment's events were read.
    func pagesRead(of deployment: String) -> Int { pages.withLock { $0[deployment, default: 0] } }
    /// How many producers have ended.
    var producersEnded: Int { ended.withLock { $0 } }
    /// Makes everything that can fail do so.
    func fail(with problem: Problem?) { failure.withLock { $0 = problem } }

    private func note(_ call: String, _ requester: Requester? = nil) throws(Problem) {
        let who = requester.map { " by \($0.name) \($0.uid.map(String.init) ?? "-") \($0.transport.rawValue)" } ?? ""
        asked.withLock { $0.append(call + who) }
        if let problem = failure.withLock({ $0 }) { throw problem }
    }

    private func accept(_ call: String, _ name: String, _ requester: Requester) throws(Problem) -> Accepted {
        try note("\(call) \(name)", requester)
        return Accepted(name: name, cursor: 7, state: "starting")
    }

    func version() async -> DaemonVersion { DaemonVersion(version: "9.9.9", pid: 1, startedAt: Examples.time) }
    func health() async -> DaemonHealth { DaemonHealth([.init(name: "store", ok: true, text: "writable")]) }
    func metrics() async -> String { registry.text }

    func deployments() async throws(Problem) -> [DeploymentSummary] {
        try note("deployments")
        return [Examples.summary]
    }
    func deployment(_ name: String) async throws(Problem) -> DeploymentDetail {
        try note("deployment \(name)")
        return DeploymentDetail(Examples.summary, detail: RawJSON(#"{"restarts":3}"#))
    }
    func status(of name: String) async throws(Problem) -> RawJSON {
        try note("status \(name)")
        return RawJSON(#"{"format": "muster.status/1",  "name": "as it is"}"#)
    }
    func up(_ name: String, _ request: UpRequest, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("up \(request.path) \(request.file) \(request.replace) \(request.secrets)", name, requester)
    }
    func down(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("down", name, requester)
    }
    func restart(
        _ name: String,
        _ request: RestartRequest,
        by requester: Requester
    ) async throws(Problem) -> Accepted {
        let target = request.nodeRank.map { "node rank \($0)" } ?? "everything"
        return try accept("restart \(target) \(request.scope)", name, requester)
    }
    func pause(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("pause", name, requester)
    }
    func resume(_ name: String, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("resume", name, requester)
    }
    func forget(_ name: String, by requester: Requester) async throws(Problem) {
        try note("forget \(name)", requester)
    }

    func nodes() async throws(Problem) -> [NodeSummary] {
        try note("nodes")
        return [Examples.node]
    }
    func drain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("drain", node, requester)
    }
    func undrain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted {
        try accept("undrain", node, requester)
    }

    func events(after id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord] {
        pages.withLock { $0[deployment ?? "", default: 0] += 1 }
        if let problem = failure.withLock({ $0 }) { throw problem }
        do throws(StoreError) {
            return try await store.events(after: id, deployment: deployment, limit: limit).map(EventRecord.init)
        } catch {
            throw Problem(.internal, error.message)
        }
    }
    func events(before id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord] {
        do throws(StoreError) {
            return try await store.newest(before: id, deployment: deployment, count: limit).map(EventRecord.init)
        } catch {
            throw Problem(.internal, error.message)
        }
    }
    func newestEvent(after id: Int64) async -> Int64 { await store.newestEvent(after: id) }

    func logs(of name: String, _ query: LogQuery) async throws(Problem) -> Producer<[String]> {
        let unit = query.nodeRank.map(String.init) ?? "all"
        try note("logs \(name) \(unit) \(query.generation ?? 0) \(query.lines) \(query.follow)")
        return { [self] write in
            defer { ended.withLock { $0 += 1 } }
            try await write(["one", "two"])
            try await write(["three"])
            guard query.follow else { return }
            while true {
                try await write([String](repeating: String(repeating: "x", count: 1000), count: 100))
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }
    func exec(
        _ request: ExecRequest,
        on name: String,
        by requester: Requester
    ) async throws(Problem) -> Producer<ExecRecord> {
        try note("exec \(request.command) \(request.nodes ?? []) \(name)", requester)
        return { write in
            try await write(.line(node: "n1", stream: .stdout, line: "a \"line\""))
            try await write(.failed(node: "n2", Problem(.timedOut, "no answer", node: "n2")))
            try await write(.exit(node: "n1", status: 3))
        }
    }

    func validate(_ request: FileRequest) async throws(Problem) -> RawJSON { try file("validate", request) }
    func plan(_ request: FileRequest) async throws(Problem) -> RawJSON { try file("plan", request) }
    func render(_ request: FileRequest) async throws(Problem) -> RawJSON { try file("render", request) }

    private func file(_ what: String, _ request: FileRequest) throws(Problem) -> RawJSON {
        try note("\(what) \(request.path) \(request.file)")
        return RawJSON(#"{"format":"muster.\#(what)/1"}"#)
    }
    func explain(_ code: String) async throws(Problem) -> RawJSON {
        try note("explain \(code)")
        return RawJSON(#"{"code":"x"}"#)
    }
    func schema() async throws(Problem) -> RawJSON {
        try note("schema")
        return RawJSON("{}")
    }
}

extension EventRecord {
    fileprivate init(_ stored: StoredEvent) {
        let event = stored.event
        self.init(
            id: stored.id,
            at: Timestamp(milliseconds: event.at),
            deployment: event.deployment,
            kind: event.kind,
            actor: event.actor,
            text: "event \(stored.id)",
            data: RawJSON(event.payload)
        )
    }
}

extension FakeDaemon {
    /// Records events of a deployment.
    func record(_ count: Int, of deployment: String = "llm", payload: String = "{}") async throws {
        let event = NewEvent(at: 0, deployment: deployment, kind: "unit.started", actor: "test", payload: payload)
        try await store.append([NewEvent](repeating: event, count: count))
    }
}
