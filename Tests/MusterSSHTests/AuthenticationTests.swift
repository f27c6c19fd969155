import Foundation
import Glibc
import MusterSSH
import MusterTesting
import Synchronization
import Testing

@Suite("Authenticating", .timeLimit(.minutes(1)))
struct AuthenticationTests {
    @Test("a key the server does not know is refused, and the message names it, the user and the server's methods")
    func refused() async throws {
        try await withServer { server in
            let key = server.directory + "/stranger"
            try SSHServer.keygen(["-t", "ed25519", "-f", key])
            var target = try server.target()
            target.identityFiles = [key]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .authenticationRefused)
            #expect(error.message.contains(key))
            #expect(error.message.contains("`\(testUser)`"))
            #expect(error.message.contains("publickey"))
        }
    }

    @Test("the second key is tried when the first is refused")
    func secondKey() async throws {
        try await withServer { server in
            let key = server.directory + "/stranger"
            try SSHServer.keygen(["-t", "ed25519", "-f", key])
            var target = try server.target()
            target.identityFiles = [server.directory + "/absent", key, server.identity]
            await (try SSHConnection.connect(to: target)).close()
        }
    }

    @Test("a refused RSA key is explained by the library's age, even if it is authorised")
    func rsa() async throws {
        try await withServer { server in
            let key = server.directory + "/rsa"
            try SSHServer.keygen(["-t", "rsa", "-b", "2048", "-f", key])
            let keys = try SSHServer.read(key + ".pub")
            try keys.write(toFile: server.directory + "/authorized_keys", atomically: true, encoding: .utf8)
            var target = try server.target()
            target.identityFiles = [key]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .rsaKeyRefusedByLibraryAge)
            #expect(error.hint?.contains("ed25519") == true)
        }
    }

    @Test("an encrypted key is not tried; the hint is ssh-add", arguments: [[], ["-m", "PEM", "-t", "ecdsa"]])
    func encrypted(format: [String]) async throws {
        try await withServer { server in
            let key = server.directory + "/locked"
            let type = format.isEmpty ? ["-t", "ed25519"] : format
            try SSHServer.keygen(type + ["-N", "secret", "-f", key])
            var target = try server.target()
            target.identityFiles = [key]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .keyNeedsPassphrase)
            #expect(error.hint?.contains("ssh-add") == true)
        }
    }

    @Test("a key file that holds no key is unreadable")
    func unreadable() async throws {
        try await withServer { server in
            var target = try server.target()
            target.identityFiles = [server.identity + ".pub"]
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .keyUnreadable)
            #expect(error.hint?.contains("without `.pub`") == true)
        }
    }

    @Test("an agent's key authenticates, without any key file")
    func agent() async throws {
        try await withServer { server in
            let socket = server.directory + "/agent"
            let agent = try SSHServer.spawn("/usr/bin/ssh-agent", ["-D", "-a", socket], log: "/dev/null")
            defer { stop(agent) }
            // The socket is there a moment before the agent listens on it.
            try await eventually {
                let arguments = ["SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", server.identity]
                return try SSHServer.run("/usr/bin/env", arguments) == 0
            }
            var target = try server.target()
            target.identityFiles = []
            target.agentSocket = socket
            let connection = try await SSHConnection.connect(to: target)
            #expect(try await connection.execute("echo in", deadline: .seconds(10)).text == "in\n")
            await connection.close()
        }
    }

    @Test("an agent that takes forever to sign holds up its own connection only")
    func slowAgent() async throws {
        try await withServer { server in
            let socket = server.directory + "/slow"
            let fd = try listen(at: socket)
            defer { close(fd) }
            // One loop, so that the live connection shares its thread with the one that waits for the agent.
            let group = SSHLoopGroup(loops: 1)
            let live = try await SSHConnection.connect(to: try server.target(), group: group)
            let target = try patient(server, agent: socket)
            let error = try await failure {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { _ = try await connect(target, group) }
                    let asked = try listKeyOnce(of: server, on: fd)
                    try await eventually { asked.isSet }
                    for _ in 0..<5 { _ = try await live.execute("true", deadline: .seconds(10)) }
                    tasks.cancelAll()
                    try await tasks.waitForAll()
                }
            }
            #expect(error.code == .cancelled)
            await live.close()
        }
    }

    @Test("key files are tried after an agent that does not answer, and without any the agent is blamed")
    func hungAgent() async throws {
        try await withServer { server in
            let socket = server.directory + "/hung"
            let fd = try listen(at: socket)
            defer { close(fd) }
            var target = try server.target(agent: socket)
            await (try SSHConnection.connect(to: target)).close()
            target.identityFiles = []
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .agentFailed)
        }
    }

    /// A target that times out only when something hangs.
    private func patient(_ server: SSHServer, agent: String) throws -> SSHTarget {
        var target = try server.target(agent: agent)
        target.connectTimeout = .seconds(50)
        return target
    }

    /// Serves one conversation: lists the server's user key, and then leaves the request to sign unanswered, which sets
    /// the returned flag. A thread of its own, because the client gives an agent little time to list its keys.
    private func listKeyOnce(of server: SSHServer, on listener: Int32) throws -> SharedFlag {
        let words = try SSHServer.read(server.identity + ".pub").split(separator: " ")
        let key = try #require(Data(base64Encoded: String(words[1])))
        func word(_ value: Int) -> [UInt8] { [0, 0, UInt8(value / 256), UInt8(value % 256)] }
        let body = [12] + word(1) + word(key.count) + [UInt8](key) + word(0)
        let message = word(body.count) + body
        let asked = SharedFlag()
        Thread.detachNewThread {
            let agent = accept(listener, nil, nil)
            defer { close(agent) }
            var request = [UInt8](repeating: 0, count: 4096)
            guard recv(agent, &request, request.count, 0) == 5 else { return }
            send(agent, message, message.count, Int32(MSG_NOSIGNAL))
            guard recv(agent, &request, request.count, 0) > 5 else { return }
            asked.set()
            // Until the client hangs up.
            _ = recv(agent, &request, request.count, 0)
        }
        return asked
    }

    private func connect(_ target: SSHTarget, _ group: SSHLoopGroup) async throws -> SSHConnection {
        try await SSHConnection.connect(to: target, group: group)
    }

    /// A socket that connections queue up on and nobody serves.
    private func listen(at path: String) throws -> Int32 {
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) + Glibc.listen(fd, 8)
            }
        }
        try #require(code == 0)
        return fd
    }

    private func stop(_ process: pid_t) {
        var status: Int32 = 0
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
    }
}

/// A flag that another thread sets.
final class SharedFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
