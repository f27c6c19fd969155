/// Sends something piece by piece, as fast as it is taken and not faster.
///
/// It runs within the request that asked: its task is cancelled when the client goes away or the daemon stops, and
/// whatever it opened is closed when it returns or throws.
package typealias Producer<Element> =
    @Sendable (
        _ write: @escaping @Sendable (Element) async throws -> Void
    ) async throws -> Void

/// What the daemon does, one method for each operation of the API.
///
/// Reading takes no more than a look at what the daemon knows. Whatever changes something takes the one who asks, who
/// is named in the event that records it.
package protocol DaemonService: Sendable {
    func version() async -> DaemonVersion
    func health() async -> DaemonHealth
    /// The Prometheus exposition.
    func metrics() async -> String

    func deployments() async throws(Problem) -> [DeploymentSummary]
    func deployment(_ name: String) async throws(Problem) -> DeploymentDetail
    /// The document `muster.status/1`.
    func status(of name: String) async throws(Problem) -> RawJSON
    func up(_ name: String, _ request: UpRequest, by requester: Requester) async throws(Problem) -> Accepted
    func down(_ name: String, by requester: Requester) async throws(Problem) -> Accepted
    func restart(_ name: String, _ request: RestartRequest, by requester: Requester) async throws(Problem) -> Accepted
    func pause(_ name: String, by requester: Requester) async throws(Problem) -> Accepted
    func resume(_ name: String, by requester: Requester) async throws(Problem) -> Accepted
    /// Forgets a deployment that is down.
    func forget(_ name: String, by requester: Requester) async throws(Problem)

    func nodes() async throws(Problem) -> [NodeSummary]
    func drain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted
    func undrain(_ node: String, by requester: Requester) async throws(Problem) -> Accepted

    /// A page of events, oldest first.
    func events(after id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord]
    /// The newest events before one, oldest first.
    func events(before id: Int64, of deployment: String?, limit: Int) async throws(Problem) -> [EventRecord]
    /// Returns the newest event's id as soon as it is greater than the given one, or when the task is cancelled.
    func newestEvent(after id: Int64) async -> Int64

    /// The lines of a log, as they come.
    func logs(of name: String, _ query: LogQuery) async throws(Problem) -> Producer<[String]>
    /// Runs a command on nodes.
    func exec(
        _ request: ExecRequest,
        on name: String,
        by requester: Requester
    ) async throws(Problem) -> Producer<ExecRecord>

    /// The document `muster.validate/1`.
    func validate(_ request: FileRequest) async throws(Problem) -> RawJSON
    /// The document `muster.plan/1`.
    func plan(_ request: FileRequest) async throws(Problem) -> RawJSON
    /// The document `muster.render/1`.
    func render(_ request: FileRequest) async throws(Problem) -> RawJSON
    /// The page of a diagnostic code.
    func explain(_ code: String) async throws(Problem) -> RawJSON
    /// The JSON Schema of the cluster file.
    func schema() async throws(Problem) -> RawJSON
}
