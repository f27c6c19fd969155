package import MusterSpec

/// Why a model does not run as the file says, and what to change.
package struct FitProblem: Hashable, Sendable {
    /// One change, or a few that belong together, that mend it.
    package struct WayOut: Hashable, Sendable {
        /// The change in words.
        package var text: String
        /// Of the cluster file; none where it is something else that has to change.
        package var edits: [Edit]
        /// What the fullest GPUs hold then; nothing where it cannot be counted.
        package var outcome: Outcome?

        package init(_ text: String, _ edits: [Edit] = [], outcome: Outcome? = nil) {
            self.text = text
            self.edits = edits
            self.outcome = outcome
        }
    }

    /// The fullest GPUs after a change.
    package struct Outcome: Hashable, Sendable {
        /// Bytes on each of them.
        package let weights: Int
        package let tokens: MemoryBudget.Tokens
        /// Tokens of the longest request, where they are known.
        package let context: Int?
        /// What has to be written beside the change, where the default part of the card leaves the cache nothing.
        package let fraction: Edit?
    }

    /// A value of the cluster file that is to become another: `["args", "context-length"]`.
    package struct Edit: Hashable, Sendable {
        package var path: [String]
        /// The YAML that is to stand there.
        package var value: String

        package init(_ path: [String], _ value: String) {
            self.path = path
            self.value = value
        }
    }

    package var code: DiagnosticCode
    package var severity: Severity
    /// What does not fit: `attention heads`, `weights`.
    package var subject: String
    /// Lower case, no final period.
    package var message: String
    package var measured: String
    package var expected: String
    /// In the order in which they are worth trying.
    package var ways: [WayOut]
    /// The key of the cluster file that it is about: `tp_size`, `args.context-length`.
    package var key: String
    package var span: SourceSpan?

    /// All ways out in one line, the first first.
    package var change: String {
        ways.map(\.text).joined(separator: "; or ")
    }

    /// The same as a problem of the cluster file, with the line it is about.
    package var diagnostic: Diagnostic {
        Diagnostic(
            code,
            severity,
            "\(subject): \(message)",
            at: span,
            found: measured,
            expected: expected,
            notes: ways.dropFirst().map { Diagnostic.Note(message: "or \($0.text)", span: nil) },
            hint: ways.first?.text
        )
    }

    /// The edit of the first way out, where it is one.
    package var edit: Edit? {
        guard let edits = ways.first?.edits, edits.count == 1 else { return nil }
        return edits[0]
    }
}
