import Foundation
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("muster explain, schema, plan")
struct ReadOnlyVerbTests {
    @Test("explains a code, however it is written", arguments: ["MUS0304", "mus0304", "304", "MUS304"])
    func explain(_ code: String) async throws {
        let result = try await Muster.run(["explain", code])
        #expect(result.status == Code.ok && result.text.hasPrefix("MUS0304") && result.stderr.isEmpty)
    }

    @Test("explains a code in JSON")
    func explainJSON() async throws {
        let json = try await Muster.run(["explain", "MUS0304", "--format", "json"]).json()
        #expect(json["code"] as? String == "MUS0304" && json["title"] is String)
    }

    @Test("lists all codes, once and in order")
    func list() async throws {
        let lines = try await Muster.run(["explain"]).text.split(separator: "\n")
        let codes = lines.map { String($0.prefix(7)) }
        #expect(codes == DiagnosticCatalog.pages.map(\.code.description) && codes == codes.sorted())
        let json = try await Muster.run(["explain", "--format", "json"]).json()
        #expect(json["format"] as? String == "muster.codes/1")
        #expect((json["codes"] as? [[String: Any]])?.compactMap { $0["code"] as? String } == codes)
    }

    @Test("every code that the list names has its page")
    func everyPage() async throws {
        for page in DiagnosticCatalog.pages.prefix(10) {
            #expect(try await Muster.run(["explain", page.code.description]).text == page.text + "\n")
        }
    }

    @Test("prints a JSON Schema")
    func schema() async throws {
        let result = try await Muster.run(["schema"])
        let json = try result.json()
        #expect(result.status == Code.ok && result.stderr.isEmpty)
        #expect(json["$schema"] is String && json["properties"] is [String: Any])
    }

    @Test("plans the same in text and JSON, on standard output only", arguments: [fourNodes, oneNode])
    func plan(_ name: String) async throws {
        let text = try await Muster.run(["plan", example(name)])
        #expect(text.status == Code.ok && text.stderr.isEmpty)
        let result = try await Muster.run(["plan", example(name), "--format", "json"])
        let json = try result.json()
        let plan = try MusterCommandsTests.plan(of: try Repository.config(name))
        #expect(
            result.status == Code.ok && result.stderr.isEmpty
                && (json["format"] as? String)?.hasPrefix("muster.plan/") ?? false
        )
        #expect(text.text.contains("plan      \(plan.hash.short)\n"))
        #expect((json["units"] as? [Any])?.count == plan.units.count)
        #expect(text.text.split(separator: "\n").suffix(plan.ranks.count).allSatisfy { $0.first?.isNumber ?? false })
        #expect(try await Muster.run(["plan", example(name)]).stdout == text.stdout)
    }

    @Test("plans nothing from an invalid file, in the form that was asked for")
    func invalid() async throws {
        let text = try await Muster.run(["plan", "-"], stdin: clusterFile(tensor: 7))
        #expect(text.status == Code.invalid && text.stdout.isEmpty && text.errorText.contains("error[MUS0304]"))
        let json = try await Muster.run(["plan", "-", "--format", "json"], stdin: clusterFile(tensor: 7))
        #expect(try json.status == Code.invalid && json.stderr.isEmpty && json.json()["valid"] as? Bool == false)
    }

    @Test("shows no secret")
    func secrets() async throws {
        let file = Repository.root.appending(path: "Configs/vllm-2x8-tp16.yaml").path
        for arguments in [
            ["plan", file], ["plan", file, "--format", "json"], ["render", file], ["render", file, "--format", "json"],
        ] {
            let result = try await Muster.run(arguments, ["VLLM_API_KEY": "hunter2-hunter2"])
            #expect(result.status == Code.ok && !(result.text + result.errorText).contains("hunter2"))
        }
    }
}
