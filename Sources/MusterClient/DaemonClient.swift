import AsyncHTTPClient
import NIOCore
import Synchronization

/// The one typed client of the daemon's API.
package final class DaemonClient: Sendable {
    /// Three heartbeats of the daemon.
    private static let longestSilence = TimeAmount.seconds(45)

    package let address: DaemonAddress
    let release: String
    /// How long an answer may take that is no stream.
    let deadline: Duration
    /// For answers that come at once.
    let http: HTTPClient
    /// For event streams, which say something every now and then.
    let eventHTTP: HTTPClient
    private let lastSkew = Mutex<VersionSkew?>(nil)

    private init(_ address: DaemonAddress, release: String, deadline: Duration) {
        self.address = address
        self.release = release
        self.deadline = deadline
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Whether a daemon is there has to be known at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than the daemon keeps them, so that none is used while it is being closed.
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = Self.longestSilence
        eventHTTP = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Asks a daemon; nothing is connected before the first question.
    ///
    /// - Parameters:
    ///   - address: Where the daemon listens.
    ///   - release: This program's release, for the daemon to see.
    ///   - deadline: How long an answer may take that is no stream.
    ///   - body: What to ask.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    package static func with<Value: Sendable>(
        _ address: DaemonAddress,
        release: String,
        deadline: Duration = .seconds(30),
        _ body: (DaemonClient) async throws -> Value
    ) async throws -> Value {
        let client = DaemonClient(address, release: release, deadline: deadline)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }

    private func close() async {
        // Whatever it says: nothing is asked any more.
        try? await http.shutdown()
        try? await eventHTTP.shutdown()
    }

    /// The last answer's release, where it is another one than this program's.
    package var skew: VersionSkew? { lastSkew.withLock { $0 } }

    func note(daemon version: String) {
        let skew = version == release ? nil : VersionSkew(client: release, daemon: version)
        lastSkew.withLock { $0 = skew }
    }
}
