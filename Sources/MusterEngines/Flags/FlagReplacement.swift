/// What took a flag's place.
package struct FlagReplacement: Hashable, Sendable {
    package struct Word: Hashable, Sendable {
        /// Without dashes.
        package var flag: String
        /// What it is set to where the old flag was a switch that is on; nothing where it takes the old one's value.
        package var value: String?
        /// Whether only several values mean the same.
        package var takesSeveralOnly = false

        /// As a line of `args` has it, in quotes.
        package var text: String { value.map { "`\(flag): \($0)`" } ?? "`\(flag)`" }
    }

    package let words: [Word]
    /// Whether the meaning is near and not the same, so that a person has to decide.
    package let isAdvice: Bool

    /// Nothing for empty text: `NAME`, `NAME=VALUE` or `NAME[]`, several of them, with `~` in front of advice.
    init?(_ text: Substring) {
        isAdvice = text.hasPrefix("~")
        words = text.drop { $0 == "~" }.split(separator: " ").map { word in
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                return Word(flag: String(word.prefix { $0 != "[" }), takesSeveralOnly: word.hasSuffix("[]"))
            }
            return Word(flag: String(parts[0]), value: String(parts[1]))
        }
        guard !words.isEmpty else { return nil }
    }

    /// As a line of `args` names it.
    package var text: String { words.map(\.text).joined(separator: " and ") }
}
