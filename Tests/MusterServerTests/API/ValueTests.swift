import Foundation
import MusterAPI
import MusterTesting
import Testing

@Suite("Values of the API")
struct ValueTests {
    @Test(
        "a time is written in RFC 3339 and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (1_763_757_538_007, "2025-11-21T20:38:58.007Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ]
    )
    func time(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test("random times since the calendar was reformed agree with Foundation")
    func random() throws {
        var random = SeededRandom(seed: 5)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<500 {
            let milliseconds = Int64.random(in: -11_000_000_000_000..<250_000_000_000_000, using: &random)
            let own = Timestamp(milliseconds: milliseconds)
            let date = try Date(own.description, strategy: format)
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == milliseconds)
            #expect(Timestamp(own.description) == own)
        }
    }

    @Test("a fraction may be missing, short or long")
    func fraction() {
        #expect(Timestamp("1970-01-01T00:00:01Z")?.milliseconds == 1000)
        #expect(Timestamp("1970-01-01T00:00:01.5Z")?.milliseconds == 1500)
        #expect(Timestamp("1970-01-01T00:00:01.123456Z")?.milliseconds == 1123)
    }

    @Test(
        "what is no such time is refused",
        arguments: [
            "", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-01-01T24:00:00Z",
            "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+01:00", "1970-1-01T00:00:00.000Z", "x970-01-01T00:00:00Z",
        ]
    )
    func refused(text: String) { #expect(Timestamp(text) == nil) }

    @Test("nothing turns a secret into text")
    func secrets() throws {
        let request = UpRequest(file: "name: a", path: "a.yaml", secrets: ["HF_TOKEN": "canary"])
        var dumped = ""
        dump(request, to: &dumped)
        let texts = [
            "\(request)", String(describing: request), String(reflecting: request), dumped, "\([request.secrets])",
            String(reflecting: request.secrets), "\(Mirror(reflecting: request.secrets).children.map(\.value))",
        ]
        for text in texts { #expect(!text.contains("canary")) }
        #expect("\(request.secrets)" == "<secrets: HF_TOKEN>")
        #expect(try JSONDecoder().decode(UpRequest.self, from: JSONEncoder().encode(request)) == request)
    }

    @Test("every kind of problem has a status of its own and is known again by its type")
    func problems() {
        #expect(Set(ProblemKind.allCases.map(\.status)).count == ProblemKind.allCases.count)
        for kind in ProblemKind.allCases {
            let problem = Problem(kind, "x")
            #expect(problem.kind == kind && problem.status == kind.status)
        }
        #expect(Problem(.notFound, "x").type == "urn:muster:problem:not_found")
    }

    @Test("a restart names one unit at most")
    func restart() throws {
        func decode(_ text: String) throws -> RestartRequest {
            try JSONDecoder().decode(RestartRequest.self, from: Data(text.utf8))
        }
        #expect(try decode("{}") == RestartRequest())
        #expect(try decode(#"{"node_rank": 2, "scope": "gang"}"#) == RestartRequest(nodeRank: 2, scope: .gang))
        #expect(throws: DecodingError.self) { try decode(#"{"rank": 1, "node": "a"}"#) }
        #expect(throws: DecodingError.self) { try decode(#"{"scope": "all"}"#) }
    }
}
