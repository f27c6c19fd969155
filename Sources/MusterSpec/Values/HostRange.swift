/// A host as a person writes it, with bracketed number ranges: `node[01-16]`, `10.0.0.[1-4,7]`.
package enum HostRange {
    /// What is wrong with the text of a range.
    package enum Problem: Error, Hashable, Sendable {
        case unbalanced
        case empty
        case notANumber(String)
        case backwards(String)
        case tooMany(Int)
        case badCharacter(Character)
    }

    /// The most hosts one entry may stand for.
    package static let limit = 4096

    /// The hosts a text stands for, in order. Zero-padding of the first number is kept: `[01-03]` is 01, 02, 03.
    package static func expand(_ text: String) throws(Problem) -> [String] {
        guard !text.isEmpty else { throw .empty }
        // An IPv6 address may stand in brackets, as in a URL.
        if text.hasPrefix("["), text.hasSuffix("]"), IPAddress(String(text.dropFirst().dropLast())) != nil {
            return [String(text.dropFirst().dropLast())]
        }
        if IPAddress(text) != nil { return [text] }
        var hosts = [""]
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]") else { throw .unbalanced }
            let literal = rest[..<open]
            let choices = try numbers(rest[rest.index(after: open)..<close])
            guard hosts.count * choices.count <= limit else { throw .tooMany(hosts.count * choices.count) }
            hosts = hosts.flatMap { host in choices.map { host + literal + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("]") else { throw .unbalanced }
        hosts = hosts.map { $0 + rest }
        for host in hosts {
            // What ssh would take for an option, or a shell for anything, is no host.
            if let bad = host.first(where: { !isHostCharacter($0) }) { throw .badCharacter(bad) }
            if host.hasPrefix("-") { throw .badCharacter("-") }
        }
        return hosts
    }

    private static func isHostCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-:%".contains(character))
    }

    private static func numbers(_ list: Substring) throws(Problem) -> [String] {
        var result: [String] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = ends.first, let last = ends.last, let from = number(first), let to = number(last) else {
                throw .notANumber(String(part))
            }
            guard from <= to else { throw .backwards(String(part)) }
            guard result.count + to - from < limit else { throw .tooMany(result.count + to - from + 1) }
            let width = first.hasPrefix("0") ? first.count : 0
            result += (from...to).map { value in
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
        }
        return result
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), text.count <= 9 else { return nil }
        return Int(text)
    }
}
