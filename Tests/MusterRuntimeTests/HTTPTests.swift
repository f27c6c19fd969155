import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("HTTPResponse")
struct HTTPResponseTests {
    /// Bytes of a response, and what it comes to while the connection is open and after it was closed.
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var open: String?
        var closed: String?

        var testDescription: String { name }
    }

    private static let rows: [Row] = [
        Row(
            name: "with a length",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            open: "200 hi",
            closed: "200 hi"
        ),
        Row(
            name: "with a length of 0",
            text: "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
            open: "200 ",
            closed: "200 "
        ),
        Row(
            name: "with more than its length",
            text: "HTTP/1.0 500 x\r\nContent-Length: 2\r\n\r\nhi there",
            open: "500 hi",
            closed: "500 hi"
        ),
        Row(name: "with less than its length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"),
        Row(name: "with a negative length", text: "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhi"),
        Row(
            name: "with a length that is none",
            text: "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi",
            closed: "200 hi"
        ),
        Row(name: "without a length", text: "HTTP/1.1 503 Busy\r\n\r\nloading", closed: "503 loading"),
        Row(name: "without headers or body", text: "HTTP/1.1 204 No Content\r\n\r\n", closed: "204 "),
        Row(
            name: "in chunks",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
            open: "200 wiki0123456789",
            closed: "200 wiki0123456789"
        ),
        Row(
            name: "in no chunks",
            text: "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n",
            open: "200 ",
            closed: "200 "
        ),
        Row(name: "in half a chunk", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi"),
        Row(
            name: "in chunks without the last",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n"
        ),
        Row(
            name: "in a chunk of no size",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nwiki\r\n0\r\n\r\n"
        ),
        Row(
            name: "in a chunk of absurd size",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx"
        ),
        Row(
            name: "in a chunk beyond 64 bits",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(repeating: "f", count: 40))\r\nx"
        ),
        Row(name: "in a chunk above 1 MiB", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\nx"),
        Row(name: "without the end of its head", text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
        Row(name: "of another protocol", text: "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        Row(name: "of HTTP/2", text: "HTTP/2 200\r\n\r\n"),
        Row(name: "with a status that is none", text: "HTTP/1.1 two OK\r\n\r\n"),
        Row(name: "with only a version", text: "HTTP/1.1\r\n\r\n"),
        Row(name: "empty", text: ""),
        Row(name: "of line breaks", text: "\r\n\r\n\r\n\r\n"),
    ]

    private func shown(_ response: HTTPResponse?) -> String? {
        response.map { "\($0.status) \(String(decoding: $0.body, as: UTF8.self))" }
    }

    @Test("is read as far as it goes", arguments: rows)
    func table(_ row: Row) {
        let bytes = Array(row.text.utf8)
        #expect(shown(HTTPResponse(bytes, isClosed: false)) == row.open)
        #expect(shown(HTTPResponse(bytes, isClosed: true)) == row.closed)
    }

    @Test(
        "is complete with its last byte and not before",
        arguments: rows.filter { $0.open != nil && !$0.name.contains("more than") }
    )
    func everyCut(_ row: Row) {
        let bytes = Array(row.text.utf8)
        let end = bytes.indices.first { HTTPResponse(Array(bytes[...$0]), isClosed: false) != nil }
        // The line break behind the last chunk carries nothing, so it is not waited for.
        #expect(end.map { $0 >= bytes.count - (row.name.contains("chunks") ? 3 : 1) } ?? false)
    }

    @Test("is put together from parts of any size", arguments: rows.filter { $0.open != nil }, [1, 2, 3, 1000])
    func parts(_ row: Row, _ size: Int) throws {
        var reader = HTTPReader()
        var rest = Array(row.text.utf8)[...]
        var response: HTTPResponse?
        while response == nil, !rest.isEmpty {
            response = try reader.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(shown(response) == row.open)
    }

    @Test("is bounded, however it is sent")
    func limit() throws {
        var reader = HTTPReader()
        #expect(try reader.take(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) == nil)
        let block = [UInt8](repeating: 0x61, count: 64 << 10)
        for _ in 0..<15 { #expect(try reader.take(block) == nil) }
        let whole = try reader.end()
        #expect(whole.status == 200 && whole.body.count == 15 * block.count)
        #expect(throws: ProbeProblem("the answer is larger than 1 MiB")) { try reader.take(block) }
    }

    @Test("says what is wrong with an answer that is none")
    func problems() throws {
        #expect(throws: ProbeProblem("the connection was closed without an answer")) { try HTTPReader().end() }
        for text in ["SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"] {
            var reader = HTTPReader()
            _ = try reader.take(Array(text.utf8))
            #expect(throws: ProbeProblem("the answer is no whole HTTP response")) { try reader.end() }
        }
    }

    @Test("20,000 damaged responses never stop it")
    func fuzz() {
        var random = SeededRandom(seed: 44)
        for _ in 0..<20_000 {
            var bytes = Array(Self.rows[Int.random(in: Self.rows.indices, using: &random)].text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(contentsOf: Array("9\r\n-:".utf8)[Int.random(in: 0..<5, using: &random)...], at: index)
                }
            }
            for isClosed in [false, true] {
                guard let response = HTTPResponse(bytes, isClosed: isClosed) else { continue }
                #expect(response.body.count <= bytes.count)
            }
        }
    }

    @Test(
        "finds the first model of a list",
        arguments: [
            (#"{"object":"list","data":[{"id":"m/1","object":"model"},{"id":"m/2"}]}"#, "m/1"), (#"{"data":[]}"#, nil),
            (#"{"data":[{}]}"#, nil),
            ("[]", nil), ("", nil), ("<html>", nil), (#"{"data":[{"id":7}]}"#, nil),
        ] as [(String, String?)]
    )
    func models(_ body: String, _ name: String?) { #expect(ModelList.firstIdentifier(in: Array(body.utf8)) == name) }
}

@Suite("HTTPRequest")
struct HTTPRequestTests {
    @Test("is one request on a connection that closes")
    func plain() {
        let request = HTTPRequest("GET", "/health", host: "10.0.0.1:8000")
        #expect(
            String(decoding: request.bytes, as: UTF8.self)
                == "GET /health HTTP/1.1\r\nHost: 10.0.0.1:8000\r\nConnection: close\r\nAccept: */*\r\n\r\n"
        )
    }

    @Test("carries a key and a body")
    func whole() {
        let request = HTTPRequest(
            "POST",
            "/v1/completions",
            host: "[fd00::1]:8000",
            bearer: Redacted("hunter2"),
            body: Array("{\"ä\":1}".utf8)
        )
        #expect(
            String(decoding: request.bytes, as: UTF8.self) == """
                POST /v1/completions HTTP/1.1\r
                Host: [fd00::1]:8000\r
                Connection: close\r
                Accept: */*\r
                Authorization: Bearer hunter2\r
                Content-Type: application/json\r
                Content-Length: 8\r
                \r
                {"ä":1}
                """
        )
    }

    @Test("shows its key in no description")
    func redacted() {
        let request = HTTPRequest("GET", "/", host: "h", bearer: Redacted("hunter2"))
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), "\([request])", dumped] {
            #expect(!text.contains("hunter2"))
        }
    }
}
