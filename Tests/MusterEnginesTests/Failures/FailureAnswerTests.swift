import Foundation
import MusterSpec
import Testing

@testable import MusterEngines

@Suite("The answer to why")
struct FailureAnswerTests {
    private static func answer(
        _ lines: String...,
        engine: EngineSpec.Kind? = nil,
        hasContainers: Bool? = nil
    ) throws -> FailureAnswer {
        var cause = FirstCause(for: FailureSetting(engine, hasContainers: hasContainers))
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
        #expect(answer.suffering == "1 other failed, too." && answer.limit == nil)
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

    @Test("words of a later release are read as the most general ones, and what nobody knows is null")
    func words() throws {
        var text = try Self.answer(Self.oom).json.compact
        for (word, new) in [(#""gpu""#, #""quantum""#), (#""cause""#, #""omen""#), (#""any""#, #""dawn""#)] {
            text = text.replacing(word, with: new)
        }
        let answer = try JSONDecoder().decode(FailureAnswer.self, from: Data(text.utf8))
        #expect(answer.id == "cuda-oom" && answer.area == .host && answer.role == .umbrella && answer.code == "MUS1003")
        let none = FailureAnswer.none.compact
        #expect(none.contains(#""id": null"#) && none.contains(#""evidence": []"#) && none.contains(#""key": null"#))
    }

    @Test("settings that an engine prints before its fault are shown without secrets")
    func settings() throws {
        let answer = try Self.answer("server_args=ServerArgs(api_key='s3cr3t-canary', tp_size=8)", Self.oom)
        #expect(answer.evidence == [Self.oom, "server_args=ServerArgs(api_key='***', tp_size=8)"])
    }

    @Test("a key of containers is not named where there are none")
    func runtime() throws {
        let full = "OSError: [Errno 28] No space left on device: '/dev/shm/x'"
        let signature = try #require(FailureCatalog.all.first { $0.key == "runtime.docker.shm" })
        #expect(signature.key(for: FailureSetting(hasContainers: true)) == "runtime.docker.shm")
        #expect(signature.key(for: FailureSetting()) == "runtime.docker.shm")
        #expect(signature.key(for: FailureSetting(hasContainers: false)) == nil)
        #expect(try Self.answer(full, hasContainers: false).key?.hasPrefix("runtime.docker") != true)
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
    func catalogue() {
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
