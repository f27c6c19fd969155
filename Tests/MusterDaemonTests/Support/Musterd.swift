import Foundation
import Glibc
import MusterAPI
import MusterClient
import MusterSpec
import MusterTesting
import Synchronization
import Testing

/// A real `musterd` that runs beside the test, with a state directory of its own.
final class Musterd: Sendable {
    /// It lies beside the tests that were built with it.
    static let program: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "musterd").path
    }()

    /// What the daemon finds in its environment, unless a test says otherwise.
    static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]

    let state: String
    let pid: pid_t
    private let logFile: String
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - state: The state directory.
    ///   - settings: A settings file's path.
    ///   - environment: Further variables.
    ///   - arguments: Further arguments.
    ///   - shell: A line of shell that runs instead, with the daemon's words as `"$@"`.
    /// - Throws: `NotThere` where it cannot be started.
    init(
        _ state: String,
        settings: String? = nil,
        _ environment: [String: String] = [:],
        arguments: [String]? = nil,
        shell: String? = nil
    ) throws {
        self.state = state
        logFile = "/tmp/muster-test-log-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let words =
            (shell.map { ["/bin/sh", "-c", $0, "sh"] } ?? []) + [Self.program]
            + (settings.map { ["--config", $0] } ?? []) + (arguments ?? ["--state-dir", state])
        pid = try Self.spawn(words, Self.environment.merging(environment) { $1 }, log: logFile)
    }

    /// All that it has said.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }
    var lines: [String] { log.split(separator: "\n").map(String.init) }
    var socket: String { "\(state)/api/musterd.sock" }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// The shell's status of its end; nothing while it runs.
    private var end: Int32? {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
            status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
            return status
        }
    }

    /// Waits for its end, and returns its status.
    func ended(within limit: Duration = .seconds(30)) async throws -> Int32 {
        try await eventually("musterd has ended", within: limit) { end != nil }
        return end ?? -1
    }

    /// Asks it to end, and expects that it does.
    func stop(_ signal: Int32 = SIGTERM, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        send(signal)
        let status = try await ended()
        #expect(status == 0, "\(log)", sourceLocation: sourceLocation)
    }

    /// Expects that it answers, and that it is this one.
    func answers(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answered = try await ask { try await $0.version() }.pid
        #expect(answered == pid, sourceLocation: sourceLocation)
    }

    /// Waits until it takes requests.
    func serving() async throws {
        try await eventually("musterd serves; it said:\n\(log)") {
            if let end { throw NotThere("musterd ended with \(end):\n\(log)") }
            return (try? await ask { try await $0.version() }) != nil
        }
    }

    func ask<Value: Sendable>(_ question: (DaemonClient) async throws -> Value) async throws -> Value {
        try await DaemonClient.with(.socket(socket), release: Release.version, deadline: .seconds(20), question)
    }

    /// Ends it if it still runs, and removes its log.
    func dispose() {
        if end == nil {
            send(SIGKILL)
            var raw: Int32 = 0
            waitpid(pid, &raw, 0)
        }
        unlink(logFile)
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) async throws -> LocalCommand.Result {
        try await LocalCommand([program] + arguments, environment: Self.environment.merging(environment) { $1 }).run()
    }

    private static func spawn(_ words: [String], _ environment: [String: String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What the test process ignores and blocks, a service neither ignores nor blocks.
        var (every, none) = (sigset_t(), sigset_t())
        sigfillset(&every)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var argv = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var child: pid_t = 0
        guard posix_spawn(&child, words[0], &actions, &attributes, &argv, &variables) == 0 else {
            throw NotThere("`\(words[0])` cannot be started")
        }
        return child
    }
}

/// Runs a test with a daemon that takes requests, which is gone however the test ends.
func withMusterd<Value>(
    _ state: String,
    settings: String? = nil,
    _ environment: [String: String] = [:],
    arguments: [String]? = nil,
    shell: String? = nil,
    _ body: (Musterd) async throws -> Value
) async throws -> Value {
    let daemon = try Musterd(state, settings: settings, environment, arguments: arguments, shell: shell)
    defer { daemon.dispose() }
    if arguments == nil { try await daemon.serving() }
    return try await body(daemon)
}

/// What was waited for did not come.
struct NotThere: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Looks again and again until something is so.
func eventually(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(30),
    _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw NotThere("not within \(limit): \(what())") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
