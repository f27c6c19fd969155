/// Text as data in a POSIX shell script.
package enum ShellText {
    /// A word that the shell reads back as exactly this text. Words that need no quotes get none.
    package static func quote(_ text: String) -> String {
        guard !text.isEmpty, text.utf8.allSatisfy(isPlain) else {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        return text
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
