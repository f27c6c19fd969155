import Foundation
import Glibc
import MusterPlan
import MusterTesting
import Subprocess
import Testing

@testable import MusterRuntime

@Suite("NodeScript")
struct NodeScriptTests {
    private static let suite = Repository.root.appending(path: "Tests/NodeScriptTests/run.sh").path

    @Test("is the file of the repository, byte for byte, under a name made from it")
    func embedded() throws {
        let text = try Repository.text("Sources/CNodeScript/node.sh")
        #expect(NodeScript.bytes == Array(text.utf8))
        #expect(NodeScript.path(in: "~/.muster") == "~/.muster/bin/node-\(NodeScript.hash.hex.prefix(12)).sh")
    }

    @Test(
        "passes its own suite under every shell there is",
        .timeLimit(.minutes(5)),
        .enabled(if: FileManager.default.fileExists(atPath: suite))
    )
    func passesItsSuite() async throws {
        try await withScratch { scratch in
            let out = scratch.path + "/out"
            // glibc's posix_spawn has its children ignore two signals, which the suite would find in every unit. Naming
            // a user, if only the same, makes the library fork instead.
            var options = PlatformOptions()
            options.userID = getuid()
            // Not through a pipe: what the suite has launched would hold it open.
            let end = try await run(
                .name("sh"),
                arguments: ["-c", "exec sh \"$0\" >\"$1\" 2>&1", Self.suite, out],
                platformOptions: options,
                output: .discarded,
                error: .discarded
            ).terminationStatus
            let text = try String(contentsOfFile: out, encoding: .utf8)
            #expect(Self.failures(in: text) == [])
            let counts = text.split(separator: "\n").filter { $0.contains(" passed, ") }
            let count = try #require(counts.last, "\(text.suffix(500))")
            #expect(count.hasSuffix(" 0 failed") && !count.hasPrefix("0 passed"))
            #expect(end.isSuccess)
        }
    }

    private static func failures(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("not ok") }.map(String.init)
    }
}
