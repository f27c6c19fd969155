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

    @Test("lists all flags of a release, and fails where none is like the pattern")
    func all() async throws {
        let all = try await Muster.run(["flags", "--engine", "sglang", "--version", "0.5.9"])
        #expect(all.status == Code.ok && all.text.split(separator: "\n").count == 332)
        let none = try await Muster.run(["flags", "no-such-flag"])
        #expect(none.status == Code.failed && none.stdout.isEmpty)
        #expect(none.errorText == "no flag of SGLang or vLLM is like `no-such-flag`; `muster flags` shows all\n")
    }
}
