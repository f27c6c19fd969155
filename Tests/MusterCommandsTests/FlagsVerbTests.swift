import Foundation
import MusterTesting
import Testing

@Suite("muster flags")
struct FlagsVerbTests {
    @Test("shows one flag on a page of its own")
    func page() async throws {
        let result = try await Muster.run(["flags", "--engine", "vllm", "--version", "0.32.0", "max-model-len"])
        #expect(result.status == Code.ok && result.stderr.isEmpty)
        #expect(
            result.text == """
                --max-model-len
                  engine   vLLM
                  takes    count-or-auto
                  since    0.7.2

                """
        )
    }

    @Test("shows several in a table that is what it was")
    func table() async throws {
        let result = try await Muster.run(["flags", "cuda*graph*bs"])
        #expect(result.status == Code.ok && result.stderr.isEmpty)
        expectGolden(result.text, "flags")
    }

    @Test("has the same in JSON, and says who judged")
    func json() async throws {
        let words = ["flags", "cuda-graph-max-bs", "--engine", "sglang", "--version", "0.5.12", "--format", "json"]
        let result = try await Muster.run(words)
        expectGolden(result.text, "flags-json")
        let json = try result.json()
        #expect(json["format"] as? String == "muster.flags/1" && json["version"] as? String == "0.5.12")
        #expect(json["judged_by"] as? [String] == ["0.5.9", "0.5.15"])
        let text = try await Muster.run(Array(words.dropLast(2)))
        #expect(text.errorText == "note: judged by 0.5.9 and 0.5.15, the known releases on either side of 0.5.12\n")
    }

    @Test("names what a replaced flag becomes with its value")
    func replaced() async throws {
        let words = ["flags", "disable-cuda-graph", "--engine", "sglang", "--version", "0.5.23", "--format", "json"]
        let json = try (await Muster.run(words)).json()
        let flags = try #require(json["flags"] as? [[String: Any]])
        let replaced = try #require(flags.first?["replaced_by"] as? [[String: String]])
        #expect(
            replaced == [
                ["flag": "cuda-graph-backend-decode", "value": "disabled"],
                ["flag": "cuda-graph-backend-prefill", "value": "disabled"],
            ]
        )
    }

    @Test("a release that is none is told with those of the engine that was asked for")
    func release() async throws {
        for (engine, examples) in [
            ("sglang", "0.5.9, 0.4.4.post1 or 0.5.10.dev3+gabc"),
            ("vllm", "0.11.1, 0.18.2rc1 or 0.18.2rc1.dev73+gabc"),
        ] {
            let wrong = try await Muster.run(["flags", "seed", "--engine", engine, "--version", "main"])
            #expect(wrong.status == Code.usage && wrong.errorText.contains("write it as in \(examples)"))
        }
        let built = try await Muster.run(["flags", "seed", "--engine", "vllm", "--version", "0.18.2rc1.dev73+gabc"])
        #expect(
            built.errorText
                == "note: judged by 0.18.1 and 0.19.1; 0.18.2rc1.dev73+gabc is a build of somebody's own\n"
        )
    }

    @Test("lists all flags of a release, and fails where none is like the pattern")
    func all() async throws {
        let all = try await Muster.run(["flags", "--engine", "sglang", "--version", "0.5.9"])
        #expect(all.status == Code.ok && all.text.split(separator: "\n").count == 332)
        let none = try await Muster.run(["flags", "no-such-flag"])
        #expect(none.status == Code.failed && none.stdout.isEmpty)
        #expect(none.errorText == "no flag of SGLang or vLLM is like `no-such-flag`; `muster flags` shows all\n")
    }
}
