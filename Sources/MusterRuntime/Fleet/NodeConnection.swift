package import MusterSSH

/// A way to a node on which commands run: an SSH connection, or something that answers as one would.
package protocol NodeConnection: Sendable {
    /// Runs a command to its end; see `SSHConnection.execute`.
    func execute(
        _ command: String,
        stdin: [UInt8],
        outputLimit: Int,
        deadline: Duration
    ) async throws(SSHError) -> SSHExecResult
    /// Starts a command and returns while it runs.
    func start(_ command: String) async throws(SSHError) -> any NodeChannel
    /// Has the node connect to a TCP port.
    func connect(host: String, port: Int) async throws(SSHError) -> any NodeChannel
    /// Writes a file whole or not at all.
    func push(_ bytes: [UInt8], to path: String, mode: UInt16, deadline: Duration) async throws(SSHError)
    func close() async
}

/// A running command, or a TCP connection made by a node.
package protocol NodeChannel: Sendable {
    /// All output that has arrived, or the next that does; nothing after the last byte.
    func read() async throws(SSHError) -> [UInt8]?
    func write(_ bytes: [UInt8]) async throws(SSHError)
    func finishInput() async throws(SSHError)
    func close() async
}

extension SSHChannel: NodeChannel {}

extension SSHConnection: NodeConnection {
    package nonisolated func start(_ command: String) async throws(SSHError) -> any NodeChannel {
        try await open(command)
    }

    package nonisolated func connect(host: String, port: Int) async throws(SSHError) -> any NodeChannel {
        try await directTCP(host: host, port: port)
    }
}
