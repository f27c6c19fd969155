import Yams

/// Finding the second place a key stands at: the parser names only the first.
enum DuplicateKey {
    /// The next place the key occurs as a key of the same mapping.
    static func find(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        guard let line = source.line(first.line) else { return nil }
        let before = line.unicodeScalars.prefix(first.column - 1)
        // A key that begins its line is in block style, or in a flow mapping that was opened further up.
        let isBlock = before.allSatisfy { $0 == " " || $0 == "-" }
        return (isBlock ? findInBlock(key, first: first, in: source) : nil) ?? findInFlow(key, first: first, in: source)
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
    ///
    /// - Parameters:
    ///   - span: Where the key stands.
    ///   - source: The text it stands in.
    ///   - round: Different for every key renamed, since two renamed keys of one mapping must differ.
    /// - Returns: The new text.
    static func renaming(_ span: SourceSpan, in source: SourceFile, round: Int) -> String {
        guard let line = source.line(span.line) else { return source.text }
        let scalars = line.unicodeScalars
        guard let start = scalars.index(scalars.startIndex, offsetBy: span.column - 1, limitedBy: scalars.endIndex),
            let end = scalars.index(start, offsetBy: span.length, limitedBy: scalars.endIndex),
            let unique = Unicode.Scalar(YAMLDocument.duplicateMark.value + UInt32(round))
        else { return source.text }
        var text = source.text.unicodeScalars
        text.replaceSubrange(start..<end, with: repeatElement(unique, count: span.length))
        return String(text)
    }

    private static func findInBlock(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        for (index, line) in source.lines.enumerated().dropFirst(first.line) {
            let scalars = Array(line.unicodeScalars)
            let indent = scalars.prefix { $0 == " " }.count
            if indent == scalars.count || scalars[indent] == "#" { continue }
            if indent < first.column - 1 { return nil }
            if indent == first.column - 1, let length = length(of: key, in: scalars, at: indent, isFlow: false) {
                return SourceSpan(line: index + 1, column: first.column, length: length)
            }
        }
        return nil
    }

    private static func findInFlow(_ key: String, first: Mark, in source: SourceFile) -> SourceSpan? {
        var depth = 0
        var quote: Unicode.Scalar?
        var startsItem = false
        for (index, line) in source.lines.enumerated().dropFirst(first.line - 1) {
            let scalars = Array(line.unicodeScalars)
            // From the first key itself, so that its own quotes are followed.
            var column = index == first.line - 1 ? first.column - 1 : 0
            while column < scalars.count {
                let scalar = scalars[column]
                defer { column += 1 }
                if let open = quote {
                    if scalar == "\\", open == "\"" { column += 1 } else if scalar == open { quote = nil }
                    continue
                }
                if depth == 0, startsItem, let length = length(of: key, in: scalars, at: column, isFlow: true) {
                    return SourceSpan(line: index + 1, column: column + 1, length: length)
                }
                let isSpace = scalar == " " || scalar == "\t"
                switch scalar {
                case "[", "{": depth += 1
                case "]", "}": depth -= 1
                case "\"", "'":
                    if startsItem || column == 0 || " \t[{,:".unicodeScalars.contains(scalars[column - 1]) {
                        quote = scalar
                    }
                default: break
                }
                if depth < 0 { return nil }
                if scalar == "#", column == 0 || scalars[column - 1] == " " { break }
                startsItem = scalar == "," || startsItem && isSpace
            }
        }
        return nil
    }

    /// How long the key is as written at a place, plain or quoted, when it stands there and a colon follows.
    private static func length(of key: String, in line: [Unicode.Scalar], at start: Int, isFlow: Bool) -> Int? {
        guard start < line.count, let end = end(ofKeyIn: line, at: start, isFlow: isFlow) else { return nil }
        var written = line[start..<end]
        if line[start] == "\"" || line[start] == "'" { written = written.dropFirst().dropLast() }
        // The parser compares keys as Swift does, by canonical equivalence, so lengths in scalars may differ.
        guard text(written) == key else { return nil }
        return line[end...].first { $0 != " " } == ":" ? end - start : nil
    }

    private static func end(ofKeyIn line: [Unicode.Scalar], at start: Int, isFlow: Bool) -> Int? {
        if line[start] == "\"" || line[start] == "'" {
            return line[(start + 1)...].firstIndex(of: line[start]).map { $0 + 1 }
        }
        var end = start
        while end < line.count {
            if line[end] == ":", end + 1 == line.count || " \t,[]{}".unicodeScalars.contains(line[end + 1]) { break }
            if isFlow, ",[]{}".unicodeScalars.contains(line[end]) { return nil }
            end += 1
        }
        guard end < line.count else { return nil }
        while end > start, line[end - 1] == " " { end -= 1 }
        return end > start ? end : nil
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
