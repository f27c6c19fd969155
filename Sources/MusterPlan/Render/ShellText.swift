/// Text as data in a POSIX shell script.
package enum ShellText {
    /// A word that the shell reads back as exactly this text. Words that need no quotes get none.
    package static func quote(_ text: String) -> String {
        guard !text.isEmpty, text.utf8.allSatisfy(isPlain) else {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        return text
    }

    /// Reads back a word that `quote` wrote, up to the first line break or space outside quotes.
    ///
    /// - Parameter text: What begins with the word.
    /// - Returns: The text the word stands for and what follows it; nothing when a quote is not closed.
    package static func unquote(_ text: Substring) -> (value: String, rest: Substring)? {
        var value = ""
        var rest = text
        while let first = rest.first, !first.isWhitespace {
            rest = rest.dropFirst()
            if first == "'" {
                guard let end = rest.firstIndex(of: "'") else { return nil }
                value += rest[..<end]
                rest = rest[rest.index(after: end)...]
            } else if first == "\\" {
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            } else {
                value.append(first)
            }
        }
        return (value, rest)
    }

    /// Text that may stand in a comment: on one line, so that it cannot end the comment.
    package static func comment(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }

    /// No shell gives these bytes a meaning inside a word; `=` would make an assignment of a first word, and `~`
    /// expands, so both are quoted where they matter.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:,@%+".utf8.contains(byte)
        }
    }
}
