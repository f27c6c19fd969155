/// Masks what gives itself away as secret in the lines of logs and files that leave a person's hands.
///
/// A value is masked by the name before it (`api_key='x'`, `--hf-token x`, `"password": "x"`, `Authorization: Bearer x`),
/// by how it begins (`hf_...`), or as a login in a URL; also where the line is a string of JSON. What stands for nothing
/// stays, and numbers of tokens: logs count these.
package enum LogRedaction {
    package static let mask = "***"

    package static func line(_ line: String) -> String {
        let scalars = Array(line.unicodeScalars)
        var output = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard isWord(scalars[index]) else {
                if let end = login(scalars, at: index) {
                    output.append(contentsOf: "://\(mask)".unicodeScalars)
                    index = end
                    continue
                }
                output.append(scalars[index])
                index += 1
                continue
            }
            let end = scalars[index...].firstIndex { !isWord($0) } ?? scalars.count
            let word = text(scalars[index..<end])
            guard !SecretNames.looksSecret(value: word) else {
                output.append(contentsOf: mask.unicodeScalars)
                index = end
                continue
            }
            output.append(contentsOf: scalars[index..<end])
            index = end
            guard isSecret(word), let value = value(scalars, behind: end, of: word) else { continue }
            output.append(contentsOf: scalars[end..<value.lowerBound])
            output.append(contentsOf: mask.unicodeScalars)
            index = value.upperBound
        }
        return String(output)
    }

    private static func isSecret(_ word: String) -> Bool {
        let name = String(word.drop { $0 == "-" })
        return SecretNames.looksSecret(name: name) || isHeader(name) || isPlural(name)
            || name.lowercased().contains("passphrase")
    }

    private static func isHeader(_ name: String) -> Bool { name.lowercased() == "authorization" }

    /// `api_keys`; `tokens` are counted.
    private static func isPlural(_ name: String) -> Bool {
        name.hasSuffix("s") && !name.lowercased().hasSuffix("tokens")
            && SecretNames.looksSecret(name: String(name.dropLast()))
    }

    /// The value that belongs to a name which ends at an index; nothing where none that could be secret follows.
    private static func value(_ text: [Unicode.Scalar], behind end: Int, of word: String) -> Range<Int>? {
        var index = end
        func skip(_ isSkipped: (Unicode.Scalar) -> Bool) {
            while index < text.count, isSkipped(text[index]) { index += 1 }
        }
        // In a line that is a string of JSON, quotes have a backslash before them.
        skip { $0 == "\"" || $0 == "'" || $0 == "\\" }
        let gap = index
        skip(isSpace)
        let isPair = index < text.count && text[index] == "," && gap > end && isHeader(word)
        if index < text.count, text[index] == "=" || text[index] == ":" || isPair {
            index += 1
            skip(isSpace)
        } else if !word.hasPrefix("--") || index == gap {
            return nil
        }
        guard index < text.count, text[index] != "{" else { return nil }
        if text[index] == "[", let end = text[index...].firstIndex(of: "]") {
            let list = index + 1..<end
            let items = text[list].split(separator: ",").map { item in self.text(item.filter { !isSpace($0) }[...]) }
            return items.allSatisfy { isHarmless($0, of: word) } ? nil : list
        }
        // Python's b'...'.
        if index + 1 < text.count, text[index] == "b", isQuote(text[index + 1]) { index += 1 }
        let isEscaped = text[index] == "\\" && index + 1 < text.count && isQuote(text[index + 1])
        if isEscaped { index += 1 }
        let quote = isQuote(text[index]) ? text[index] : nil
        if quote != nil { index += 1 }
        for scheme in ["Bearer ", "Basic "] where text[index...].starts(with: scheme.unicodeScalars) {
            index += scheme.unicodeScalars.count
        }
        let start = index
        skip { scalar in quote.map { scalar != $0 && (!isEscaped || scalar != "\\") } ?? !isEnd(scalar) }
        return isHarmless(self.text(text[start..<index]), of: word) ? nil : start..<index
    }

    private static func isHarmless(_ value: String, of word: String) -> Bool {
        if value.isEmpty || ["None", "null", "nil", "True", "False", mask].contains(value) || value.hasPrefix("--") {
            return true
        }
        let name = word.lowercased()
        if name.contains("token"), Double(value) != nil { return true }
        // The cluster file names a variable so.
        return name == "secret" && value.contains("_") && value.first?.isUppercase ?? false
            && value.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
    }

    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool { scalar == "\"" || scalar == "'" }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    /// Behind `://user:password` of a URL; nothing where there is none at an index.
    private static func login(_ text: [Unicode.Scalar], at start: Int) -> Int? {
        guard text[start...].starts(with: "://".unicodeScalars) else { return nil }
        let rest = text[(start + 3)...].prefix { !isEnd($0) && $0 != "/" && $0 != "\"" && $0 != "'" }
        guard let at = rest.lastIndex(of: "@"), rest[..<at].contains(":") else { return nil }
        return at
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
        default: false
        }
    }

    private static func isEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", ",", ";", ")", "}", "]": true
        default: false
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
