import Yams

/// A cluster file parsed to YAML nodes, with everything the parser objects to turned into diagnostics.
struct YAMLDocument {
    /// The root, when there is one.
    let root: Node?
    let diagnostics: [Diagnostic]

    /// Keys that were written twice are renamed to one of the private-use characters from here on before parsing again,
    /// so that one duplicate does not hide every other problem. No key a person types can start with one.
    static let duplicateMark: Unicode.Scalar = "\u{E000}"

    init(_ source: SourceFile) {
        var diagnostics = YAMLGuard.check(source)
        guard diagnostics.isEmpty else {
            self.init(root: nil, diagnostics: diagnostics)
            return
        }
        var current = source
        // Each round removes one duplicate and costs a parse of the whole text, so a large file gets fewer of them.
        let rounds = max(8, min(256, (8 << 20) / max(1, source.text.utf8.count)))
        for round in 1...rounds {
            do {
                let parser = try Yams.Parser(yaml: current.text, resolver: .basic, encoding: .utf8)
                let root = try parser.singleRoot()
                self.init(root: root, diagnostics: diagnostics)
                return
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let key = keys.first ?? ""
                let again = DuplicateKey.find(key, first: context.mark, in: current)
                diagnostics.append(DuplicateKey.diagnostic(key, first: context.mark, again: again))
                guard let again else {
                    self.init(root: nil, diagnostics: diagnostics)
                    return
                }
                let renamed = DuplicateKey.renaming(again, in: current, round: round)
                current = SourceFile(name: source.name, text: renamed)
            } catch {
                diagnostics.append(Self.diagnostic(for: error, in: source))
                self.init(root: nil, diagnostics: diagnostics)
                return
            }
        }
        self.init(root: nil, diagnostics: diagnostics)
    }

    private init(root: Node?, diagnostics: [Diagnostic]) {
        self.root = root
        self.diagnostics = diagnostics
    }

    private static func diagnostic(for error: any Error, in source: SourceFile) -> Diagnostic {
        guard let error = error as? YamlError else {
            return Diagnostic(.yamlSyntax, "the YAML cannot be read: \(error)", at: nil, hint: nil)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return syntax(problem, context, mark, in: source)
        case .composer(_, let problem, let mark, _) where problem.contains("another document"):
            return Diagnostic(
                .severalDocuments,
                "the file holds more than one YAML document",
                at: SourceSpan(line: mark.line, column: mark.column, length: 3),
                expected: "one deployment per file",
                hint: "move what follows `---` to a file of its own"
            )
        case .composer(_, let problem, let mark, _):
            return syntax(problem, nil, mark, in: source)
        case .reader(let problem, _, _, _):
            return Diagnostic(
                .yamlSyntax,
                "the YAML cannot be read: \(problem)",
                at: nil,
                hint: "remove characters that YAML does not allow"
            )
        default:
            return Diagnostic(
                .yamlSyntax,
                "the YAML cannot be read",
                at: nil,
                hint: "check the file with a YAML linter"
            )
        }
    }

    private static func syntax(
        _ problem: String,
        _ context: YamlError.Context?,
        _ mark: Mark,
        in source: SourceFile
    )
        -> Diagnostic
    {
        let line = source.line(mark.line) ?? ""
        let span = SourceSpan(line: min(mark.line, source.lines.count), column: mark.column)
        if let tab = line.unicodeScalars.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t") {
            let column = line.unicodeScalars.distance(from: line.unicodeScalars.startIndex, to: tab) + 1
            return Diagnostic(
                .tabIndentation,
                "a tab is used for indentation",
                at: SourceSpan(line: span.line, column: column),
                found: "a tab",
                expected: "spaces",
                hint: "replace the tab with spaces; YAML does not allow tabs there"
            )
        }
        var notes: [Diagnostic.Note] = []
        if let context, context.mark.line != mark.line {
            notes.append(
                .init(message: context.text, span: SourceSpan(line: context.mark.line, column: context.mark.column))
            )
        }
        return Diagnostic(
            .yamlSyntax,
            "the YAML cannot be read: \(problem)",
            at: span,
            notes: notes,
            hint: "check indentation, colons, quotes and brackets around this place; quote text that holds `: ` or ` #`"
        )
    }
}
