/// What must not be kept of a node's answer: command lines of processes may hold keys.
enum ProbeRedaction {
    private static let sections: Set<String> = ["holders", "processes"]
    private static let mask = "***"

    /// The answer with the secrets of command lines masked.
    static func redacted(_ answer: ProbeAnswer) -> ProbeAnswer {
        ProbeAnswer(
            sections: answer.sections.map { section in
                guard sections.contains(section.name) else { return section }
                let lines = String(decoding: section.text, as: UTF8.self).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                let text = lines.map { line(String($0)) }.joined(separator: "\n")
                return .init(name: section.name, text: Array(text.utf8), end: section.end)
            },
            isComplete: answer.isComplete
        )
    }

    /// Masks the value of each option and assignment whose name says that it is secret: `--api-key x`, `--hf-token=x`,
    /// `OPENAI_API_KEY=x`.
    static func line(_ line: String) -> String {
        var isNextSecret = false
        return line.split(separator: " ", omittingEmptySubsequences: false).map { word in
            if isNextSecret, !word.isEmpty {
                isNextSecret = false
                // An option without a value is followed by the next option.
                if !word.hasPrefix("--") { return mask }
            }
            let equals = word.firstIndex(of: "=")
            let name = word[..<(equals ?? word.endIndex)]
            guard isSecret(name) else { return String(word) }
            guard equals == nil else { return "\(name)=\(mask)" }
            isNextSecret = word.hasPrefix("-")
            return String(word)
        }.joined(separator: " ")
    }

    private static let names: Set = ["key", "token", "password", "passwd", "secret", "credential"]

    private static func isSecret(_ name: Substring) -> Bool {
        let parts = name.lowercased().split { !$0.isLetter }
        return parts.contains { names.contains(String($0)) }
    }
}
