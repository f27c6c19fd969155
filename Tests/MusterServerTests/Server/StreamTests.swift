import Foundation
import Glibc
import MusterAPI
import MusterClient
import MusterMetrics
import MusterTesting
import Testing

@testable import MusterServer

@Suite("Streams")
struct StreamTests {
    private static let stream = RawConnection.request("/v1/events", "Accept: text/event-stream")

    private func open(_ daemon: FakeDaemon, is count: Int) async throws {
        try await eventually { daemon.registry.text.contains("muster_http_open_streams \(count)\n") }
    }

    @Test("events are written with their id, kind and record, after those that were there before")
    func format() async throws {
        try await withServer { server in
            try await server.daemon.record(2, payload: #"{"text":"line\nline"}"#)
            let connection = try server.connect()
            try connection.send(RawConnection.request("/v1/events?after=1", "Accept: text/event-stream"))
            try await server.daemon.record(1)
            let text = try await connection.read { $0.contains("id: 3") && $0.hasSuffix("\n\n\r\n") }
            #expect(text.contains("Content-Type: text/event-stream\r\n"))
            #expect(!text.contains("id: 1\n"))
            let record =
                #"{"actor":"test","at":"1970-01-01T00:00:00.000Z","data":{"text":"line\nline"},"#
                + #""deployment":"llm","id":2,"kind":"unit.started","text":"event 2"}"#
            #expect(text.contains("id: 2\nevent: unit.started\ndata: \(record)\n\n"))
        }
    }

    @Test("the header of a client that comes again wins over the query")
    func lastEvent() async throws {
        try await withServer { server in
            try await server.daemon.record(5)
            let connection = try server.connect()
            let path = "/v1/deployments/llm/events?after=1"
            try connection.send(RawConnection.request(path, "Accept: text/event-stream", "Last-Event-ID: 4"))
            let text = try await connection.read { $0.contains("id: 5") }
            #expect(!text.contains("id: 2\n") && !text.contains("id: 4\n"))
        }
    }

    @Test("a stream on which nothing happens says that it is alive")
    func heartbeat() async throws {
        try await withServer(settings: { $0.heartbeat = .milliseconds(50) }) { server in
            let connection = try server.connect()
            try connection.send(Self.stream)
            try await connection.read { $0.components(separatedBy: ": heartbeat\n\n").count > 4 }
        }
    }

    @Test("a stream ends when its client closes, also when nothing happens")
    func clientCloses() async throws {
        try await withServer { server in
            do {
                let connection = try server.connect()
                try connection.send(Self.stream)
                try await connection.read { $0.contains("heartbeat") }
                try await open(server.daemon, is: 1)
            }
            try await open(server.daemon, is: 0)
        }
    }

    @Test("a producer ends with its client")
    func producerEnds() async throws {
        try await withServer { server in
            do {
                let connection = try server.connect()
                try connection.send(RawConnection.request("/v1/deployments/llm/logs?follow"))
                try await connection.read { $0.contains("three") }
                #expect(server.daemon.producersEnded == 0)
            }
            try await eventually { server.daemon.producersEnded == 1 }
        }
    }

    @Test("stopping the daemon ends every stream properly, and those of clients that do not read as well")
    func shutdown() async throws {
        try await withServer { server in
            let reading = try server.connect()
            try reading.send(Self.stream)
            try await reading.read { $0.contains("heartbeat") }
            let stalled = try server.connect()
            try stalled.send(RawConnection.request("/v1/deployments/llm/logs?follow"))
            try await open(server.daemon, is: 2)
            try await Task.sleep(for: .milliseconds(200))
            await server.stop()
            let text = try await reading.read()
            #expect(text.hasSuffix("0\r\n\r\n"))
            try await eventually { server.daemon.producersEnded == 1 }
        }
    }

    @Test("a client that does not read costs a few pages, and delays nobody")
    func stalled() async throws {
        try await withServer { server in
            let stalled = try server.connect()
            try stalled.send(RawConnection.request("/v1/deployments/llm/events", "Accept: text/event-stream"))
            try await open(server.daemon, is: 1)
            let (count, payload) = (4000, #"{"text":"\#(String(repeating: "x", count: 1000))"}"#)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await server.withClient { client in
                        var ids: [Int64] = []
                        for try await record in client.follow(after: 0) {
                            ids.append(record.id)
                            if ids.count == count { break }
                        }
                        #expect(ids == (1...Int64(count)).map { $0 })
                    }
                }
                group.addTask {
                    for _ in 0..<(count / 100) { try await server.daemon.record(100, payload: payload) }
                }
                try await group.waitForAll()
            }
            // A page is 120 kB; what is in flight are the socket's and the channel's buffers and one page.
            #expect(server.daemon.pagesRead(of: "llm") < 12)
        }
    }

    @Test("a thousand streams each get every event once and in order")
    func thousand() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let (streams, count) = (limit.rlim_cur >= 4096 ? 1000 : 100, 20)
        try await withServer { server in
            try await server.daemon.record(count / 2)
            try await server.withClient(deadline: .seconds(120)) { client in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<streams {
                        group.addTask {
                            var ids: [Int64] = []
                            for try await record in client.follow(after: 0) {
                                ids.append(record.id)
                                if ids.count == count { break }
                            }
                            return ids
                        }
                    }
                    try await eventually(within: .seconds(120)) {
                        server.daemon.registry.text.contains("muster_http_open_streams \(streams)\n")
                    }
                    for _ in 0..<(count / 2) { try await server.daemon.record(1) }
                    for try await ids in group { #expect(ids == (1...Int64(count)).map { $0 }) }
                }
            }
            try await open(server.daemon, is: 0)
        }
    }
}
