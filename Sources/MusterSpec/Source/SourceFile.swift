/// The text of a cluster file, cut into lines the way a YAML parser counts them.
package struct SourceFile: Sendable {
    /// The name a person knows the file by; what every diagnostic starts with.
    package let name: String
    /// The whole text.
    package let text: String
    /// The lines without their terminators. YAML ends a line at LF, CR, CRLF, NEL, LS and PS alike.
    package let lines: [Substring]

    package init(name: String, text: String) {
        self.name = name
        self.text = text
        self.lines = Self.split(text)
    }

    /// The line with a 1-based number, or nothing when there is none.
    package func line(_ number: Int) -> Substring? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }

    private static func split(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            guard isLineBreak(scalar) else {
                index = next
                continue
            }
            lines.append(text[start..<index])
            // CRLF is one break, not two.
            index =
                scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n" ? scalars.index(after: next) : next
            start = index
        }
        lines.append(text[start...])
        return lines
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
