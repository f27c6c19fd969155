import Foundation
import MusterSpec
import Testing

@testable import MusterEngines

@Suite("The answer to why")
struct FailureAnswerTests {
    private static func answer(_ lines: String..., engine: EngineSpec.Kind? = nil) throws -> FailureAnswer {
        var cause = FirstCause(for: engine)
        for line in lines { cause.take(Substring(line), from: LogSource(name: "gpu-2.log", node: "gpu-2")) }
        return try #require(cause.answer())
    }

    private static let oom = "[2026-03-04 05:06:07 TP9] CUDA out of memory. Tried to allocate 1.00 GiB."
    private static let closed =
        "[2026-03-04 05:06:08 TP8] [gloo/transport/tcp/pair.cc:5] Connection closed by peer [a]:1"

    @Test("says where it was, what it means and who suffered, with the key in the words of the engine")
    func text() throws {
        let answer = try Self.answer("loading", Self.oom, Self.closed, engine: .vllm)
        #expect(answer.place == "TP9 on gpu-2.log at 2026-03-04 05:06:07.000")
        #expect(answer.evidence == [Self.oom, "loading"])
        #expect(
            answer.summary
                == "cuda-oom: \(answer.place): The GPU has no memory left for what PyTorch asked for."
        )
        #expect(answer.suffering == "1 other failed after it." && answer.limit == nil)
        #expect(answer.key == "args.gpu-memory-utilization")
        #expect(try Self.answer(Self.oom, engine: .sglang).key == "args.mem-fraction-static")
    }

    @Test("says what the logs do not show")
    func victim() throws {
        #expect(
            try Self.answer(Self.closed).limit
                == "No log shows the fault itself: look at the node that wrote nothing."
        )
    }

    @Test("hides what another function finds in its lines, and nothing else")
    func scrubbed() throws {
        let answer = try Self.answer("loading", Self.oom).scrubbed { $0 == "loading" ? "*" : $0 }
        #expect(answer.evidence == [Self.oom, "*"])
    }

    @Test("is read back from its JSON")
    func reading() throws {
        let answer = try Self.answer(Self.oom, Self.closed)
        let document = answer.json.adding(["format": "muster.why/1"]).pretty
        #expect(try JSONDecoder().decode(FailureAnswer.self, from: Data(document.utf8)) == answer)
        #expect(try JSONDecoder().decode(FailureAnswer.self, from: JSONEncoder().encode(answer)) == answer)
    }

    @Test("names the id, the role and the place in JSON")
    func json() throws {
        let json = try Self.answer(Self.oom).json.compact
        for member in [
            #""id": "cuda-oom""#, #""role": "cause""#, #""code": "MUS1003""#,
            #""node": "gpu-2""#, #""rank": "TP9""#, #""time_ns": 1772600767000000000"#, #""suffered": 0"#,
            #""is_fatal": true"#, #""key": "args.mem-fraction-static""#,
        ] {
            #expect(json.contains(member), "\(member) in \(json)")
        }
    }

    @Test("every signature has its words, and every fatal one a code")
    func words() {
        for signature in FailureCatalog.all {
            #expect(signature.meaning.hasSuffix(".") && signature.remedy.hasSuffix("."), "\(signature.id)")
            #expect(signature.fatality == .harmless || signature.area.code != nil, "\(signature.id)")
            #expect(FailureCatalog[signature.id] == signature)
        }
    }

    @Test("a release range ends before the release that mended it")
    func releases() throws {
        let signature = try #require(FailureCatalog["sgl-int8-gemm-sm89"])
        #expect(signature.applies(to: .sglang, .known("0.4.4.post1")))
        #expect(
            !signature.applies(to: .sglang, .known("0.4.4.post2")) && !signature.applies(to: .vllm, .known("0.9.0"))
        )
    }
}
