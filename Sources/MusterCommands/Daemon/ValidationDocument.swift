import FoundationEssentials
import MusterSpec

/// `muster.validate/1` as another process has written it: what a daemon finds wrong with a cluster file.
struct ValidationDocument: Decodable {
    private struct Entry: Decodable {
        struct Note: Decodable {
            var message: String
            var line: Int?
            var column: Int?
        }

        var code: String
        var severity: String
        var message: String
        var line: Int?
        var column: Int?
        var length: Int?
        var found: String?
        var expected: String?
        var notes: [Note]
        var hint: String?

        var diagnostic: Diagnostic? {
            // A code is a number whatever the release, so this fails for no daemon there ever was.
            guard let code = DiagnosticCode(code) else { return nil }
            return Diagnostic(
                code,
                Severity(rawValue: severity) ?? .error,
                message,
                at: span(line, column, length),
                found: found,
                expected: expected,
                notes: notes.map { Diagnostic.Note(message: $0.message, span: span($0.line, $0.column, nil)) },
                hint: hint
            )
        }

        private func span(_ line: Int?, _ column: Int?, _ length: Int?) -> SourceSpan? {
            guard let line, let column else { return nil }
            return SourceSpan(line: line, column: column, length: length ?? 1)
        }
    }

    private var name: String?
    private var entries: [Entry]

    private enum CodingKeys: String, CodingKey {
        case name
        case entries = "diagnostics"
    }

    /// - Parameter text: The document.
    /// - Throws: `DecodingError`.
    init(reading text: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) }

    /// What is wrong, in the order of the file.
    var diagnostics: [Diagnostic] { entries.compactMap(\.diagnostic) }

    /// The document as `muster validate` prints it.
    ///
    /// - Parameter file: What the person calls the file.
    /// - Returns: The document.
    func json(file: String) -> JSONValue {
        [
            "format": "muster.validate/1", "file": .string(file), "valid": false, "name": .optional(name),
            "plan_hash": .null, "diagnostics": .array(diagnostics.map { $0.json(file: file) }),
        ]
    }
}
