import Glibc
import MusterSSH
import MusterTesting
import Testing

@Suite("Running commands", .timeLimit(.minutes(1)))
struct ExecuteTests {
    @Test("the status, standard output and standard error of a command arrive")
    func status() async throws {
        try await withConnection { connection, _ in
            let result = try await connection.execute("echo out; echo err >&2; exit 7", deadline: .seconds(10))
            #expect(result.exit == .status(7))
            #expect(result.text == "out\n")
            #expect(result.errorText == "err\n")
            #expect(!result.stdoutTruncated && !result.stderrTruncated)
        }
    }

    @Test("a command killed by a signal reports the signal, not status 0")
    func signal() async throws {
        try await withConnection { connection, _ in
            let result = try await connection.execute("kill -TERM $$", deadline: .seconds(10))
            #expect(result.exit == .signal("TERM"))
        }
    }

    @Test("a server that dies in mid-command is a lost connection, not status 0")
    func killedServer() async throws {
        try await withConnection { connection, server in
            let error = try await failure {
                async let result = connection.execute("echo ready; sleep 30", deadline: .seconds(20))
                // The command's shell is a grandchild of the listener; it runs once there is one.
                try await eventually { server.runsCommand }
                for session in server.sessions() { kill(session, SIGKILL) }
                _ = try await result
            }
            #expect(error.code == .connectionLost)
        }
    }

    @Test("a megabyte passes through cat unchanged, in both directions at once")
    func megabyte() async throws {
        try await withConnection { connection, _ in
            let bytes = Array(repeatElement(Array<UInt8>(0...250), count: 4200).joined())
            let result = try await connection.execute("cat", stdin: bytes, deadline: .seconds(20))
            #expect(result.exit == .status(0))
            #expect(result.stdout == bytes)
        }
    }

    @Test("output beyond the limit is dropped and marked, and the command still ends")
    func truncation() async throws {
        try await withConnection { connection, _ in
            let command = "head -c 300000 /dev/zero; echo e >&2"
            let result = try await connection.execute(command, outputLimit: 1000, deadline: .seconds(10))
            #expect(result.exit == .status(0))
            #expect(result.stdout.count == 1000)
            #expect(result.stdoutTruncated)
            #expect(result.stderr == Array("e\n".utf8))
            #expect(!result.stderrTruncated)
        }
    }

    @Test("twelve commands at once share nine channels and all finish")
    func twelve() async throws {
        try await withConnection { connection, _ in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await connection.execute("sleep 0.1; echo \(number)", deadline: .seconds(20)).text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts == Set((0..<12).map { "\($0)\n" }))
        }
    }

    @Test("six commands at once finish on a server with MaxSessions 2")
    func maxSessions() async throws {
        try await withConnection(["MaxSessions 2"]) { connection, _ in
            let count = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await connection.execute("sleep 0.1", deadline: .seconds(20)).succeeded }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 6)
        }
    }

    @Test("commands beside a channel that stays open all finish on a server with MaxSessions 2")
    func maxSessionsBesideLongChannel() async throws {
        try await withConnection(["MaxSessions 2"]) { connection, _ in
            let long = try await connection.open("cat")
            // One after the other and two at once: a channel that has just ended here may not have ended there.
            for _ in 0..<20 {
                async let first = connection.execute("true", deadline: .seconds(20)).succeeded
                async let second = connection.execute("true", deadline: .seconds(20)).succeeded
                #expect(try await first)
                #expect(try await second)
            }
            await long.close()
        }
    }

    @Test("a server with MaxSessions 0 is a channel limit")
    func noSessions() async throws {
        try await withConnection(["MaxSessions 0"]) { connection, _ in
            let error = try await failure { _ = try await connection.execute("true", deadline: .seconds(10)) }
            #expect(error.code == .channelLimit)
        }
    }

    @Test("a command that outlives its deadline times out, and the connection goes on")
    func deadline() async throws {
        try await withConnection { connection, _ in
            let start = ContinuousClock.now
            let error = try await failure { _ = try await connection.execute("sleep 50", deadline: .milliseconds(200)) }
            #expect(error.code == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(try await connection.execute("echo on", deadline: .seconds(10)).text == "on\n")
        }
    }

    @Test("cancelling the task ends the command's wait at once, and the connection goes on")
    func cancellation() async throws {
        try await withConnection { connection, server in
            let error = try await failure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await connection.execute("sleep 50", deadline: .seconds(50)) }
                    try await eventually { server.runsCommand }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(error.code == .cancelled)
            #expect(try await connection.execute("echo on", deadline: .seconds(10)).text == "on\n")
        }
    }
}
