/// Masks what gives itself away as secret in the lines of logs and files that leave a person's hands.
///
/// A value is masked by the name before it (`api_key='x'`, `--hf-token x`, `"password": "x"`, `Authorization: Bearer x`),
/// by how it begins (`hf_...`), or as a login in a URL. Numbers, and what stands for nothing, stay: logs count tokens.
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
        return SecretNames.looksSecret(name: name) || name.lowercased() == "authorization"
    }

    /// The value that belongs to a name which ends at an index; nothing where none that could be secret follows.
    private static func value(_ text: [Unicode.Scalar], behind end: Int, of word: String) -> Range<Int>? {
        var index = end
        func skip(_ isSkipped: (Unicode.Scalar) -> Bool) {
            while index < text.count, isSkipped(text[index]) { index += 1 }
        }
        skip { $0 == "\"" || $0 == "'" }
        let gap = index
        skip { $0 == " " }
        if index < text.count, text[index] == "=" || text[index] == ":" {
            index += 1
            skip { $0 == " " }
        } else if !word.hasPrefix("--") || index == gap {
            return nil
        }
        let quote = index < text.count && (text[index] == "\"" || text[index] == "'") ? text[index] : nil
        if quote != nil { index += 1 }
        for scheme in ["Bearer ", "Basic "] where text[index...].starts(with: scheme.unicodeScalars) {
            index += scheme.unicodeScalars.count
        }
        let start = index
        skip { scalar in quote.map { scalar != $0 } ?? !isEnd(scalar) }
        let found = self.text(text[start..<index])
        let isNothing = found.isEmpty || ["None", "null", "nil", "True", "False", "***"].contains(found)
        return isNothing || Double(found) != nil || found.hasPrefix("--") ? nil : start..<index
    }

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
