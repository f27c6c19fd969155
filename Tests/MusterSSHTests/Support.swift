import Glibc
import MusterSSH
import MusterTesting
import Testing

/// The account that the tests run under, and so the only one an unprivileged sshd can log in.
let testUser = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"

extension SSHServer {
    /// A target for this server that works, to be changed by a test.
    func target(agent: String? = nil) throws -> SSHTarget {
        SSHTarget(
            host: "127.0.0.1",
            port: port,
            user: testUser,
            alias: "node",
            identityFiles: [identity],
            agentSocket: agent,
            knownHostsFiles: [try knownHosts()],
            connectTimeout: .seconds(10)
        )
    }
}

/// Runs a test against a server of its own, which is stopped however the test ends.
func withServer<Value>(
    _ extra: [String] = [],
    hostKeys: [String] = ["ed25519"],
    _ body: (SSHServer) async throws -> Value
) async throws -> Value {
    let server = try SSHServer(extra, hostKeys: hostKeys)
    defer { server.stop() }
    return try await body(server)
}

/// Runs a test on a connection that is closed however the test ends.
func withConnection<Value>(
    _ extra: [String] = [],
    _ body: (SSHConnection, SSHServer) async throws -> Value
) async throws -> Value {
    try await withServer(extra) { server in
        let connection = try await SSHConnection.connect(to: try server.target())
        do {
            let value = try await body(connection, server)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// The error of an operation that must fail.
func failure(
    _ body: () async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> SSHError {
    let error = await #expect(throws: SSHError.self, sourceLocation: sourceLocation) { try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// Waits until something that another process does is visible, looking every few milliseconds.
func eventually(
    within limit: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < end, "not seen within \(limit)", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension SSHServer {
    /// Whether a command's shell is running: it is a grandchild of the listener.
    var runsCommand: Bool { sessions().contains { !SSHServer.children(of: $0).isEmpty } }
}
