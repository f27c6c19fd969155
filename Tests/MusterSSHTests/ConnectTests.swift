import Glibc
import MusterSSH
import MusterTesting
import Testing

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectTests {
    @Test("a port that nothing listens on is refused")
    func refused() async throws {
        let target = SSHTarget(host: "127.0.0.1", port: try SSHServer.freePort(), user: testUser, alias: "node")
        let error = try await failure { _ = try await SSHConnection.connect(to: target) }
        #expect(error.code == .refused)
        #expect(error.target == "node")
    }

    @Test("a name without an address is a failure of name resolution")
    func unresolvable() async throws {
        var target = SSHTarget(host: "does-not-exist.invalid", user: testUser)
        target.connectTimeout = .seconds(20)
        let error = try await failure { _ = try await SSHConnection.connect(to: target) }
        #expect(error.code == .nameResolution)
        #expect(error.message.contains("`does-not-exist.invalid`"))
    }

    @Test(
        "a host that accepts and never speaks times out at the connect timeout, and the message says so",
        .timeLimit(.minutes(2))
    )
    func silentHost() async throws {
        let (fd, port) = try SSHServer.listener()
        defer { close(fd) }
        var target = SSHTarget(host: "127.0.0.1", port: port, user: testUser)
        target.connectTimeout = .seconds(3)
        let error = try await failure { _ = try await SSHConnection.connect(to: target) }
        #expect(error.code == .timedOut)
        #expect(error.message.contains("sent nothing"))
    }

    @Test("cancelling the task ends an attempt at once")
    func cancelled() async throws {
        let (fd, port) = try SSHServer.listener()
        defer { close(fd) }
        let target = SSHTarget(host: "127.0.0.1", port: port, user: testUser, connectTimeout: .seconds(50))
        let error = try await failure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await SSHConnection.connect(to: target) }
                let connection = try await accepted(fd)
                defer { close(connection) }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(error.code == .cancelled)
    }

    @Test("something that is not an SSH server is named as such, with what it said")
    func notSSH() async throws {
        let (fd, port) = try SSHServer.listener()
        defer { close(fd) }
        let target = SSHTarget(host: "127.0.0.1", port: port, user: testUser, connectTimeout: .seconds(10))
        async let outcome: SSHError = failure { _ = try await SSHConnection.connect(to: target) }
        let connection = try await accepted(fd)
        let reply = "HTTP/1.1 400 Bad Request\r\n\r\n"
        say(reply, on: connection)
        shutdown(connection, Int32(SHUT_WR))
        let error = try await outcome
        close(connection)
        #expect(error.code == .protocolError)
        #expect(error.message.contains("HTTP/1.1 400"))
    }

    @Test("a connection dropped before authentication is tried again")
    func dropped() async throws {
        let (fd, port) = try SSHServer.listener()
        defer { close(fd) }
        let target = SSHTarget(host: "127.0.0.1", port: port, user: testUser, connectTimeout: .seconds(50))
        let limiter = SSHStartLimiter(width: 1) { _ in .milliseconds(1) }
        let error = try await failure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await SSHConnection.connect(to: target, limiter: limiter) }
                for _ in 0..<3 {
                    let connection = try await accepted(fd)
                    say("Exceeded MaxStartups\r\n", on: connection)
                    close(connection)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(error.code == .cancelled)
    }

    @Test("a server with ciphers that libssh2 lacks is explained with both lists")
    func noCommonCipher() async throws {
        try await withServer(["Ciphers aes128-gcm@openssh.com,chacha20-poly1305@openssh.com"]) { server in
            let error = try await failure { _ = try await SSHConnection.connect(to: try server.target()) }
            #expect(error.code == .noCommonAlgorithm)
            #expect(error.message.contains("no common cipher"))
            #expect(error.message.contains("`chacha20-poly1305@openssh.com`"))
            #expect(error.message.contains("`aes128-ctr`"))
            #expect(!error.message.contains("no common MAC"))
        }
    }

    @Test("connecting and closing leaves no descriptor behind")
    func descriptors() async throws {
        try await withServer { server in
            let target = try server.target()
            var refused = target
            refused.port = try SSHServer.freePort()
            // Other tests open descriptors meanwhile, so only sockets to this server's port are counted.
            for _ in 0..<5 {
                let connection = try await SSHConnection.connect(to: target)
                _ = try await connection.execute("true", deadline: .seconds(10))
                _ = try await failure { _ = try await connection.execute("sleep 9", deadline: .milliseconds(20)) }
                await connection.close()
                _ = try await failure { _ = try await SSHConnection.connect(to: refused) }
            }
            #expect(socketsConnected(to: server.port) == 0)
        }
    }
}

/// Accepts a connection, waiting without blocking the test's thread.
func accepted(_ fd: Int32) async throws -> Int32 {
    try await eventually {
        var poll = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }
    return accept(fd, nil, nil)
}

/// Sends text, if the peer is still there.
func say(_ text: String, on fd: Int32) {
    _ = text.withCString { send(fd, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
}

/// How many sockets of this process are connected to a port of 127.0.0.1.
func socketsConnected(to port: Int) -> Int {
    (0..<4096).count { fd in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(Int32(fd), $0, &length) }
        }
        return code == 0 && address.sin_family == sa_family_t(AF_INET)
            && address.sin_port == UInt16(port).bigEndian
    }
}
