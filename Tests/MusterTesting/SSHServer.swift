import Foundation
package import Glibc

/// A real `sshd` for one test: on a free port of 127.0.0.1, with keys and files of its own in a scratch directory.
///
/// Runs as the user who runs the tests; nothing of the machine's SSH configuration is read or changed.
package final class SSHServer: Sendable {
    /// Host keys, user keys, configuration and log; removed by `stop()`.
    package let directory: String
    /// The port of 127.0.0.1.
    package let port: Int
    /// The private key that `authorized_keys` names.
    package let identity: String
    private let process: pid_t

    /// Starts a server with additional lines of configuration, ahead of the defaults, so that they win.
    package init(_ extra: [String] = [], hostKeys: [String] = ["ed25519"]) throws {
        directory = try Self.scratchDirectory()
        identity = directory + "/user"
        for type in hostKeys { try Self.keygen(["-t", type, "-f", directory + "/host_" + type]) }
        try Self.keygen(["-t", "ed25519", "-f", identity])
        try Self.read(identity + ".pub").write(
            toFile: directory + "/authorized_keys",
            atomically: true,
            encoding: .utf8
        )
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        (port, process) = try Self.launch(extra, hostKeys, directory)
    }

    /// Stops the server with all its sessions, and removes its directory.
    package func stop() {
        // Sessions and their commands have process groups of their own, so the tree is walked.
        for descendant in Self.descendants(of: process) { kill(descendant, SIGKILL) }
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// A known-hosts file with the given names for the server's keys, or for those of another server.
    package func knownHosts(_ names: String? = nil, keysOf other: SSHServer? = nil) throws -> String {
        let path = directory + "/known_hosts_\(UInt32.random(in: 0...UInt32.max))"
        try hostKeyLines(names, keysOf: other).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The lines of such a file.
    package func hostKeyLines(_ names: String? = nil, keysOf other: SSHServer? = nil) throws -> String {
        let source = (other ?? self).directory
        let files = try FileManager.default.contentsOfDirectory(atPath: source).sorted()
        return try files.filter { $0.hasPrefix("host_") && $0.hasSuffix(".pub") }.map { file in
            let words = try Self.read(source + "/" + file).split(separator: " ")
            return "\(names ?? "[127.0.0.1]:\(port)") \(words[0]) \(words[1])\n"
        }.joined()
    }

    /// What the server logged so far.
    package var log: String { (try? Self.read(directory + "/log")) ?? "" }

    /// Process ids of the connections being served (the listener's children).
    package func sessions() -> [pid_t] { Self.children(of: process) }

    private static func descendants(of parent: pid_t) -> [pid_t] {
        children(of: parent).flatMap { [$0] + descendants(of: $0) }
    }

    /// The children of a process, as `/proc` tells them.
    package static func children(of parent: pid_t) -> [pid_t] {
        let text = (try? read("/proc/\(parent)/task/\(parent)/children")) ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Makes a key pair without a passphrase, or as the arguments say.
    package static func keygen(_ arguments: [String]) throws {
        let quiet = arguments.contains("-N") ? ["-q"] : ["-q", "-N", ""]
        guard try run("/usr/bin/ssh-keygen", quiet + arguments) == 0 else { throw SSHServerFailure("ssh-keygen") }
    }

    package static func run(_ path: String, _ arguments: [String]) throws -> Int32 {
        let process = try spawn(path, arguments, log: "/dev/null")
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status
    }

    package static func scratchDirectory() throws -> String {
        var template = Array("/tmp/muster-ssh-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SSHServerFailure("mkdtemp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}

/// Why a server could not be started.
package struct SSHServerFailure: Error, CustomStringConvertible {
    package let description: String
    init(_ what: String) { description = "\(what) failed" }
}
