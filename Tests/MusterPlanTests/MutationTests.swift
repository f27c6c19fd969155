import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("files broken at random")
struct MutationTests {
    private static let originals = Repository.configs.map { Array($0.text.utf8) }
    private static let pieces: [[UInt8]] = [
        "\t", "\"", "'", "{", "}", "[", "]", ":", "- ", "? ", "&a ", "*a", "<<: ", "|\n", ">-\n", "\u{feff}", "---\n",
        "#", "\r", "\0", "~", "!!x ", "\u{2028}",
        "é", "nodes: ", "10.0.0.[1-9]", "99999999999999999999", "\"\\x00\"", "%", ",",
    ].map { Array($0.utf8) }

    private static func mutated(_ random: inout SeededRandom) -> [UInt8] {
        guard var bytes = originals.randomElement(using: &random) else { return [] }
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, index + Int.random(in: 0...24, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 4:
                let other = originals.randomElement(using: &random) ?? []
                let start = Int.random(in: 0..<other.count, using: &random)
                bytes.replaceSubrange(index..<end, with: other[start..<min(other.count, start + 40)])
            default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: index)
            }
        }
        return bytes
    }

    @Test("20,000 of them are read to an end, with places that lie in the file", arguments: 0..<20)
    func mutations(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for round in 0..<1000 {
            let bytes = Self.mutated(&random)
            let file = CheckedFile(ClusterFile(bytes: bytes, name: "m.yaml", world: bareWorld))
            let isPlausible = file.diagnostics.allSatisfy { diagnostic in
                guard let span = diagnostic.span, diagnostic.code != .notText else { return true }
                return (1...max(1, file.source.lines.count)).contains(span.line) && span.column >= 1
            }
            #expect(isPlausible, "seed \(seed), round \(round)")
            #expect(
                file.plans.isEmpty == (file.spec == nil || file.diagnostics.hasErrors),
                "seed \(seed), round \(round)"
            )
        }
    }
}
