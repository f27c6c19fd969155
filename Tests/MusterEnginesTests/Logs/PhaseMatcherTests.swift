import MusterSpec
import MusterTesting
import Testing

@testable import MusterEngines

@Suite("Phase patterns in one pass")
struct PhaseMatcherTests {
    private static let patterns = [
        PhasePattern("Load weight begin", .weights, .head), PhasePattern("Load weight end", .loaded, .head),
        PhasePattern("begin of *end", .graphs, .unit), PhasePattern("new form: #", .memory, .head, from: .known("2.0")),
        PhasePattern("form: #", .memory, .unit, before: .known("2.0")),
    ]

    private func phase(_ line: String, _ version: EngineVersion = .known("1.0")) -> String? {
        PhaseMatcher(Self.patterns).match(line.utf8.span, version).map { "\($0.phase) \($0.speaker)" }
    }

    @Test("the first pattern that a line fits counts, whatever stands first in the line")
    func order() {
        #expect(phase("Load weight end. Load weight begin.") == "weights head")
        #expect(phase("Load weight end.") == "loaded head")
        #expect(phase("the begin of an end") == "graphs unit")
        #expect(phase("end, begin of") == nil)
        #expect(phase("") == nil)
    }

    @Test("a pattern of the release comes before one of another")
    func releases() {
        #expect(phase("new form: 3") == "memory unit")
        #expect(phase("new form: 3", .known("2.0")) == "memory head")
        #expect(phase("new form: 3", .known("2.0rc1")) == "memory unit")
        #expect(phase("the form: 3", .known("2.1")) == "memory unit")
        #expect(phase("form: x", .known("2.1")) == nil)
    }

    @Test("random lines fit what a look for each pattern finds")
    func random() {
        var random = SeededRandom(seed: 5)
        let words = ["Load weight ", "begin", "end", " of ", "new ", "form: ", "3", " Load", "x"]
        for _ in 0..<5000 {
            let line = (0..<6).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined()
            let found = Self.patterns.filter { $0.text.matches(line.utf8.span) }
            let expected = found.first { $0.isPrinted(by: .known("1.0")) } ?? found.first
            #expect(phase(line) == expected.map { "\($0.phase) \($0.speaker)" }, "\(line)")
        }
    }
}
