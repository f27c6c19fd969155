import MusterAPI
import MusterClient
import MusterRuntime
import MusterSpec

/// A command on the nodes through a daemon, which tells lines and ends as they come.
enum KeptExec {
    /// To hear from the daemon which nodes did not answer in time.
    static let grace = Duration.seconds(15)

    /// - Parameters:
    ///   - request: The command.
    ///   - name: The deployment.
    ///   - limit: How long all of it may take.
    ///   - client: The daemon.
    /// - Returns: One answer for each node, in the order of the nodes' first words.
    /// - Throws: `ClientError`, and `RuntimeError` when it takes too long.
    static func answers(
        _ request: ExecRequest,
        on name: String,
        within limit: Duration,
        _ client: DaemonClient
    ) async throws -> [NodeAnswer] {
        try await withThrowingTaskGroup(of: [NodeAnswer].self) { group in
            group.addTask { try await collect(request, on: name, client) }
            group.addTask {
                try await Task.sleep(for: limit)
                let text = "no answer within \(ElapsedText.text(limit)); the command may still run there"
                throw RuntimeError(.connectionTimedOut, text, hint: "give it more time with --timeout")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private static func collect(
        _ request: ExecRequest,
        on name: String,
        _ client: DaemonClient
    ) async throws -> [NodeAnswer] {
        var order: [String] = []
        var outputs: [String: NodeAnswer.Output] = [:]
        var failures: [String: RuntimeError] = [:]
        for try await record in try await client.exec(request, on: name) {
            let node = record.node
            if !order.contains(node) { order.append(node) }
            var output = outputs[node] ?? NodeAnswer.Output(stdout: [], stderr: "")
            switch record {
            case .line(_, .stdout, let line): output.stdout += Array((line + "\n").utf8)
            case .line(_, .stderr, let line): output.stderr += line + "\n"
            case .exit(_, let status): output.status = status
            case .failed(_, let problem): failures[node] = problem.runtimeErrors.first
            }
            outputs[node] = output
        }
        return order.map { node in
            if let error = failures[node] { return NodeAnswer(node: node, result: .failure(error)) }
            guard let output = outputs[node], output.status != nil else {
                let error = RuntimeError(.connectionLost, "the daemon does not know how the command ended", node: node)
                return NodeAnswer(node: node, result: .failure(error))
            }
            return NodeAnswer(node: node, result: .success(output))
        }
    }
}

extension ExecRecord {
    /// Whose word it is.
    fileprivate var node: String {
        switch self {
        case .line(let node, _, _), .exit(let node, _), .failed(let node, _): node
        }
    }
}
