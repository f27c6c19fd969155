import Foundation
import MusterSSH
import MusterTesting
import Testing

@Suite("Checking host keys", .timeLimit(.minutes(1)))
struct HostKeyTests {
    @Test("a strict target refuses an unknown host and shows its fingerprint")
    func unknown() async throws {
        try await withServer { server in
            var target = try server.target()
            target.knownHostsFiles = [server.directory + "/absent"]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .hostKeyUnknown)
            #expect(error.message.contains("`SHA256:"))
        }
    }

    @Test("a changed key is refused with both fingerprints, the file and the line")
    func changed() async throws {
        try await withServer { server in
            let other = try SSHServer()
            defer { other.stop() }
            var target = try server.target()
            let file = try server.knownHosts("[127.0.0.1]:\(server.port)", keysOf: other)
            target.knownHostsFiles = [file]
            target.hostKeys = .acceptNew
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .hostKeyChanged)
            #expect(error.message.components(separatedBy: "SHA256:").count == 3)
            #expect(error.message.contains("\(file):1"))
        }
    }

    @Test("a revoked key is refused although another line accepts it")
    func revoked() async throws {
        try await withServer { server in
            var target = try server.target()
            let file = server.directory + "/revoked"
            let line = try server.hostKeyLines()
            try (line + "@revoked " + line).write(toFile: file, atomically: true, encoding: .utf8)
            target.knownHostsFiles = [file]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .hostKeyRevoked)
            #expect(error.message.contains("\(file):2"))
        }
    }

    @Test("a name hashed by ssh-keygen is found")
    func hashed() async throws {
        try await withServer { server in
            let file = try server.knownHosts()
            #expect(try SSHServer.run("/usr/bin/ssh-keygen", ["-q", "-H", "-f", file]) == 0)
            var target = try server.target()
            target.knownHostsFiles = [file]
            #expect(try SSHServer.read(file).hasPrefix("|1|"))
            let connection = try await SSHConnection.connect(to: target)
            #expect(await connection.hostKeyFingerprint.hasPrefix("SHA256:"))
            await connection.close()
        }
    }

    @Test("accepting new keys adds a host once, however many connections meet it")
    func acceptNew() async throws {
        try await withServer { server in
            var target = try server.target()
            let file = server.directory + "/new/known_hosts"
            target.knownHostsFiles = [file]
            target.hostKeys = .acceptNew
            try await withThrowingTaskGroup(of: Void.self) { [target] group in
                for _ in 0..<4 {
                    group.addTask { await (try SSHConnection.connect(to: target)).close() }
                }
                try await group.waitForAll()
            }
            #expect(try SSHServer.read(file).split(separator: "\n").count == 1)
            target.hostKeys = .strict
            await (try SSHConnection.connect(to: target)).close()
        }
    }

    @Test("a host known by its ecdsa key is asked for that key, not for a new one")
    func prefersKnownType() async throws {
        try await withServer(hostKeys: ["ed25519", "ecdsa"]) { server in
            let lines = try server.hostKeyLines().split(separator: "\n").filter { $0.contains("ecdsa") }
            let file = server.directory + "/ecdsa_only"
            try (lines.joined() + "\n").write(toFile: file, atomically: true, encoding: .utf8)
            var target = try server.target()
            target.knownHostsFiles = [file]
            await (try SSHConnection.connect(to: target)).close()
        }
    }
}
