import Glibc
import Logging
import MusterClient
import MusterMetrics
import MusterTesting
import ServiceLifecycle
import Testing

@testable import MusterServer

/// A server that takes requests, for as long as a test needs it.
struct RunningServer: Sendable {
    let daemon: FakeDaemon
    let settings: ServerSettings
    /// The port of the TCP listener, where there is one.
    let port: Int
    /// Ends it as `systemctl stop` would.
    let stop: @Sendable () async -> Void

    var address: DaemonAddress { .socket(settings.socket) }

    /// Asks it, with the client's own types.
    func withClient<Value: Sendable>(
        release: String = "9.9.9",
        deadline: Duration = .seconds(20),
        _ body: (DaemonClient) async throws -> Value
    ) async throws -> Value {
        try await DaemonClient.with(address, release: release, deadline: deadline, body)
    }

    /// A connection to its socket, byte by byte.
    func connect() throws -> RawConnection { try RawConnection(settings.socket) }
}

/// Runs a server on a socket of a scratch directory. How it ends is part of every test: by itself, and soon.
func withServer<Value: Sendable>(
    _ daemon: FakeDaemon,
    in directory: String,
    settings change: (inout ServerSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (RunningServer) async throws -> Value
) async throws -> Value {
    var settings = ServerSettings(socket: directory + "/run/musterd.sock")
    change(&settings)
    let (listeners, continuation) = AsyncStream.makeStream(of: APIServer.Listener.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = APIServer(
        daemon,
        settings: settings,
        version: "9.9.9",
        metrics: daemon.registry,
        logger: logger,
        listening: { continuation.yield($0) }
    )
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    return try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask {
            defer { continuation.finish() }
            try await group.run()
            return nil
        }
        tasks.addTask { [settings] in
            var port = 0
            var left = settings.tcp == nil ? 1 : 2
            for await listener in listeners {
                if case .tcp(_, let bound) = listener { port = bound }
                left -= 1
                if left == 0 { break }
            }
            guard left == 0 else { return nil }
            let stop: @Sendable () async -> Void = { await group.triggerGracefulShutdown() }
            let running = RunningServer(daemon: daemon, settings: settings, port: port, stop: stop)
            let result: Result<Value, any Error>
            do { result = .success(try await body(running)) } catch { result = .failure(error) }
            await stop()
            return try result.get()
        }
        var value: Value?
        for try await result in tasks { value = result ?? value }
        return try #require(value)
    }
}

/// The same with a directory and a daemon of its own.
func withServer<Value: Sendable>(
    settings change: (inout ServerSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (RunningServer) async throws -> Value
) async throws -> Value {
    try await withScratch { try await withServer(FakeDaemon(), in: $0.path, settings: change, body) }
}

/// Why a server with these settings does not begin.
func refusal(_ settings: ServerSettings) async -> ServerError? {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    do {
        let daemon = try FakeDaemon()
        try await APIServer(daemon, settings: settings, version: "1", metrics: MetricsRegistry(), logger: logger).run()
        Issue.record("it ended without an error")
    } catch let error as ServerError {
        return error
    } catch {
        Issue.record("\(error)")
    }
    return nil
}

/// Waits for what another task brings about, and fails where it does not.
func eventually(
    within limit: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("it did not come about within \(limit)", sourceLocation: sourceLocation)
}
