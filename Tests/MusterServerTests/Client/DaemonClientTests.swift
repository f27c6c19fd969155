import Foundation
import Glibc
import MusterAPI
import MusterClient
import MusterMetrics
import MusterTesting
import Testing

@testable import MusterServer

@Suite("The client")
struct DaemonClientTests {
    @Test("every operation goes out as it is meant and comes back as the daemon says it")
    func everything() async throws {
        try await withServer { server in
            try await server.daemon.record(3)
            try await server.withClient { client in
                let file = FileRequest(file: "name: a\n", path: "a.yaml")
                #expect(try await client.version().version == "9.9.9")
                #expect(try await client.health().status == "ok")
                #expect(try await client.metrics().contains("muster_http_requests_total"))
                #expect(try await client.openAPI() == OpenAPIDocument.json(version: "9.9.9"))
                #expect(try await client.deployments() == [Examples.summary])
                #expect(try await client.deployment("a/b").summary == Examples.summary)
                #expect(try await client.status(of: "ü").text.contains("as it is"))
                let up = UpRequest(file: "f", path: "p", secrets: ["T": "canary"], replace: true)
                #expect(try await client.up("a", up) == Accepted(name: "a", cursor: 7, state: "starting"))
                #expect(try await client.down("a").name == "a")
                #expect(try await client.restart("a", RestartRequest(nodeRank: 1, scope: .rank)).name == "a")
                #expect(try await client.pause("a").name == "a")
                #expect(try await client.resume("a").name == "a")
                try await client.forget("a")
                #expect(try await client.nodes() == [Examples.node])
                #expect(try await client.drain("10.0.0.1").name == "10.0.0.1")
                #expect(try await client.undrain("n%2f").name == "n%2f")
                #expect(try await client.events(after: 1, limit: 1).events.map(\.id) == [2])
                #expect(try await client.events(before: 3, limit: 1).events.map(\.id) == [2])
                #expect(try await client.validate(file).text.contains("validate"))
                #expect(try await client.plan(file).text.contains("plan"))
                #expect(try await client.render(file).text.contains("render"))
                #expect(try await client.explain("MUS0605").text.contains("code"))
                #expect(try await client.schema().text == "{}")
                var lines: [String] = []
                let query = LogQuery(nodeRank: 3, generation: 2, lines: 0, follow: false)
                for try await line in try await client.logs(of: "a", query) { lines.append(line) }
                #expect(lines == ["one", "two", "three"])
                let exec = ExecRequest(command: ["ls"], nodes: ["n1"])
                // Several on one connection: the end of one stream must not be taken for the end of the next.
                for _ in 0..<20 {
                    var records: [ExecRecord] = []
                    for try await record in try await client.exec(exec, on: "a") { records.append(record) }
                    #expect(records.count == 3 && records.last == .exit(node: "n1", status: 3))
                }
                #expect(client.skew == nil)
            }
            let calls = server.daemon.calls.joined(separator: "\n")
            for call in ["deployment a/b", "status ü", "logs a 3 2 0 false", "undrain n%2f by"] {
                #expect(calls.contains(call))
            }
        }
    }

