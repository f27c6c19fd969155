import AsyncHTTPClient
package import MusterAPI

extension DaemonClient {
    /// A page of events, oldest first.
    ///
    /// - Parameters:
    ///   - id: The last event already known; 0 from the beginning.
    ///   - deployment: Only this one's.
    ///   - limit: At most so many, and at most 1000.
    /// - Returns: The page, with what to ask for next.
    /// - Throws: `ClientError`.
    package func events(
        after id: Int64,
        of deployment: String? = nil,
        limit: Int = 100
    ) async throws(ClientError) -> EventPage {
        var request = Self.events(of: deployment)
        request.query = [("after", "\(id)"), ("limit", "\(limit)")]
        return try await resource(request)
    }

    /// The newest events before one, oldest first.
    ///
    /// - Parameters:
    ///   - id: The first event already known; the greatest number for the newest of all.
    ///   - deployment: Only this one's.
    ///   - limit: At most so many, and at most 1000.
    /// - Returns: The page, with what to ask for to go on behind it.
    /// - Throws: `ClientError`.
    package func events(
        before id: Int64,
        of deployment: String? = nil,
        limit: Int = 100
    ) async throws(ClientError) -> EventPage {
        var request = Self.events(of: deployment)
        request.query = [("before", "\(id)"), ("limit", "\(limit)")]
        return try await resource(request)
    }

    /// Events as they happen, each once and in order, also across a restart of the daemon.
    ///
    /// - Parameters:
    ///   - id: The last event already known.
    ///   - deployment: Only this one's.
    ///   - patience: For how long the daemon may be away.
    /// - Returns: The events; they end only by an error or by cancelling.
    package func follow(
        after id: Int64,
        of deployment: String? = nil,
        patience: Duration = .seconds(30)
    ) -> EventSequence {
        EventSequence(client: self, deployment: deployment, after: id, patience: patience)
    }

    /// Lines of logs, as they come.
    ///
    /// - Parameters:
    ///   - name: The deployment.
    ///   - query: Which lines of which units.
    /// - Returns: The lines.
    /// - Throws: `ClientError`.
    package func logs(of name: String, _ query: LogQuery) async throws(ClientError) -> LineSequence {
        var request = DaemonRequest(.logs, name)
        request.query = [("lines", "\(query.lines)"), ("follow", "\(query.follow)")]
        if let replica = query.replica { request.query.append(("replica", "\(replica)")) }
        if let generation = query.generation { request.query.append(("generation", "\(generation)")) }
        if let rank = query.nodeRank { request.query.append(("node_rank", "\(rank)")) }
        return LineSequence(try await stream(request, http).body, address)
    }

    /// Runs a command on nodes.
    ///
    /// - Parameters:
    ///   - request: The command.
    ///   - name: The deployment.
    /// - Returns: Lines and ends, as they come.
    /// - Throws: `ClientError`.
    package func exec(_ request: ExecRequest, on name: String) async throws(ClientError) -> ExecSequence {
        let body = try await stream(DaemonRequest(.exec, name).with(request), http).body
        return ExecSequence(lines: LineSequence(body, address), address: address)
    }

    static func events(of deployment: String?) -> DaemonRequest {
        deployment.map { DaemonRequest(.deploymentEvents, $0) } ?? DaemonRequest(.events)
    }
}
