/// Quoting for a POSIX shell, which every `exec` request passes through on the server.
public enum ShellQuoting {
    private static let safe = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-".utf8)

    /// The text as one shell word: as it is if no shell gives any of it a meaning, else in single quotes.
    ///
    /// A `=` or `~` matters at some places only, so a word that starts with `=` (a path in zsh) is quoted, and `~` is
    /// never safe.
    public static func quote(_ text: String) -> String {
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "=") || !text.utf8.allSatisfy(safe.contains) else {
            return text
        }
        var quoted = "'"
        for character in text.unicodeScalars {
            if character == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(character) }
        }
        return quoted + "'"
    }

    /// The words as one command line. A first word with `=` in it is quoted, or it would be an assignment.
    public static func command(_ argv: [String]) -> String {
        argv.enumerated().map { index, word in
            let quoted = quote(word)
            return index == 0 && quoted == word && word.contains("=") ? "'\(word)'" : quoted
        }.joined(separator: " ")
    }
}
