import MusterTesting
import Testing

@testable import MusterEngines

@Suite("Patterns of failure lines")
struct LinePatternTests {
    static let rows: [(LinePattern, String, Bool)] = [
        ("abc", "xxabcxx", true), ("abc", "ab c", false), ("abc", "", false),
        ("host ~ port #:", "ssh to host a-1 port 22: no", true), ("host ~ port #:", "host  port 22:", false),
        ("host ~ port #:", "host a port x:", false), ("a * b", "a  b", true), ("a*b", "ab", true),
        ("a*b", "a" + String(repeating: "-", count: 200) + "b", true),
        ("a*b", "a" + String(repeating: "-", count: 201) + "b", false),
        (LinePattern("Xid (~): #", numbers: [79]), "NVRM: Xid (PCI:0000:91:00): 79, gone", true),
        (LinePattern("Xid (~): #", numbers: [79]), "NVRM: Xid (PCI:0000:91:00): 790, gone", false),
        (LinePattern("Xid (~): #", numbers: [79]), "NVRM: Xid (PCI:0000:91:00): 7", false),
        (LinePattern("error #", excluding: [12]), "error 12", false),
        (LinePattern("error #", excluding: [12]), "error 4", true),
        (LinePattern("failed", without: "timed out"), "failed: timed out", false),
        (LinePattern("failed", without: "timed out"), "failed: 22", true),
        ("error #", "error 99999999999999999999999999", false),
    ]

    @Test("match what they should", arguments: rows.indices)
    func row(_ index: Int) {
        let (pattern, line, isMatch) = Self.rows[index]
        #expect(pattern.matches(Substring(line).utf8.span) == isMatch, "\(line)")
    }

    @Test("every pattern can be found by its anchor, and no two signatures share an id")
    func anchors() {
        for signature in FailureCatalog.all {
            for pattern in signature.patterns { #expect(pattern.anchor.count >= 6, "\(signature.id)") }
        }
        #expect(Set(FailureCatalog.all.map(\.id)).count == FailureCatalog.all.count)
    }

    @Test("the automaton finds overlapping and nested literals, each where it stands")
    func automaton() {
        let literals = ["he", "she", "his", "hers", "sh"].map { Array($0.utf8) }
        let automaton = LiteralAutomaton(literals)
        var found: [Int] = []
        automaton.search(Substring("ushers his").utf8.span) { found.append($0) }
        #expect(found == [4, 1, 0, 3, 2])
    }

    @Test("any bytes are taken, and a line made to be slow ends")
    func total() {
        var random = SeededRandom(seed: 7)
        let literals = FailureCatalog.all.flatMap(\.patterns).map(\.anchor)
        for _ in 0..<2000 {
            var bytes = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            bytes += literals[Int(random.next() % UInt64(literals.count))]
            _ = FailureMatcher.shared.match(Substring(decoding: bytes, as: UTF8.self))
        }
        let slow = String(repeating: "NVRM: Xid (", count: 20_000)
        #expect(FailureMatcher.shared.match(Substring(slow)) == nil)
    }
}
