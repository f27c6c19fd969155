import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MusterAPI
import MusterMetrics
import Testing

@testable import MusterServer

@Suite("The router")
struct RouterTests {
    private let daemon: FakeDaemon

    init() throws { daemon = try FakeDaemon() }

    private func withRouter<Value: Sendable>(
        limit: Int = 16 << 20,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        var settings = ServerSettings(socket: "/nowhere")
        settings.bodyLimit = limit
        let metrics = RequestMetrics(daemon.registry)
        let router = APIRouter(service: daemon, settings: settings, metrics: metrics, version: "9.9.9")
            .router { _, _ in Requester(name: "ada", uid: 71, transport: .socket) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await Application(router: router, logger: logger).test(.router, body)
    }

    private static let fileBody = #"{"file": "name: a\n", "path": "a.yaml"}"#

    /// What is asked, what the service hears, and with which status it is answered.
    struct Row: Sendable, CustomTestStringConvertible {
        let operation: MusterAPI.Operation
        var body: String?
        var status = 200
        var call: String?
        var testDescription: String { operation.rawValue }
    }

    private static let rows: [Row] = [
        Row(operation: .version), Row(operation: .health), Row(operation: .metrics), Row(operation: .openAPI),
        Row(operation: .listDeployments, call: "deployments"),
        Row(
            operation: .up,
            body: #"{"file": "f", "path": "p", "secrets": {"T": "canary"}, "replace": true}"#,
            status: 202,
            call: "up p f true <secrets: T> a b by ada 71 socket"
        ),
        Row(operation: .deployment, call: "deployment a b"),
        Row(operation: .status, call: "status a b"),
        Row(operation: .down, status: 202, call: "down a b by ada 71 socket"),
        Row(
            operation: .restart,
            body: #"{"node_rank": 2, "scope": "gang"}"#,
            status: 202,
            call: "restart node rank 2 gang a b by ada 71 socket"
        ),
        Row(operation: .restart, status: 202, call: "restart everything auto a b by ada 71 socket"),
        Row(operation: .pause, status: 202, call: "pause a b by ada 71 socket"),
        Row(operation: .resume, status: 202, call: "resume a b by ada 71 socket"),
        Row(operation: .forget, status: 204, call: "forget a b by ada 71 socket"),
        Row(operation: .nodes, call: "nodes"),
        Row(operation: .drain, status: 202, call: "drain a b by ada 71 socket"),
        Row(operation: .undrain, status: 202, call: "undrain a b by ada 71 socket"),
        Row(operation: .events), Row(operation: .deploymentEvents),
        Row(operation: .logs, call: "logs a b all 0 100 false"),
        Row(
            operation: .exec,
            body: #"{"command": ["ls", "-l"], "nodes": ["n1"]}"#,
            call: #"exec ["ls", "-l"] ["n1"] a b by ada 71 socket"#
        ),
        Row(operation: .validate, body: fileBody, call: "validate a.yaml name: a\n"),
        Row(operation: .plan, body: fileBody, call: "plan a.yaml name: a\n"),
        Row(operation: .render, body: fileBody, call: "render a.yaml name: a\n"),
        Row(operation: .explain, call: "explain a b"),
        Row(operation: .schema, call: "schema"),
    ]

    @Test("every operation of the table is asked for in some row")
    func complete() { #expect(Set(Self.rows.map(\.operation)) == Set(MusterAPI.Operation.allCases)) }

    @Test(
        "a request becomes one call of the service, with the one who asks where it changes something",
        arguments: rows
    )
    func operation(row: Row) async throws {
        let response = try await withRouter { client in
            try await client.execute(
                uri: row.operation.route.path("a b"),
                method: .init(row.operation.route.method.rawValue) ?? .get,
                body: row.body.map { ByteBuffer(string: $0) }
            )
        }
        #expect(response.status.code == row.status)
        #expect(daemon.calls == (row.call.map { [$0] } ?? []))
        #expect(response.headers[.init("Muster-Version") ?? .age] == "9.9.9")
    }

    @Test("a problem of the service is the answer, for every operation that can fail", arguments: rows)
    func problem(row: Row) async throws {
        let harmless: Set<MusterAPI.Operation> = [.version, .health, .metrics, .openAPI]
        guard !harmless.contains(row.operation) else { return }
        daemon.fail(with: Problem(.conflict, "it runs", code: "MUS0604", hint: "muster down"))
        let response = try await withRouter { client in
            try await client.execute(
                uri: row.operation.route.path("a"),
                method: .init(row.operation.route.method.rawValue) ?? .get,
                body: row.body.map { ByteBuffer(string: $0) }
            )
        }
        #expect(response.status == .conflict)
        #expect(response.headers[.contentType] == "application/problem+json")
        let problem = try JSONDecoder().decode(Problem.self, from: Data(response.body.readableBytesView))
        #expect(problem == Problem(.conflict, "it runs", code: "MUS0604", hint: "muster down"))
    }

    /// A request that cannot be, and what is said about it.
    struct Refused: Sendable, CustomTestStringConvertible {
        var method = HTTPRequest.Method.get
        let uri: String
        var body: String?
        let status: Int
        let says: String
        var testDescription: String { "\(method) \(uri) \(body ?? "")" }
    }

    private static let refused: [Refused] = [
        Refused(uri: "/nothing", status: 404, says: "/nothing"),
        Refused(uri: "/v1/deployments/a/b/c", status: 404, says: "/v1/deployments/a/b/c"),
        Refused(method: .delete, uri: "/v1/health", status: 405, says: "has no DELETE, but GET"),
        Refused(method: .post, uri: "/v1/deployments/a", status: 405, says: "PUT, GET, DELETE"),
        Refused(method: .put, uri: "/v1/deployments/a", body: "{", status: 400, says: "no JSON"),
        Refused(method: .put, uri: "/v1/deployments/a", body: "[]", status: 400, says: "no JSON object"),
        Refused(
            method: .put,
            uri: "/v1/deployments/a",
            body: #"{"file": "f"}"#,
            status: 400,
            says: "`path` is missing"
        ),
        Refused(
            method: .put,
            uri: "/v1/deployments/a",
            body: #"{"file": 3, "path": "p"}"#,
            status: 400,
            says: "`file` is of another type"
        ),
        Refused(
            method: .put,
            uri: "/v1/deployments/a",
            body: #"{"file": "f", "path": "p", "secrets": {"TOKEN": 77123}}"#,
            status: 400,
            says: "`secrets.TOKEN` is of another type"
        ),
        Refused(
            method: .put,
            uri: "/v1/deployments/a",
            body: #"{"file": null, "path": "p"}"#,
            status: 400,
            says: "`file` is null"
        ),
        Refused(
            method: .post,
            uri: "/v1/deployments/a/restart",
            body: #"{"node_rnk": 3}"#,
            status: 400,
            says: "`node_rnk` is no field of RestartRequest"
        ),
        Refused(
            method: .post,
            uri: "/v1/deployments/a/restart",
            body: #"{"rank": 3, "node": "n"}"#,
            status: 400,
            says: "only one of"
        ),
        Refused(
            method: .post,
            uri: "/v1/deployments/a/restart",
            body: #"{"scope": "all"}"#,
            status: 400,
            says: "`scope`"
        ),
        Refused(method: .post, uri: "/v1/deployments/a/exec", body: "{}", status: 400, says: "`command` is missing"),
        Refused(uri: "/v1/events?after=x", status: 400, says: "`after` is no number: `x`"),
        Refused(uri: "/v1/events?after=1&before=9", status: 400, says: "cannot be used together"),
        Refused(uri: "/v1/events?after=-1", status: 400, says: "`after`"),
        Refused(uri: "/v1/events?limit=0", status: 400, says: "`limit`"),
        Refused(uri: "/v1/events?limit=1001", status: 400, says: "`limit`"),
        Refused(uri: "/v1/deployments/a/logs?follow=maybe", status: 400, says: "`follow`"),
        Refused(uri: "/v1/deployments/%ff/status", status: 400, says: "`name`"),
        Refused(uri: "/v1/deployments/%2/status", status: 400, says: "`name`"),
    ]

    @Test("what cannot be done is a problem that names the fault, and the service is not asked", arguments: refused)
    func refuse(row: Refused) async throws {
        let response = try await withRouter { client in
            try await client.execute(
                uri: row.uri,
                method: row.method,
                body: row.body.map { ByteBuffer(string: $0) }
            )
        }
        #expect(response.status.code == row.status)
        #expect(response.headers[.contentType] == "application/problem+json")
        let text = String(buffer: response.body)
        let problem = try JSONDecoder().decode(Problem.self, from: Data(text.utf8))
        #expect(problem.detail.contains(row.says), "\(problem.detail)")
        #expect(!text.contains("77123"))
        #expect(daemon.calls == [])
    }

    @Test("the allowed methods stand in the header, too")
    func allow() async throws {
        let response = try await withRouter { try await $0.execute(uri: "/v1/health", method: .put) }
        #expect(response.headers[.allow] == "GET")
    }

    @Test("a body that is too long is refused")
    func tooLarge() async throws {
        let body = ByteBuffer(string: #"{"file": "\#(String(repeating: "x", count: 2000))", "path": "p"}"#)
        let response = try await withRouter(limit: 1000) {
            try await $0.execute(uri: "/v1/validate", method: .post, body: body)
        }
        #expect(response.status == .contentTooLarge)
        #expect(String(buffer: response.body).contains("longer than 1000 bytes"))
        #expect(daemon.calls == [])
    }

    @Test("raw JSON passes as it is")
    func raw() async throws {
        let response = try await withRouter { try await $0.execute(uri: "/v1/deployments/a/status", method: .get) }
        #expect(String(buffer: response.body) == #"{"format": "muster.status/1",  "name": "as it is"}"#)
        #expect(response.headers[.contentType] == "application/json")
    }

    @Test("events come in pages, each telling where the next begins")
    func pages() async throws {
        try await daemon.record(5, of: "a")
        try await daemon.record(1, of: "b")
        func page(_ uri: String) async throws -> EventPage {
            let response = try await withRouter { try await $0.execute(uri: uri, method: .get) }
            return try JSONDecoder().decode(EventPage.self, from: Data(response.body.readableBytesView))
        }
        let first = try await page("/v1/events?limit=4")
        #expect(first.events.map(\.id) == [1, 2, 3, 4] && first.next == 4)
        let second = try await page("/v1/events?after=\(first.next)&limit=4")
        #expect(second.events.map(\.id) == [5, 6] && second.next == 6)
        #expect(try await page("/v1/events?after=6") == EventPage([], after: 6))
        #expect(try await page("/v1/deployments/b/events").events.map(\.id) == [6])
        let newest = try await page("/v1/deployments/a/events?before=9223372036854775807&limit=2")
        #expect(newest.events.map(\.id) == [4, 5] && newest.next == 5)
        #expect(try await page("/v1/events?before=4&limit=2").events.map(\.id) == [2, 3])
        #expect(try await page("/v1/events?before=1") == EventPage([], after: 0))
    }

    @Test("logs are lines of text, and commands' records one JSON object a line")
    func lines() async throws {
        let uri = "/v1/deployments/a/logs?node_rank=2&generation=7&lines=5&follow=false"
        let logs = try await withRouter { try await $0.execute(uri: uri, method: .get) }
        #expect(String(buffer: logs.body) == "one\ntwo\nthree\n")
        #expect(daemon.calls == ["logs a 2 7 5 false"])
        let records = try await withRouter {
            try await $0.execute(
                uri: "/v1/deployments/a/exec",
                method: .post,
                body: ByteBuffer(string: #"{"command": ["ls"]}"#)
            )
        }
        let decoded = try String(buffer: records.body).split(separator: "\n").map {
            try JSONDecoder().decode(ExecRecord.self, from: Data($0.utf8))
        }
        #expect(
            decoded == [
                .line(node: "n1", stream: .stdout, line: "a \"line\""),
                .failed(node: "n2", Problem(.timedOut, "no answer", node: "n2")), .exit(node: "n1", status: 3),
            ]
        )
    }

    @Test("requests are counted by route and status, and what is no route by nothing of its own")
    func counted() async throws {
        try await withRouter { client in
            for name in ["a", "b"] { _ = try await client.execute(uri: "/v1/deployments/\(name)", method: .get) }
            for path in ["/x", "/y"] { _ = try await client.execute(uri: path, method: .get) }
            _ = try await client.execute(uri: "/v1/deployments/a", method: .post)
            _ = try await client.execute(uri: "/v1/events?limit=0", method: .get)
        }
        let lines = daemon.registry.text.split(separator: "\n").filter { $0.hasPrefix("muster_http_requests_total{") }
        #expect(
            lines == [
                #"muster_http_requests_total{method="GET",route="/v1/deployments/{name}",status="200"} 2"#,
                #"muster_http_requests_total{method="GET",route="/v1/events",status="400"} 1"#,
                #"muster_http_requests_total{method="none",route="none",status="404"} 2"#,
                #"muster_http_requests_total{method="none",route="none",status="405"} 1"#,
            ]
        )
    }
}
