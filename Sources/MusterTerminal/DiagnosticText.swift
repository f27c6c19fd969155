package import MusterSpec

/// The terminal form of diagnostics: message, place, the line with a caret, what was found and expected, the hint.
package struct DiagnosticText: Sendable {
    private let style: Style
    private let width: Int

    /// - Parameters:
    ///   - style: Colours, or none.
    ///   - width: Cells per line; long source lines are cut around the caret.
    package init(style: Style, width: Int = 100) {
        self.style = style
        self.width = max(40, width)
    }

    /// One diagnostic, without a final newline.
    package func text(_ diagnostic: Diagnostic, in source: SourceFile) -> String {
        let word = diagnostic.severity == .error ? style.bad("error") : style.doubtful("warning")
        var lines = ["\(word)[\(diagnostic.code)]: \(style.strong(diagnostic.message))"]
        let gutter = String(repeating: " ", count: gutterWidth(diagnostic))
        lines += place(diagnostic.span, in: source, gutter: gutter)
        if let found = diagnostic.found { lines.append("\(gutter) = found: \(found)") }
        if let expected = diagnostic.expected { lines.append("\(gutter) = expected: \(expected)") }
        for note in diagnostic.notes {
            lines.append("\(gutter) = note: \(note.message)")
            lines += place(note.span, in: source, gutter: gutter)
        }
        if let hint = diagnostic.hint { lines.append("\(gutter) \(style.good("hint")): \(hint)") }
        return lines.joined(separator: "\n")
    }

    /// All of them, with a closing count.
    package func text(_ diagnostics: [Diagnostic], in source: SourceFile) -> String {
        var parts = diagnostics.map { text($0, in: source) }
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        if !counts.isEmpty {
            let example = diagnostics.first.map { "; `muster explain \($0.code)` says more" } ?? ""
            parts.append("\(source.name): \(counts.joined(separator: ", "))\(example)")
        }
        return parts.joined(separator: "\n\n")
    }

    private func gutterWidth(_ diagnostic: Diagnostic) -> Int {
        let lines = [diagnostic.span?.line].compactMap { $0 } + diagnostic.notes.compactMap { $0.span?.line }
        return String(lines.max() ?? 1).count
    }

    private func place(_ span: SourceSpan?, in source: SourceFile, gutter: String) -> [String] {
        guard let span else { return ["\(gutter)\(style.faint("-->")) \(source.name)"] }
        var lines = ["\(gutter)\(style.faint("-->")) \(source.name):\(span.line):\(span.column)"]
        guard let line = source.line(span.line) else { return lines }
        let (shown, caret) = window(Array(line.unicodeScalars), span)
        let number = String(span.line)
        let pad = String(repeating: " ", count: max(0, gutter.count - number.count))
        lines.append(style.faint("\(gutter) |"))
        lines.append("\(style.faint("\(pad)\(number) |")) \(shown)")
        lines.append("\(style.faint("\(gutter) |")) \(caret)")
        return lines
    }

    /// The part of a line that is shown, and the caret line below it. A tab is shown as one space, so that the caret
    /// stands under the character the column counts.
    private func window(_ line: [Unicode.Scalar], _ span: SourceSpan) -> (shown: String, caret: String) {
        let room = width - 10
        let column = min(span.column - 1, line.count)
        let start = DisplayWidth.of(text(line[...])) <= room ? 0 : max(0, min(column - room / 3, line.count))
        let before = text(line[start..<max(start, column)])
        let marked = text(line[column..<min(line.count, column + span.length)])
        let prefix = start > 0 ? "…" : ""
        let shown = DisplayWidth.fit(prefix + text(line[start...]), room)
        let indent = DisplayWidth.of(prefix + before)
        let carets = min(max(1, DisplayWidth.of(marked)), max(1, room - indent))
        return (shown, String(repeating: " ", count: indent) + style.bad(String(repeating: "^", count: carets)))
    }

    private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}
