import MusterSpec

/// Recognises the lines that move ranks: one pass over a line for all patterns of an engine.
struct PhaseMatcher: Sendable {
    /// Bytes of a line that are looked at: a longer one is data, and heads and bars are short.
    static let longestLine = 1024

    private let patterns: [PhasePattern]
    private let automaton: LiteralAutomaton

    /// Of two patterns that one line fits, the earlier one counts.
    init(_ patterns: [PhasePattern]) {
        precondition(patterns.count <= UInt64.bitWidth, "patterns of an engine are kept as bits of one number")
        self.patterns = patterns
        automaton = LiteralAutomaton(patterns.map(\.text.anchor))
    }

    /// The pattern that a line fits; nothing for nearly all lines. A line that only other releases print counts, too,
    /// where none of this one fits: what runs may be another release than the file says.
    func match(_ line: Span<UInt8>, _ version: EngineVersion) -> PhasePattern? {
        var candidates: UInt64 = 0
        automaton.search(line) { candidates |= 1 << UInt64($0) }
        var other: PhasePattern?
        while candidates != 0 {
            let pattern = patterns[candidates.trailingZeroBitCount]
            candidates &= candidates - 1
            guard pattern.text.matches(line) else { continue }
            if pattern.isPrinted(by: version) { return pattern }
            other = other ?? pattern
        }
        return other
    }
}
