extension DiagnosticPage {
    private static let width = 100

    /// What `muster explain` prints, with a final newline.
    package var text: String {
        var lines = ["\(code): \(title)", ""]
        lines += Self.wrapped(meaning, indent: "")
        lines += ["", "Fix:"] + Self.wrapped(fix, indent: "  ")
        if let occurrence {
            lines += ["", "It looks like this:"] + Self.wrapped(occurrence.message, indent: "  ")
            lines += ["", "Run next:", "  \(occurrence.next)"]
        }
        if let example {
            let severalEdits = example.edits.count > 1
            lines += ["", "Example: a file with \(severalEdits ? "these lines" : "this") in it"]
            lines += example.edits.flatMap { Self.snippet($0.replacement) }
            lines += ["where a good one has"]
            lines += example.edits.flatMap { Self.snippet($0.line) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The machine form, versioned like every other.
    package var json: JSONValue {
        [
            "format": "muster.explain/1",
            "code": .string(code.description),
            "title": .string(title),
            "meaning": .string(meaning),
            "fix": .string(fix),
            "example": example.map { .string($0.text) } ?? .null,
            "message": .optional(occurrence?.message),
            "next": .optional(occurrence?.next),
        ]
    }

    private static func snippet(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + visible($0) }
    }

    /// Control characters as the terminal must not get them.
    private static func visible(_ line: Substring) -> String {
        line.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x09: "<tab>"
            case 0..<0x20: "<0x\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))>"
            default: String(scalar)
            }
        }.joined()
    }

    private static func wrapped(_ text: String, indent: String) -> [String] {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count > indent.count, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + word
        }
        return lines + [line]
    }
}
