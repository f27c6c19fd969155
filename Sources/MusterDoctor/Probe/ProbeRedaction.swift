import MusterSpec

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

    /// Masks what gives itself away as secret: the values of options, assignments, headers and JSON members by their
    /// names (`--api-key x y`, `HF_TOKEN=x`, `Authorization: Bearer x`, `{"api_key":"x"}`), tokens by how they begin, and who
    /// logs in with a URL. A command line does not tell where a value with blanks ends, so rather too much is masked.
    static func line(_ line: String) -> String {
        // What follows the name of a secret: an option may take several values, and the next option ends them.
        enum Following { case nothing, first, more }
        var following = Following.nothing
        return line.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard !word.isEmpty else { return "" }
            switch following {
            case .first where !word.hasPrefix("--"), .more where !word.hasPrefix("-"):
                following = .more
                return mask
            case .nothing, .first, .more: following = .nothing
            }
            if word.hasPrefix("-"), !word.contains("="), isSecret(word) {
                following = .first
                return String(word)
            }
            if let colon = word.firstIndex(of: ":"), !word[colon...].hasPrefix("://"), holdsSecretName(word) {
                // Where nothing stands behind the last colon, the value is still to come.
                if word.last(where: { !"\"'".contains($0) }) == ":" { following = .first }
                return word[colon...].allSatisfy { ":\"'".contains($0) } ? String(word) : mask
            }
            let equals = word.indices.first { word[$0] == "=" && isSecret(word[..<$0]) }
            return equals.map { "\(word[...$0])\(mask)" } ?? masked(word)
        }.joined(separator: " ")
    }

    /// Names that a file's keys do not have, beside those that ``SecretNames`` knows.
    private static let names: Set = ["key", "authorization", "bearer", "passphrase"]

    private static func isSecret(_ name: some StringProtocol) -> Bool {
        if SecretNames.looksSecret(name: String(name)) { return true }
        return name.lowercased().split { !$0.isLetter }.contains { names.contains(String($0)) }
    }

    /// Whether one of the names in `{"model":"m","api_key":"x"}` is that of a secret.
    private static func holdsSecretName(_ word: Substring) -> Bool {
        word.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.contains(where: isSecret)
    }

    /// A word by its own looks: `sk-...`, `--x=hf_...`, `postgres://user:password@host`.
    private static func masked(_ word: Substring) -> String {
        if let scheme = word.firstRange(of: "://"), let at = word.lastIndex(of: "@"), at > scheme.upperBound {
            let login = word[scheme.upperBound..<at]
            // Behind a slash an `@` is no login but a part of the path, as in `hf://org/model@main`.
            if !login.contains("/") || login.contains(":") {
                return "\(word[..<scheme.upperBound])\(mask)\(word[at...])"
            }
        }
        for part in word.split(whereSeparator: { "=,;\"'".contains($0) })
        where SecretNames.looksSecret(value: String(part)) {
            return mask
        }
        return String(word)
    }
}
