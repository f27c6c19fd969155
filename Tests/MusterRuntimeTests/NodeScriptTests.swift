import Foundation
import MusterPlan
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("NodeScript")
struct NodeScriptTests {
    @Test("is the file of the repository, byte for byte, under a name made from it")
    func embedded() throws {
        let text = try Repository.text("Sources/CNodeScript/node.sh")
        #expect(NodeScript.bytes == Array(text.utf8))
        #expect(NodeScript.path(in: "~/.muster") == "~/.muster/bin/node-\(NodeScript.hash.hex.prefix(12)).sh")
    }

    @Test("passes its own suite under every shell there is", .timeLimit(.minutes(5)))
    func suite() async throws {
        let script = Repository.root.appending(path: "Tests/NodeScriptTests/run.sh").path
        guard FileManager.default.fileExists(atPath: script) else { return }
        var command = LocalCommand(["sh", script])
        command.limit = .seconds(290)
        let result = try await command.run()
        let lines = result.text.split(separator: "\n")
        let failures = lines.filter { $0.hasPrefix("not ok") }.joined(separator: "\n")
        let count = try #require(
            lines.last { $0.hasSuffix(" failed") && $0.contains(" passed, ") },
            "\(result.text.suffix(500))"
        )
        #expect(count.hasSuffix(" 0 failed") && !count.hasPrefix("0 passed"), "\(count)\n\(failures)")
        #expect(result.status == 0)
    }
}
