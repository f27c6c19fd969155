import Foundation
import GRDB
import Glibc
import MusterAPI
import MusterClient
import MusterStore
import MusterTesting
import Testing

@Suite("Life of the daemon")
struct LifeTests {
    @Test("it stops when asked to, with its socket gone and its last event written", arguments: [SIGTERM, SIGINT])
    func stop(signal: Int32) async throws {
        try await withScratch { scratch in
            let state = "\(scratch.path)/state"
            try await withMusterd(state) { daemon in
                try await daemon.stop(signal)
                #expect(daemon.lines.last?.contains("stopped; what runs on nodes stays") == true)
                #expect(!FileManager.default.fileExists(atPath: daemon.socket))
            }
            #expect(try await Self.kinds(state) == ["daemonStarted", "daemonStopping"])
        }
    }

    @Test("a client that has sent half a request does not hold up the stop")
    func stalledClient() async throws {
        try await withScratch { scratch in
            let settings = try scratch.write("stop_timeout: 1s\n", to: "musterd.yaml")
            try await withMusterd("\(scratch.path)/state", settings: settings) { daemon in
                let client = try Self.connect(daemon.socket)
                defer { close(client) }
                _ = Array("GET /v1/events HTTP/1.1\r\nHo".utf8).withUnsafeBytes {
                    write(client, $0.baseAddress, $0.count)
                }
                // The server has to have it before the signal; this answer comes after it on the same loop or later.
                _ = try await daemon.ask { try await $0.health() }
                try await daemon.stop()
            }
        }
    }

    @Test("after a crash the next one begins where the last one ended")
    func crash() async throws {
        try await withScratch { scratch in
            let state = "\(scratch.path)/state"
            try await withMusterd(state) { daemon in
                daemon.send(SIGKILL)
                let status = try await daemon.ended()
                #expect(status == 128 + SIGKILL)
            }
            try await withMusterd(state) { daemon in
                let events = try await daemon.ask { try await $0.events(after: 0, limit: 10) }.events
                #expect(events.map(\.kind) == ["daemonStarted", "daemonStarted"])
                try await daemon.stop()
            }
            #expect(try await Self.kinds(state) == ["daemonStarted", "daemonStarted", "daemonStopping"])
        }
    }

    @Test("a second one on the same state directory is told who has it, and the first goes on")
    func second() async throws {
        try await withScratch { scratch in
            let state = "\(scratch.path)/state"
            try await withMusterd(state) { first in
                for socket in [first.socket, "\(scratch.path)/other/musterd.sock"] {
                    let second = try await Musterd.run(["--state-dir", state, "--socket", socket])
                    #expect(second.status == 1)
                    #expect(second.errorText.contains("musterd.sqlite` is another daemon's"))
                    #expect(second.errorText.contains("process \(first.pid)"))
                }
                try await first.answers()
                try await first.stop()
            }
            #expect(try await Self.kinds(state) == ["daemonStarted", "daemonStopping"])
        }
    }

    @Test("a second one on the same socket is told so, and the first keeps it")
    func sameSocket() async throws {
        try await withScratch { scratch in
            try await withMusterd("\(scratch.path)/state") { first in
                let second = try await Musterd.run(["--state-dir", "\(scratch.path)/b", "--socket", first.socket])
                #expect(second.status == 1)
                #expect(second.errorText.contains("another daemon serves `\(first.socket)`"))
                try await first.answers()
            }
        }
    }

    @Test("a database of a later release is refused, and left as it is")
    func newer() async throws {
        try await withScratch { scratch in
            let state = "\(scratch.path)/state"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            let file = "\(state)/musterd.sqlite"
            do { _ = try EventStore(file: file) }
            try await DatabaseQueue(path: file).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('7')")
            }
            let result = try await Musterd.run(["--state-dir", state])
            #expect(result.status == 1)
            let said = "`\(file)` was written by a later release: its schema is 7, this release knows up to 1"
            #expect(result.errorText.contains(said), "\(result.errorText)")
            #expect(try await Self.kinds(state).isEmpty)
        }
    }

    @Test("a database that is none is named")
    func broken() async throws {
        try await withScratch { scratch in
            let file = try scratch.write(String(repeating: "no database\n", count: 500), to: "state/musterd.sqlite")
            let result = try await Musterd.run(["--state-dir", "\(scratch.path)/state"])
            #expect(result.status == 1)
            #expect(result.errorText.contains("`\(file)`"))
        }
    }

    @Test("a state directory that cannot be made is named, with the reason")
    func noState() async throws {
        try await withScratch { scratch in
            try scratch.write("", to: "file")
            let places = [("\(scratch.path)/file/state", "\(scratch.path)/file"), ("/proc/muster", "/proc/muster")]
            for (directory, named) in places {
                let result = try await Musterd.run(["--state-dir", directory])
                #expect(result.status == 1)
                let said = "the state directory cannot be made: \(named)"
                #expect(result.errorText.contains(said), "\(result.errorText)")
            }
        }
    }

    @Test("a socket's directory that others can enter is refused")
    func openDirectory() async throws {
        try await withScratch { scratch in
            try FileManager.default.createDirectory(atPath: "\(scratch.path)/run", withIntermediateDirectories: true)
            chmod("\(scratch.path)/run", 0o755)
            let result = try await Musterd.run(
                ["--state-dir", "\(scratch.path)/state", "--socket", "\(scratch.path)/run/musterd.sock"]
            )
            #expect(result.status == 1)
            #expect(result.errorText.contains("is open to others"), "\(result.errorText)")
        }
    }

    @Test("the directories that systemd made are used, and nobody else can read the database")
    func directories() async throws {
        try await withScratch { scratch in
            let (state, runtime) = ("\(scratch.path)/lib", "\(scratch.path)/run")
            for directory in [state, runtime] {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                chmod(directory, 0o700)
            }
            let variables = ["STATE_DIRECTORY": state, "RUNTIME_DIRECTORY": runtime]
            try await withMusterd(state, variables, arguments: []) { daemon in
                try await eventually("the socket is there; it said: \(daemon.log)") {
                    FileManager.default.fileExists(atPath: "\(runtime)/musterd.sock")
                }
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(state)/musterd.sqlite")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                try await daemon.stop()
            }
        }
    }

    // MARK: -

    /// The kinds of the events of a state directory, in order.
    private static func kinds(_ state: String) async throws -> [String] {
        try await DatabaseQueue(path: "\(state)/musterd.sqlite").read { db in
            try String.fetchAll(db, sql: "SELECT kind FROM event ORDER BY id")
        }
    }

    private static func connect(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw NotThere("no connection to \(path)") }
        return descriptor
    }
}
