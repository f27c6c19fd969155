/// How much a diagnostic weighs.
package enum Severity: String, Sendable, Comparable, CaseIterable {
    /// The file cannot be used as it is.
    case error
    /// The file can be used, and somebody will probably regret it.
    case warning

    package static func < (left: Severity, right: Severity) -> Bool { left == .error && right == .warning }
}

/// One problem a person can act on.
///
/// Its texts quote what stands in the file, so control characters and marks that turn the direction of writing are
/// spelled out in them: a file must not be able to write on somebody's terminal.
package struct Diagnostic: Hashable, Sendable {
    package struct Note: Hashable, Sendable {
        package var message: String
        package var span: SourceSpan?

        package init(message: String, span: SourceSpan?) {
            self.message = Diagnostic.visible(message)
            self.span = span
        }
    }

    package var code: DiagnosticCode
    package var severity: Severity
    /// Lower case, no final period, literals in backticks.
    package var message: String
    /// Where the caret goes; nothing for a problem with the file as a whole.
    package var span: SourceSpan?
    /// What stood there.
    package var found: String?
    /// What may stand there.
    package var expected: String?
    package var notes: [Note] = []
    /// The change to make.
    package var hint: String?

    package init(
        _ code: DiagnosticCode,
        _ severity: Severity,
        _ message: String,
        at span: SourceSpan?,
        found: String? = nil,
        expected: String? = nil,
        notes: [Note] = [],
        hint: String?
    ) {
        self.code = code
        self.severity = severity
        self.message = Self.visible(message)
        self.span = span
        self.found = found.map(Self.visible)
        self.expected = expected.map(Self.visible)
        self.notes = notes
        self.hint = hint.map(Self.visible)
    }

    /// An error, which most diagnostics are.
    package init(
        _ code: DiagnosticCode,
        _ message: String,
        at span: SourceSpan?,
        found: String? = nil,
        expected: String? = nil,
        notes: [Note] = [],
        hint: String?
    ) {
        self.init(code, .error, message, at: span, found: found, expected: expected, notes: notes, hint: hint)
    }
}

extension Diagnostic {
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return text.unicodeScalars.map { scalar in
            isHidden(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }
}

extension Sequence<Diagnostic> {
    /// In the order of the file, each problem once, whatever found it first.
    package func inFileOrder() -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return enumerated()
            .filter { seen.insert($0.element).inserted }
            .sorted { left, right in
                let (a, b) = (left.element, right.element)
                let (aSpan, bSpan) = (a.span ?? .init(line: 0, column: 0), b.span ?? .init(line: 0, column: 0))
                if aSpan != bSpan { return aSpan < bSpan }
                if a.severity != b.severity { return a.severity < b.severity }
                return a.code == b.code ? left.offset < right.offset : a.code < b.code
            }
            .map(\.element)
    }

    package var hasErrors: Bool { contains { $0.severity == .error } }
}