    @Test("a problem arrives whole, and is no unreachable daemon")
    func problem() async throws {
        try await withServer { server in
            server.daemon.fail(with: Examples.problem)
            let error = await #expect(throws: ClientError.self) {
                try await server.withClient { try await $0.deployments() }
            }
            #expect(error?.code == .problem && error?.isUnreachable == false)
            #expect(error?.problem == Examples.problem)
        }
    }

    @Test("no socket, nobody behind it and another's directory are told apart")
    func unreachable() async throws {
        try await withScratch { scratch in
            func code(_ path: String) async -> ClientError.Code? {
                await #expect(throws: ClientError.self) {
                    try await DaemonClient.with(.socket(path), release: "1") { try await $0.version() }
                }?.code
            }
            #expect(await code(scratch.path + "/none") == .noSocket)
            #expect(await code(scratch.path + "/none/none") == .noSocket)
            #expect(await code(scratch.path + String(repeating: "/x", count: 80)) == .noSocket)
            let dead = scratch.path + "/dead"
            try await leaveSocket(dead)
            #expect(await code(dead) == .refused)
        }
    }

    @Test("another's directory is said to be another's")
    func notAllowed() async throws {
        try await withServer { server in
            guard geteuid() == 0 else {
                withKnownIssue("not tested: only root can become another user") { Issue.record("no root") }
                return
            }
            let socket = server.settings.socket
            await #expect(processExitsWith: .success) { [socket = socket as String] in
                guard setuid(65_534) == 0 else { exit(2) }
                do {
                    _ = try await DaemonClient.with(.socket(socket), release: "1") { try await $0.version() }
                } catch let error as ClientError where error.code == .notAllowed && error.isUnreachable {
                    exit(0)
                }
                exit(3)
            }
        }
    }

    @Test("a daemon that does not answer is given up after the deadline")
    func deadline() async throws {
        try await withScratch { scratch in
            let path = scratch.path + "/s"
            let listener = try Silence(path)
            let error = await #expect(throws: ClientError.self) {
                try await DaemonClient.with(.socket(path), release: "1", deadline: .milliseconds(200)) {
                    try await $0.version()
                }
            }
            #expect(error?.code == .timedOut)
            listener.close()
        }
    }

    @Test("a cancelled question is cancelled, and neither late nor lost")
    func cancelled() async throws {
        try await withScratch { scratch in
            let path = scratch.path + "/s"
            let listener = try Silence(path)
            await withTaskGroup { group in
                group.addTask {
                    let error = await #expect(throws: ClientError.self) {
                        try await DaemonClient.with(.socket(path), release: "1") { try await $0.version() }
                    }
                    #expect(error?.code == .cancelled)
                }
                try? await Task.sleep(for: .milliseconds(100))
                group.cancelAll()
            }
            listener.close()
        }
    }

    @Test("another release at the other end is a warning that says which one to renew")
    func skew() async throws {
        try await withServer { server in
            try await server.withClient(release: "10.0.0") { client in
                _ = try await client.health()
                #expect(client.skew?.description == "musterd is 9.9.9, and this is muster 10.0.0")
                #expect(client.skew?.hint == "restart musterd, which is the older one")
            }
            try await server.withClient(release: "9.9.8") { client in
                _ = try await client.health()
                #expect(client.skew?.hint == "use the muster that came with this musterd")
            }
        }
    }

    @Test("events go on where they were when the daemon comes again")
    func reconnect() async throws {
        try await withScratch { scratch in
            let daemon = try FakeDaemon()
            let socket = scratch.path + "/run/musterd.sock"
            let total = 60
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let ids = try await DaemonClient.with(.socket(socket), release: "9.9.9") { client in
                        var ids: [Int64] = []
                        for try await record in client.follow(after: 0, of: "llm") {
                            ids.append(record.id)
                            if ids.count == total { break }
                        }
                        return ids
                    }
                    #expect(ids == (1...Int64(total)).map { $0 })
                }
                for round in 0..<3 {
                    try await daemon.record(10)
                    try await withServer(daemon, in: scratch.path) { server in
                        try await eventually { daemon.registry.text.contains("muster_http_open_streams 1\n") }
                        try await daemon.record(10)
                        if round == 2 { try await Task.sleep(for: .seconds(1)) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a daemon that stays away ends the events after a while")
    func gone() async throws {
        try await withScratch { scratch in
            let start = ContinuousClock.now
            let error = await #expect(throws: ClientError.self) {
                try await DaemonClient.with(.socket(scratch.path + "/none"), release: "1") { client in
                    for try await _ in client.follow(after: 0, patience: .milliseconds(500)) {}
                }
            }
            #expect(error?.code == .noSocket)
            #expect(start.duration(to: .now) >= .milliseconds(400))
        }
    }

    @Test("a problem ends the events at once")
    func refusedEvents() async throws {
        try await withServer { server in
            try await server.withClient { client in
                let error = await #expect(throws: ClientError.self) {
                    for try await _ in client.follow(after: -1) {}
                }
                #expect(error?.problem?.kind == .malformed)
            }
        }
    }
}

/// A socket on which nobody ever says a word.
private struct Silence {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, listen(descriptor, 8) == 0 else { throw RawConnection.Failed(errno: errno) }
    }

    func close() { Glibc.close(descriptor) }
}
