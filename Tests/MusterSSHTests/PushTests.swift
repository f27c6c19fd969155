import Foundation
import Glibc
import MusterSSH
import MusterTesting
import Testing

@Suite("Pushing files", .timeLimit(.minutes(1)))
struct PushTests {
    @Test(
        "a file arrives with its bytes and mode under any name",
        arguments: ["plain", "a b", "it's", "$HOME `id` \"x\"", "line\nbreak", "-dash", "new/dir/file", "*"]
    )
    func names(name: String) async throws {
        try await withConnection { connection, server in
            let path = server.directory + "/push/" + name
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            try await connection.push(bytes, to: path, mode: 0o640, deadline: .seconds(10))
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
            #expect(try mode(of: path) == 0o640)
            try await connection.push([], to: path, mode: 0o755, deadline: .seconds(10))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
            #expect(try mode(of: path) == 0o755)
            #expect(try leftovers(in: server.directory) == [])
        }
    }

    @Test("a leading tilde is the account's home on the server")
    func home() async throws {
        try await withConnection { connection, server in
            try await connection.push([1], to: "~/sub/file", mode: 0o600, deadline: .seconds(10))
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: server.directory + "/sub/file"))) == [1])
        }
    }

    @Test("a reader sees the old file or the new one, never a part")
    func atomic() async throws {
        try await withConnection { connection, server in
            let path = server.directory + "/file"
            let old = [UInt8](repeating: 1, count: 200_000)
            let new = [UInt8](repeating: 2, count: 300_000)
            try await connection.push(old, to: path, mode: 0o600, deadline: .seconds(10))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await connection.push(new, to: path, mode: 0o600, deadline: .seconds(10)) }
                for _ in 0..<200 {
                    let seen = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                    #expect(seen == old || seen == new)
                }
                try await group.waitForAll()
            }
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == new)
        }
    }

    @Test("a path that is a directory is refused, and nothing is put into it")
    func directory() async throws {
        try await withConnection { connection, server in
            let error = try await failure {
                try await connection.push([1], to: server.directory, mode: 0o600, deadline: .seconds(10))
            }
            #expect(error.code == .pushFailed)
            #expect(error.message.contains("directory"))
        }
    }

    @Test("a transfer cut short leaves the old file and no temporary one")
    func cutShort() async throws {
        try await withConnection { connection, server in
            let path = server.directory + "/file"
            try await connection.push([1], to: path, mode: 0o600, deadline: .seconds(10))
            let second = try await SSHConnection.connect(to: try server.target())
            let bytes = [UInt8](repeating: 0, count: 24 << 20)
            _ = try await failure { try await second.push(bytes, to: path, mode: 0o600, deadline: .milliseconds(60)) }
            await second.close()
            try await eventually(within: .seconds(45)) { try leftovers(in: server.directory) == [] }
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == [1])
        }
    }

    @Test("a full disk is reported in the system's words", .enabled(if: geteuid() == 0, "mounting needs root"))
    func fullDisk() async throws {
        try await withConnection { connection, server in
            let mount = server.directory + "/small"
            mkdir(mount, 0o700)
            let arguments = ["-t", "tmpfs", "-o", "size=256k", "tmpfs", mount]
            try #require(try SSHServer.run("/bin/mount", arguments) == 0, "no tmpfs can be mounted here")
            defer { _ = try? SSHServer.run("/bin/umount", [mount]) }
            let bytes = [UInt8](repeating: 0, count: 1 << 20)
            let error = try await failure {
                try await connection.push(bytes, to: mount + "/file", mode: 0o600, deadline: .seconds(10))
            }
            #expect(error.code == .pushFailed)
            #expect(error.message.contains("No space left on device"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: mount) == [])
        }
    }

    @Test("a place that cannot be written to is reported in the system's words")
    func readOnly() async throws {
        try await withConnection { connection, _ in
            let error = try await failure {
                try await connection.push([1], to: "/proc/no/such/file", mode: 0o600, deadline: .seconds(10))
            }
            #expect(error.code == .pushFailed)
            #expect(error.message.contains("/proc/no"))
        }
    }

    private func mode(of path: String) throws -> UInt32 {
        var info = stat()
        try #require(stat(path, &info) == 0)
        return info.st_mode & 0o7777
    }

    private func leftovers(in directory: String) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: directory)
        return all.filter { $0.split(separator: "/").last?.hasPrefix(".push-") == true }
    }
}
