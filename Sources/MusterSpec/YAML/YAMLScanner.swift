/// Follows quotes, comments, text blocks and flow brackets, which is all that is needed to see depth and aliases.
struct YAMLScanner {
    private var quote: Unicode.Scalar?
    private var depth = 0
    /// Lines deeper than this belong to a text block.
    private var blockIndent: Int?
    private var hasAlias = false
    private var complexKey: SourceSpan?

    /// A key that is no plain text in a file with aliases: the parser would hash what the alias stands for.
    var aliasInKey: Diagnostic? { hasAlias ? complexKey.map(Self.aliasAsKey) : nil }

    /// What is wrong with a line, given those before it.
    mutating func scan(_ line: Substring, number: Int) -> Diagnostic? {
        let scalars = Array(line.unicodeScalars)
        let indent = scalars.prefix { $0 == " " }.count
        if let block = blockIndent {
            if indent > block || indent == scalars.count { return nil }
            blockIndent = nil
        }
        var index = 0
        var dashes = 0
        var onlyDashesSoFar = true
        while index < scalars.count {
            let scalar = scalars[index]
            defer { index += 1 }
            if let open = quote {
                if scalar == "\\" && open == "\"" { index += 1 } else if scalar == open { quote = nil }
                continue
            }
            if onlyDashesSoFar, scalar == "-" || scalar == "?" {
                dashes += 1
            } else if scalar != " " {
                onlyDashesSoFar = false
            }
            switch scalar {
            case "#" where index == 0 || scalars[index - 1] == " " || scalars[index - 1] == "\t": return nil
            case "\"" where startsToken(scalars, at: index), "'" where startsToken(scalars, at: index): quote = scalar
            case "[", "{": depth += 1
            case "]", "}":
                depth = max(0, depth - 1)
                if isFollowedByColon(scalars, from: index + 1) { note(complexKey: number, index) }
            case "?" where startsToken(scalars, at: index) && isBlank(scalars, at: index + 1):
                note(complexKey: number, index)
            case "*" where startsToken(scalars, at: index):
                hasAlias = true
                if isKey(scalars, from: index) {
                    return Self.aliasAsKey(SourceSpan(line: number, column: index + 1))
                }
            case "|" where depth == 0 && startsToken(scalars, at: index) && isBlockHeader(scalars, from: index + 1),
                ">" where depth == 0 && startsToken(scalars, at: index) && isBlockHeader(scalars, from: index + 1):
                blockIndent = Self.parentColumn(scalars, of: index)
                return nil
            default: break
            }
            if depth + dashes > YAMLGuard.maximumDepth { return Self.tooDeep(number, index) }
        }
        return nil
    }

    private mutating func note(complexKey number: Int, _ index: Int) {
        complexKey = complexKey ?? SourceSpan(line: number, column: index + 1)
    }

    /// Whether a value or key may begin here: at the start of the line or behind an indicator.
    private func startsToken(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        var before = index - 1
        while before >= 0, isBlank(scalars, at: before) { before -= 1 }
        guard before >= 0 else { return true }
        if ",[{".unicodeScalars.contains(scalars[before]) { return true }
        // A colon makes a value with a space behind it, or right behind a quoted key in flow style.
        if scalars[before] == ":" { return before < index - 1 || depth > 0 }
        guard before < index - 1 else { return false }
        if scalars[before] == "-" || scalars[before] == "?" { return true }
        // An anchor or a tag may stand in between.
        var start = before
        while start > 0, !isBlank(scalars, at: start - 1) { start -= 1 }
        return scalars[start] == "&" || scalars[start] == "!"
    }

    /// The end of the line counts as a blank.
    private func isBlank(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        index >= scalars.count || scalars[index] == " " || scalars[index] == "\t"
    }

    private func isFollowedByColon(_ scalars: [Unicode.Scalar], from start: Int) -> Bool {
        var index = start
        while index < scalars.count, isBlank(scalars, at: index) { index += 1 }
        return index < scalars.count && scalars[index] == ":" && (depth > 0 || isBlank(scalars, at: index + 1))
    }

    /// Whether `*name` is followed by a colon, or preceded by the `?` of a complex key.
    private func isKey(_ scalars: [Unicode.Scalar], from start: Int) -> Bool {
        var before = start - 1
        while before >= 0, scalars[before] == " " { before -= 1 }
        if before >= 0, scalars[before] == "?" { return true }
        var after = start + 1
        while after < scalars.count,
            scalars[after].properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalars[after])
        {
            after += 1
        }
        guard after > start + 1 else { return false }
        while after < scalars.count, scalars[after] == " " { after += 1 }
        return after < scalars.count && scalars[after] == ":"
    }

    /// Only indicators and a comment may stand behind the `|` or `>` of a text block.
    private func isBlockHeader(_ scalars: [Unicode.Scalar], from start: Int) -> Bool {
        let rest = scalars[start...].drop { "+-0123456789".unicodeScalars.contains($0) }.drop { $0 == " " }
        return rest.isEmpty || rest.first == "#"
    }

    /// The column of the key or dash that owns a text block.
    private static func parentColumn(_ scalars: [Unicode.Scalar], of header: Int) -> Int {
        var column = scalars.prefix { $0 == " " }.count
        var dash = column - 1
        while column + 1 < scalars.count, scalars[column] == "-", scalars[column + 1] == " " {
            dash = column
            column += 1
            while column < scalars.count, scalars[column] == " " { column += 1 }
        }
        return column == header ? dash : column
    }

    private static func aliasAsKey(_ span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .aliasAsKey,
            "an alias stands where a key belongs",
            at: span,
            expected: "the key itself, in letters",
            hint: "write the key out; aliases may stand for values"
        )
    }

    private static func tooDeep(_ number: Int, _ index: Int) -> Diagnostic {
        Diagnostic(
            .nestedTooDeeply,
            "the file is nested too deeply",
            at: SourceSpan(line: number, column: index + 1),
            found: "more than \(YAMLGuard.maximumDepth) levels",
            expected: "a cluster file, which needs at most 6",
            hint: "check for brackets that are opened and never closed"
        )
    }
}
