/// Recognises the lines of failures: one pass over a line for all patterns, and a closer look at the few that may fit.
package struct FailureMatcher: Sendable {
    package struct Match: Hashable, Sendable {
        package let signature: FailureSignature
        /// The signature's, unless this form of the message says otherwise.
        package let role: FailureSignature.Role
    }

    private struct Entry: Sendable {
        let signature: Int
        let pattern: LinePattern
    }

    /// Bytes of a line that are looked at; what a message means stands before.
    static let longestLine = 4096

    package static let shared = FailureMatcher(FailureCatalog.all)

    private let signatures: [FailureSignature]
    private let entries: [Entry]
    private let automaton: LiteralAutomaton

    package init(_ signatures: [FailureSignature]) {
        self.signatures = signatures
        entries = signatures.enumerated().flatMap { index, signature in
            signature.patterns.map { Entry(signature: index, pattern: $0) }
        }
        automaton = LiteralAutomaton(entries.map(\.pattern.anchor))
    }

    /// What a line says. Where it fits several signatures, the one that the release can print, and of these the one that
    /// says most: a cause before its wrapping, and the special before the general, which is the order of the catalogue.
    package func match(_ line: Substring, _ setting: FailureSetting = FailureSetting()) -> Match? {
        let bytes = line.utf8.span
        let text = bytes.extracting(first: Self.longestLine)
        var candidates: [Int] = []
        automaton.search(text) { if !candidates.contains($0) { candidates.append($0) } }
        guard !candidates.isEmpty else { return nil }
        var best: (isForeign: Bool, weight: FailureWeight, entry: Int)?
        for candidate in candidates.sorted() {
            let signature = signatures[entries[candidate].signature]
            let weight = FailureWeight(signature.fatality, entries[candidate].pattern.role ?? signature.role)
            let isForeign = !setting.canPrint(signature)
            if let best, best.isForeign == isForeign ? best.weight <= weight : isForeign { continue }
            if entries[candidate].pattern.matches(text) { best = (isForeign, weight, candidate) }
        }
        return best.map { found in
            let signature = signatures[entries[found.entry].signature]
            return Match(signature: signature, role: entries[found.entry].pattern.role ?? signature.role)
        }
    }
}
