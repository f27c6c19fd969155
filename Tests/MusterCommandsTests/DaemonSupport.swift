import Foundation
import Glibc
import MusterTesting
import Testing

/// The real daemon, as it was built beside the tests, on a directory and a socket of its own.
struct TestDaemon: Sendable {
    let scratch: Scratch
    let socket: String

    static let path = URL(filePath: Muster.path).deletingLastPathComponent().appending(path: "musterd").path

    /// Runs a test beside a daemon that answers; the daemon is gone afterwards, however the test ends.
    static func with(_ body: @escaping @Sendable (TestDaemon) async throws -> Void) async throws {
        try await withScratch { scratch in
            let daemon = TestDaemon(scratch: scratch, socket: scratch.path + "/state/api/musterd.sock")
            let home = scratch.path + "/daemon-home"
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let words = [path, "--state-dir", scratch.path + "/state"]
                    var command = LocalCommand(words, environment: ["PATH": "/usr/bin:/bin", "HOME": home])
                    command.limit = .seconds(300)
                    // It ends by being killed, which is no failure here; one that ends by itself is missed below.
                    _ = try? await command.run()
                }
                defer { group.cancelAll() }
                try await daemon.answers()
                try await body(daemon)
            }
        }
    }

    private func answers() async throws {
        for _ in 0..<400 {
            if try await muster("list").status == Code.ok { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("the daemon never answered")
    }

    /// Runs a verb that asks this daemon.
    func muster(
        _ words: String...,
        stdin: String = "",
        environment: [String: String] = [:]
    ) async throws -> LocalCommand.Result {
        try await Muster.run(words, stdin: stdin, environment.merging(["MUSTERD_SOCKET": socket]) { $1 })
    }

    /// Runs a verb whose words a table has.
    func muster(_ words: [String]) async throws -> LocalCommand.Result {
        try await Muster.run(words, ["MUSTERD_SOCKET": socket])
    }

    /// A cluster file whose one node refuses connections.
    func deadFile(_ name: String = "sample", more: String = "") throws -> String {
        let text = clusterFile(
            nodes: "{host: 127.0.0.2, name: nobody}",
            more: "ssh: {port: 9, config: /dev/null}\n\(more)"
        )
        return try scratch.write(text.replacing("name: sample", with: "name: \(name)"), to: "\(name).yaml")
    }
}

/// Somebody behind a Unix socket who is no musterd, or one with another face.
final class Impostor: Sendable {
    enum Manner: Sendable {
        /// Takes connections and says nothing.
        case silent
        /// Answers everything with this.
        case says(String)
        /// Hands everything on to another socket, and back with some words exchanged for others of the same length.
        case passesOn(to: String, replacing: String, with: String)
    }

    private let descriptor: Int32

    /// - Parameters:
    ///   - path: The socket's path.
    ///   - manner: What it does with whoever comes.
    /// - Throws: `POSIXError` when there can be no socket.
    init(at path: String, _ manner: Manner) throws {
        descriptor = try Self.bound(path)
        guard listen(descriptor, 64) == 0 else { throw POSIXError(.EIO) }
        let descriptor = descriptor
        Thread.detachNewThread {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                Thread.detachNewThread { Self.serve(peer, manner) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// A socket's file that nobody listens at any more, as a killed daemon leaves it.
    static func abandon(_ path: String) throws { close(try bound(path)) }

    private static func bound(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withAddress(path) { bind(descriptor, $0, $1) }
        guard descriptor >= 0, result == 0 else { throw POSIXError(.EIO) }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let base = pointer.baseAddress else { return -1 }
                return body(base, socklen_t(bytes.count))
            }
        }
    }

    private static func serve(_ peer: Int32, _ manner: Manner) {
        defer { close(peer) }
        switch manner {
        case .silent:
            var byte: UInt8 = 0
            while read(peer, &byte, 1) > 0 {}
        case .says(let text):
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = read(peer, &buffer, buffer.count)
            send(Array(text.utf8), to: peer)
        case .passesOn(let path, let old, let new):
            let other = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(other) }
            guard withAddress(path, { connect(other, $0, $1) }) == 0 else { return }
            exchange(peer, other, Array(old.utf8), Array(new.utf8))
        }
    }

    private static func exchange(_ peer: Int32, _ other: Int32, _ old: [UInt8], _ new: [UInt8]) {
        var ends = [peer, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while poll(&ends, 2, -1) > 0 {
            for end in ends where end.revents != 0 {
                let count = read(end.fd, &buffer, buffer.count)
                guard count > 0 else { return }
                var bytes = Array(buffer[..<count])
                if end.fd == other {
                    for start in bytes.indices where bytes[start...].starts(with: old) {
                        bytes.replaceSubrange(start..<(start + old.count), with: new)
                    }
                }
                send(bytes, to: end.fd == peer ? other : peer)
            }
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let flags = Int32(MSG_NOSIGNAL)
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// A user who is not root: the one who runs the tests, or nobody where that is root.
enum CommonUser {
    static let prefix = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

    /// Root needs a program to become somebody else with, and the one under test must be there for everybody.
    static let isThere: Bool = {
        guard geteuid() == 0 else { return true }
        let words = prefix + [Muster.path, "--version"]
        guard LocalCommand.exists("setpriv") else { return false }
        var status: Int32 = -1
        var argv = words.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, words[0], nil, nil, &argv, environ) == 0 else { return false }
        waitpid(process, &status, 0)
        return status == 0
    }()

    static func muster(_ words: [String], _ environment: [String: String]) async throws -> LocalCommand.Result {
        let all = Muster.environment.merging(environment) { $1 }
        return try await LocalCommand(prefix + [Muster.path] + words, environment: all).run()
    }
}
