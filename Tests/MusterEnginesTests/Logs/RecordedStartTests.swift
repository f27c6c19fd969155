import Foundation
import MusterEngines
import MusterTesting
import Testing

/// Logs of real starts, where they lie beside the checkout. They are not part of it.
@Suite("Recorded starts")
struct RecordedStartTests {
    private static let folder = Repository.root.appending(path: "../shared/fixtures/logs-long")
    private static let areThere = FileManager.default.fileExists(atPath: folder.path)

    /// How often each thing is said.
    private func counts(_ name: String, _ engine: String, _ version: String) throws -> [String: Int] {
        let knowledge = try #require(sample(engine, version))
        var lines = LogLines()
        let whole =
            lines.feed(Array(try Data(contentsOf: Self.folder.appending(path: name))))
            + [lines.finish()].compactMap { $0 }
        let said = whole.compactMap { knowledge.signal(in: $0[...]) }.map { LogRow.says($0) }
        return Dictionary(said.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test(
        "eight ranks of SGLang load, and capture graphs among unfinished bars",
        .enabled(if: areThere, "no recordings are here")
    )
    func sglang() throws {
        let counts = try counts("07.txt", "sglang", "0.4.4.post1")
        for rank in 0..<8 {
            #expect(counts["loaded \(rank).0"] == 1 && counts["graphs \(rank).0"] == 1, "\(rank)")
        }
        #expect((48...54).allSatisfy { counts["weights 0.0 \($0)/55"] == 1 })
        #expect(counts["weights 0.0 55/55"] == 2)
    }

    @Test("a start of vLLM ends among its shards", .enabled(if: areThere, "no recordings are here"))
    func vllm() throws {
        let counts = try counts("09.txt", "vllm", "0.7.3")
        #expect((0...6).allSatisfy { counts["weights \($0)/11"] == 1 } && counts["weights 7/11"] == 2)
        #expect(counts["weights"] == 1 && counts.count == 9)
    }
}
