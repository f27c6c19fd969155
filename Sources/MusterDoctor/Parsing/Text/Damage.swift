/// Why a text could not be read: what stands where, what should, and what to do about it.
package struct Damage: Error, Hashable, Sendable {
    package enum Reason: String, Sendable {
        /// Nothing but blanks.
        case empty
        /// The program said that it could not do what it was asked.
        case failed
        /// The output of another program.
        case foreign
        /// Cells run together, a line is missing, a number is none.
        case malformed
        /// More bytes than any such output has.
        case tooLarge = "too-large"
    }

    package let reason: Reason
    /// 1-based; nothing where it is about the whole text.
    package let line: Int?
    /// 1-based, in bytes; nothing where it is about the whole line.
    package let column: Int?
    package let found: String
    package let expected: String
    package let hint: String

    /// Nothing longer than this is quoted from the text.
    private static let longestQuote = 80

    package init(
        _ reason: Reason,
        line: Int? = nil,
        column: Int? = nil,
        found: String,
        expected: String,
        hint: String = Damage.attach
    ) {
        self.reason = reason
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected
        self.hint = hint
    }

    /// The usual way out: a copied text has lost something that the file still has.
    package static let attach = "send the program's output to a file and read that instead of a copied text"
    /// The way out where a terminal has wrapped lines.
    package static let wrapped = "a terminal that is too narrow loses blanks at its edge: send the output to a file"

    /// Text of the input between backticks, shortened, on one line and without what a terminal acts on.
    package static func quote(_ text: String) -> String {
        let isLong = text.utf8.count > longestQuote
        let plain = text.utf8.prefix(longestQuote).map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }
        return "`\(String(decoding: plain, as: UTF8.self))\(isLong ? "..." : "")`"
    }

    /// The one line that says it: place, what was found, what was expected.
    package var message: String {
        let place = line.map { line in "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " } ?? ""
        return "\(place)\(found); expected \(expected)"
    }
}
