import Foundation
import MusterEngines
import MusterTesting
import Testing

/// Logs of real failures, where they lie beside the checkout. They are not part of it.
@Suite("Recorded failures")
struct RecordedFailureTests {
    private static let folder = Repository.root.appending(path: "../shared/fixtures")
    private static let areThere = FileManager.default.fileExists(atPath: folder.path)

    /// The first cause of each long log, by what the people who reported it found.
    private static let causes = [
        "01": "gloo-peer-closed", "02": "nccl-shm-create", "03": "torch-watchdog-timeout",
        "04": "torch-watchdog-timeout", "05": "triton-shared-memory", "06": "vllm-free-memory-low",
        "07": "cuda-ecc-uncorrectable", "08": "gloo-recv-timeout", "09": "safetensors-header",
        "10": "torch-store-wait-timeout",
    ]

    private static func answers(_ kind: String) throws -> [(name: String, id: String?)] {
        let folder = folder.appending(path: kind)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            var lines = LogLines()
            var text = lines.feed(Array(try Data(contentsOf: folder.appending(path: name))))
            if let rest = lines.finish() { text.append(rest) }
            var cause = FirstCause()
            // The first line names where the recording is from.
            cause.take(Array(text.dropFirst()), from: LogSource(name: name, node: "a"))
            return (String(name.prefix { $0 != "." }), cause.answer()?.id)
        }
    }

    @Test("each excerpt has its own signature as the answer", .enabled(if: areThere, "no recordings are here"))
    func excerpts() throws {
        let answers = try Self.answers("logs")
        let misses = answers.filter { $0.name != $0.id }.map { "\($0.name): \($0.id ?? "nothing")" }
        print("signatures: \(answers.count - misses.count) of \(answers.count) excerpts", misses)
        #expect(misses.isEmpty && answers.count >= 89)
    }

    @Test("each long log has the first cause that was found", .enabled(if: areThere, "no recordings are here"))
    func situations() throws {
        let answers = try Self.answers("logs-long")
        let misses = answers.filter { Self.causes[$0.name] != $0.id }.map { "\($0.name): \($0.id ?? "nothing")" }
        print("first causes: \(answers.count - misses.count) of \(answers.count) logs", misses)
        #expect(misses.isEmpty && answers.count == Self.causes.count)
    }
}
