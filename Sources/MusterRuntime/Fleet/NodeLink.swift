import Logging
package import MusterPlan
import MusterSSH
package import MusterSpec

/// The way to one node: a connection, and calls of the node script over it.
package actor NodeLink {
    package nonisolated let node: PlannedNode
    private let connect: @Sendable () async throws(RuntimeError) -> any NodeConnection
    private var connection: (any NodeConnection)?
    private var calls = 0

    /// - Parameters:
    ///   - node: The node.
    ///   - connect: Opens a new connection; called once at the start and again for each reconnection.
    package init(_ node: PlannedNode, connect: @escaping @Sendable () async throws(RuntimeError) -> any NodeConnection)
    {
        self.node = node
        self.connect = connect
    }

    /// Opens a connection, in place of the one there is.
    package func open() async throws(RuntimeError) {
        let old = connection
        connection = nil
        if let old { await old.close() }
        connection = try await connect()
    }

    package func close() async {
        let old = connection
        connection = nil
        await old?.close()
    }

    /// The connection, as long as nobody closed it.
    package func live() throws(RuntimeError) -> any NodeConnection {
        guard let connection else {
            throw RuntimeError(.connectionLost, "there is no connection", node: node.name, hint: "try again")
        }
        return connection
    }

    // MARK: Calls

    /// Runs a verb of the node script and reads its answer. Pushes the script first where it is missing.
    ///
    /// - Throws: What went wrong on the way; a refusal of the script itself is in the answer.
    package func call(
        _ words: [String],
        stdin: [UInt8] = [],
        deadline: Duration
    ) async throws(RuntimeError) -> NodeReply {
        let connection = try live()
        for attempt in 0..<2 {
            let nonce = nextNonce()
            let line = NodeCommand.line(script: NodeScript.path(in: node.stateDirectory), nonce: nonce, words: words)
            let result: SSHExecResult
            do throws(SSHError) {
                result = try await connection.execute(line, stdin: stdin, outputLimit: 16 << 20, deadline: deadline)
            } catch {
                throw RuntimeError(error, node: node.name)
            }
            if let reply = NodeReply(output: result.stdout, nonce: nonce) { return reply }
            guard attempt == 0, NodeReply.needsScript(result.stdout) else { throw unreadable(result, words) }
            try await pushScript(over: connection)
        }
        throw RuntimeError(
            .nodeScriptFailed,
            "the node script cannot be found again after it was pushed",
            node: node.name
        )
    }

    /// Opens the long-lived channel of a deployment. The owner holds the lock while it is open; without one it only
    /// watches.
    package func watch(_ deployment: DeploymentName, owner: String?) async throws(RuntimeError) -> NodeWatch {
        let connection = try live()
        let nonce = nextNonce()
        let words = ["watch", deployment.value, owner ?? "-"]
        let line = NodeCommand.line(script: NodeScript.path(in: node.stateDirectory), nonce: nonce, words: words)
        do throws(SSHError) {
            return NodeWatch(channel: try await connection.start(line), nonce: nonce, node: node.name)
        } catch {
            throw RuntimeError(error, node: node.name)
        }
    }

    /// Puts the node script where calls look for it.
    package func pushScript(over connection: any NodeConnection) async throws(RuntimeError) {
        do throws(SSHError) {
            let path = NodeScript.path(in: node.stateDirectory)
            try await connection.push(NodeScript.bytes, to: path, mode: 0o700, deadline: .seconds(20))
        } catch {
            throw RuntimeError(error, node: node.name)
        }
    }

    private func nextNonce() -> String {
        calls += 1
        // Not a secret: it only has to differ from what a login shell prints and from the call before.
        return "c\(calls)-\(UInt32.random(in: .min ... .max))"
    }

    private func unreadable(_ result: SSHExecResult, _ words: [String]) -> RuntimeError {
        let said = (result.errorText + "\n" + result.text).split(whereSeparator: \.isNewline).suffix(6).map(String.init)
        let exit =
            switch result.exit {
            case .status(let status): "status \(status)"
            case .signal(let name): "signal \(name)"
            }
        return RuntimeError(
            .nodeScriptFailed,
            "`\(words.first ?? "")` gave no answer (\(exit))",
            node: node.name,
            details: said,
            hint: "check that `ssh \(node.host) sh -c true` works and prints nothing"
        )
    }
}
