import Yams

/// Finding the second place a key stands at: the parser names only the first.
enum DuplicateKey {
    /// The next place the key occurs as a key of the same mapping.
    static func find(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        guard let line = source.line(first.line) else { return nil }
        let before = line.unicodeScalars.prefix(first.column - 1)
        // In flow style the mapping opened on this very line, so its keys do not begin the line.
        let isBlock = before.allSatisfy { $0 == " " || $0 == "-" }
        return isBlock ? findInBlock(key, first: first, in: source) : findInFlow(key, first: first, in: source)
    }

    static func diagnostic(_ key: String, first: Mark, again: SourceSpan?) -> Diagnostic {
        let firstSpan = SourceSpan(line: first.line, column: first.column, length: key.unicodeScalars.count)
        return Diagnostic(
            .duplicateKey,
            "the key `\(key)` stands twice in the same mapping",
            at: again ?? firstSpan,
            found: "`\(key)` again",
            expected: "each key once",
            notes: again == nil ? [] : [.init(message: "`\(key)` first stands here", span: firstSpan)],
            hint: "remove one of the two"
        )
    }

    /// The same text with the key replaced by a name no one can type, as long as the old one, so that every position
    /// stays what it was.
    static func renaming(_ span: SourceSpan, in text: String) -> String {
        let source = SourceFile(name: "", text: text)
        guard let line = source.line(span.line) else { return text }
        let scalars = line.unicodeScalars
        let start = scalars.index(scalars.startIndex, offsetBy: span.column - 1)
        let end = scalars.index(start, offsetBy: span.length)
        // Two renamed keys of one mapping must differ: the line and column make them so where the length allows, and
        // the mark's neighbours in the private-use area do where it does not.
        let seed = UInt32((span.line &* 131 &+ span.column) % 6000)
        let unique = Unicode.Scalar(YAMLDocument.duplicateMark.value + 1 + seed) ?? YAMLDocument.duplicateMark
        var replacement = String.UnicodeScalarView()
        for offset in 0..<span.length {
            replacement.append(offset == 0 && span.length > 1 ? YAMLDocument.duplicateMark : unique)
        }
        return String(text[..<start]) + String(replacement) + String(text[end...])
    }

    private static func findInBlock(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        for number in (first.line + 1)..<(source.lines.count + 1) {
            guard let line = source.line(number) else { return nil }
            let indent = line.unicodeScalars.prefix { $0 == " " }.count
            let body = line.unicodeScalars.dropFirst(indent)
            if body.isEmpty || body.first == "#" { continue }
            if indent < first.column - 1 { return nil }
            if indent == first.column - 1, let length = keyLength(key, in: Substring(body)) {
                return SourceSpan(line: number, column: first.column, length: length)
            }
        }
        return nil
    }

    private static func findInFlow(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        var depth = 0
        var number = first.line
        var column = first.column - 1 + key.unicodeScalars.count
        while let line = source.line(number) {
            let scalars = Array(line.unicodeScalars)
            while column < scalars.count {
                switch scalars[column] {
                case "[", "{": depth += 1
                case "]", "}":
                    depth -= 1
                    if depth < 0 { return nil }
                default: break
                }
                if depth == 0, column == 0 || " ,{".unicodeScalars.contains(scalars[column - 1]) {
                    let rest = String(String.UnicodeScalarView(scalars[column...]))
                    if let length = keyLength(key, in: rest[...]) {
                        return SourceSpan(line: number, column: column + 1, length: length)
                    }
                }
                column += 1
            }
            number += 1
            column = 0
        }
        return nil
    }

    /// The length of the key as written at the start of a text, plain or quoted, when a colon follows.
    private static func keyLength(_ key: String, in text: Substring) -> Int? {
        for written in [key, "\"\(key)\"", "'\(key)'"] where text.hasPrefix(written) {
            let rest = text.dropFirst(written.count).drop { $0 == " " }
            if rest.first == ":" { return written.unicodeScalars.count }
        }
        return nil
    }
}
