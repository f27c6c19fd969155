import Glibc
import MusterSSH
import MusterTesting
import Testing

@Suite("Channels, forwards and jumps", .timeLimit(.minutes(1)))
struct ChannelTests {
    @Test("a long-lived channel echoes what is written, ends at the end of its input and reports its exit")
    func echo() async throws {
        try await withConnection { connection, _ in
            let channel = try await connection.open("cat; echo err >&2; exit 3")
            try await channel.write(Array("one".utf8))
            #expect(try await channel.read() == Array("one".utf8))
            try await channel.write(Array("two".utf8))
            #expect(try await channel.read() == Array("two".utf8))
            try await channel.finishInput()
            #expect(try await channel.read() == nil)
            #expect(try await channel.exit() == .status(3))
            #expect(await channel.standardError() == Array("err\n".utf8))
            await channel.close()
        }
    }

    @Test("a command blocks while nobody reads, other channels go on, and nothing is lost")
    func backPressure() async throws {
        try await withConnection { connection, _ in
            let channel = try await connection.open("head -c 8000000 /dev/zero")
            for _ in 0..<20 { #expect(try await connection.execute("true", deadline: .seconds(10)).succeeded) }
            var count = 0
            while let bytes = try await channel.read() { count += bytes.count }
            #expect(count == 8_000_000)
            #expect(try await channel.exit() == .status(0))
        }
    }

    @Test("cancelling a read leaves the channel usable")
    func cancelledRead() async throws {
        try await withConnection { connection, _ in
            let channel = try await connection.open("cat")
            let error = try await failure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await channel.read() }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(error.code == .cancelled)
            try await channel.write([1])
            #expect(try await channel.read() == [1])
        }
    }

    @Test("a channel to a port that is closed on the server is refused")
    func forwardRefused() async throws {
        try await withConnection { connection, _ in
            let port = try SSHServer.freePort()
            let error = try await failure { _ = try await connection.directTCP(host: "127.0.0.1", port: port) }
            #expect(error.code == .forwardRefused)
        }
    }

    @Test("a local forward reaches the server's own banner, and many connections at once")
    func localForward() async throws {
        try await withConnection { connection, server in
            let forward = try await connection.localForward(toHost: "127.0.0.1", toPort: server.port)
            var target = try server.target()
            target.port = forward.port
            target.knownHostsFiles = [try server.knownHosts("[127.0.0.1]:\(forward.port)")]
            try await withThrowingTaskGroup(of: Void.self) { [target] group in
                for _ in 0..<4 {
                    group.addTask {
                        let inner = try await SSHConnection.connect(to: target)
                        let bytes = [UInt8](repeating: 7, count: 300_000)
                        #expect(try await inner.execute("cat", stdin: bytes, deadline: .seconds(20)).stdout == bytes)
                        await inner.close()
                    }
                }
                try await group.waitForAll()
            }
            await forward.close()
            let error = try await failure { _ = try await SSHConnection.connect(to: target) }
            #expect(error.code == .refused)
        }
    }

    @Test("a target behind two jump hosts is reached, and its commands run there")
    func jumps() async throws {
        try await withServer { outer in
            let middle = try SSHServer()
            let inner = try SSHServer(["SetEnv HOME=/ WHERE=inner"])
            defer {
                middle.stop()
                inner.stop()
            }
            var target = try inner.target()
            target.jumps = [try outer.target(), try middle.target()]
            let connection = try await SSHConnection.connect(to: target)
            #expect(try await connection.execute("echo $WHERE", deadline: .seconds(10)).text == "inner\n")
            let bytes = [UInt8](repeating: 9, count: 1 << 20)
            #expect(try await connection.execute("cat", stdin: bytes, deadline: .seconds(20)).stdout == bytes)
            await connection.close()
        }
    }

    @Test("a peer that stops answering is lost after three keepalive intervals")
    func silentPeer() async throws {
        try await withServer { server in
            var target = try server.target()
            target.keepalive = .milliseconds(200)
            let connection = try await SSHConnection.connect(to: target)
            let error = try await failure {
                async let result = connection.execute("sleep 30", deadline: .seconds(20))
                try await eventually { server.runsCommand }
                for session in server.sessions() {
                    for child in SSHServer.children(of: session) { kill(child, SIGSTOP) }
                    kill(session, SIGSTOP)
                }
                _ = try await result
            }
            #expect(error.code == .connectionLost)
            await connection.close()
        }
    }

    @Test("an idle connection outlives many keepalive intervals, and notices when its server goes")
    func idle() async throws {
        try await withServer(["ClientAliveInterval 1", "ClientAliveCountMax 1"]) { server in
            var target = try server.target()
            target.keepalive = .milliseconds(500)
            let connection = try await SSHConnection.connect(to: target)
            try await Task.sleep(for: .milliseconds(2500))
            #expect(try await connection.execute("echo on", deadline: .seconds(10)).text == "on\n")
            for session in server.sessions() { kill(session, SIGKILL) }
            try await eventually { await !connection.isOpen }
            let error = try await failure { _ = try await connection.execute("true", deadline: .seconds(10)) }
            #expect(error.code == .connectionLost)
        }
    }
}
