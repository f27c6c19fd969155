import OrderedCollections
import Yams

/// Walks YAML nodes along the field table and reports everything that does not fit, in one pass.
struct SchemaDecoder {
    /// Thousands of nodes with every override stay below this many values.
    private static let maximumValues = 100_000
    private static let maximumProblems = 1000
    /// A host of a range becomes a node with all of its settings.
    private static let hostWeight = 6

    private(set) var diagnostics: [Diagnostic] = []
    private var budget = maximumValues
    private(set) var isExhausted = false

    /// Decodes a mapping with known keys. The parent's key names it in messages.
    mutating func mapping(_ node: Node, fields: [Field], in place: Place) -> DecodedMapping? {
        guard case .mapping(let mapping) = node else {
            report(
                .wrongType,
                node,
                in: place.description,
                expected: "a mapping",
                hint: "write the keys of \(place) below it, indented"
            )
            return nil
        }
        var decoded = DecodedMapping(span: span(node))
        for (key, value) in pairs(of: mapping) {
            if isExhausted { break }
            guard let name = self.key(key, in: place) else { continue }
            guard let field = fields.first(where: { $0.name == name }) else {
                unknown(name, span(key), fields: fields, in: place)
                continue
            }
            decoded.written.insert(name)
            decoded.keySpans[name] = span(key)
            let problems = diagnostics.count
            if let value = self.value(value, field.kind, in: .key(place, name), example: field.example) {
                decoded.values[name] = value
            }
            if diagnostics.count > problems { decoded.unreadable.insert(name) }
        }
        for field in fields where field.isRequired && !decoded.written.contains(field.name) {
            append(
                Diagnostic(
                    .missingKey,
                    "the key `\(field.name)` is missing in \(place)",
                    at: decoded.span,
                    expected: field.kind.expectation,
                    hint: "add `\(field.name): \(field.example)`"
                )
            )
        }
        return decoded
    }

    private mutating func value(_ node: Node, _ kind: FieldKind, in place: Place, example: String) -> FieldValue? {
        guard pays(1, for: node) else { return nil }
        switch kind {
        case .mapping(let fields): return mapping(node, fields: fields, in: place).map(FieldValue.mapping)
        case .table(let element): return table(node, element, in: place, example: example).map(FieldValue.mapping)
        case .list(let element): return list(node, element, in: place, example: example)
        case .scalarOrMapping(let scalar, let fields):
            guard case .mapping = node else { return value(node, scalar, in: place, example: example) }
            return mapping(node, fields: fields, in: place).map(FieldValue.mapping)
        case .flagValue: return flag(node, in: place)
        default: return scalar(node, kind, in: place, example: example)
        }
    }

    private mutating func table(
        _ node: Node,
        _ element: FieldKind,
        in place: Place,
        example: String
    ) -> DecodedMapping? {
        guard case .mapping(let mapping) = node else {
            let expected = "a mapping of names to values"
            report(.wrongType, node, in: place.description, expected: expected, hint: "write for example `\(example)`")
            return nil
        }
        var decoded = DecodedMapping(span: span(node))
        for (key, value) in pairs(of: mapping) {
            if isExhausted { break }
            guard let name = self.key(key, in: place) else { continue }
            decoded.written.insert(name)
            decoded.keySpans[name] = span(key)
            if let value = self.value(value, element, in: .key(place, name), example: "a value") {
                decoded.values[name] = value
            }
        }
        return decoded
    }

    private mutating func list(_ node: Node, _ element: FieldKind, in place: Place, example: String) -> FieldValue? {
        guard case .sequence(let sequence) = node else {
            report(.wrongType, node, in: place.description, expected: "a list", hint: "write for example `\(example)`")
            return nil
        }
        var values: [FieldValue] = []
        for (index, item) in sequence.enumerated() {
            if isExhausted { break }
            if let value = self.value(item, element, in: .item(place, index), example: "an entry") {
                values.append(value)
            }
        }
        // A list of which nothing could be read is not an empty one.
        return values.isEmpty && !sequence.isEmpty ? nil : .list(values)
    }

    private mutating func scalar(_ node: Node, _ kind: FieldKind, in place: Place, example: String) -> FieldValue? {
        guard case .scalar(let scalar) = node else {
            // `10.0.0.[1-4]` stays text in YAML, but a bare `[1-4]` at the start of a value is a list.
            let hint = "write one value, for example `\(example)`"
            report(.wrongType, node, in: place.description, expected: kind.expectation, hint: hint)
            return nil
        }
        let span = span(node)
        if scalar.string.isEmpty || ScalarReader.isNull(scalar) {
            append(
                Diagnostic(
                    .emptyValue,
                    "\(place) has no value",
                    at: span,
                    expected: kind.expectation,
                    hint: "write a value, for example `\(example)`, or remove the key"
                )
            )
            return nil
        }
        switch ScalarReader.read(scalar, kind, at: span) {
        case .success(let value):
            if case .hosts(let hosts) = value, !pays(hosts.value.count * Self.hostWeight, for: node) { return nil }
            return value
        case .failure(let problem):
            append(
                Diagnostic(
                    problem.code,
                    "\(place) \(problem.message)",
                    at: span,
                    found: "`\(shown(scalar.string))`",
                    expected: problem.expected ?? kind.expectation,
                    hint: problem.hint ?? "write for example `\(example)`"
                )
            )
            return nil
        }
    }

    private mutating func flag(_ node: Node, in place: Place) -> FieldValue? {
        switch FlagReader.read(node) {
        case .success(let value): return .flag(Spanned(value, span(node)))
        case .failure(let problem):
            append(
                Diagnostic(
                    problem.code,
                    "\(place) \(problem.message)",
                    at: span(node),
                    expected: FieldKind.flagValue.expectation,
                    hint: problem.hint ?? "write `true` for a flag without a value, or the value"
                )
            )
            return nil
        }
    }

    // MARK: Keys

    private mutating func key(_ node: Node, in place: Place) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            report(.keyNotText, node, in: "a key of \(place)", expected: "text", hint: "write the key as plain text")
            return nil
        }
        // A renamed duplicate: reported already.
        if let first = scalar.string.unicodeScalars.first, (0xE000...0xF8FF).contains(first.value) { return nil }
        return scalar.string
    }

    /// The pairs of a mapping with `<<` merge keys folded in.
    private mutating func pairs(of mapping: Node.Mapping) -> [(key: Node, value: Node)] {
        var misfits: [Node] = []
        let pairs = MergeKeys.pairs(of: mapping, budget: &budget) { misfits.append($0) }
        for node in misfits {
            let expected = "a mapping, usually an alias"
            report(.badMerge, node, in: "`<<`", expected: expected, hint: "write `<<: *anchor`")
        }
        return pairs
    }

    /// Takes from the budget; what exceeds it is told once and nothing further is decoded.
    private mutating func pays(_ count: Int, for node: Node) -> Bool {
        guard !isExhausted else { return false }
        budget -= count
        guard budget > 0 else {
            isExhausted = true
            diagnostics.append(
                Diagnostic(
                    .fileTooLarge,
                    "the file stands for too many values once its ranges and aliases are expanded",
                    at: span(node),
                    found: "more than \(Self.maximumValues) values",
                    expected: "a description of at most \(HostRange.limit) nodes",
                    hint: "write ranges such as `node[01-16]`, and no aliases of lists of aliases"
                )
            )
            return false
        }
        return true
    }

    /// Nobody reads a thousand problems, and a file of nothing else costs as long as it is.
    private mutating func append(_ diagnostic: Diagnostic) {
        guard diagnostics.count < Self.maximumProblems else {
            isExhausted = true
            return
        }
        diagnostics.append(diagnostic)
    }

    private mutating func unknown(_ name: String, _ span: SourceSpan, fields: [Field], in place: Place) {
        let names = fields.map(\.name)
        let meant = Spelling.nearest(to: name, among: names)
        let elsewhere = ClusterFields.paths(of: name).filter { $0 != place.description }
        let hint: String
        if let meant {
            hint = "did you mean `\(meant)`?"
        } else if let other = elsewhere.first {
            hint = "`\(name)` belongs in \(other)"
        } else {
            hint = "remove it; engine flags go into `args`, environment variables into `env`"
        }
        append(
            Diagnostic(
                .unknownKey,
                "unknown key `\(name)` in \(place)",
                at: span,
                found: "`\(name)`",
                expected: "one of " + names.map { "`\($0)`" }.joined(separator: ", "),
                hint: hint
            )
        )
    }

    // MARK: Reporting

    private mutating func report(_ code: DiagnosticCode, _ node: Node, in place: String, expected: String, hint: String)
    {
        let found: String
        switch node {
        case .mapping: found = "a mapping"
        case .sequence: found = "a list"
        case .scalar(let scalar): found = scalar.string.isEmpty ? "nothing" : "`\(shown(scalar.string))`"
        case .alias: found = "an alias"
        }
        let message = "\(place) should be \(expected)"
        append(Diagnostic(code, message, at: span(node), found: found, expected: expected, hint: hint))
    }

    private func shown(_ text: String) -> String {
        let flat = text.map { $0.isNewline ? " " : $0 }
        return flat.count > 60 ? String(flat.prefix(57)) + "..." : String(flat)
    }

    private func span(_ node: Node) -> SourceSpan {
        let mark = node.mark
        let length: Int
        switch node {
        case .scalar(let scalar) where scalar.style == .plain || scalar.style == .any:
            length = scalar.string.unicodeScalars.prefix { $0 != "\n" }.count
        case .scalar(let scalar) where scalar.style == .doubleQuoted || scalar.style == .singleQuoted:
            length = scalar.string.unicodeScalars.prefix { $0 != "\n" }.count + 2
        default: length = 1
        }
        return SourceSpan(line: mark?.line ?? 1, column: mark?.column ?? 1, length: length)
    }
}

extension ClusterFields {
    /// Where in the file a key of this name is known, for the person who put it at the wrong level.
    static func paths(of name: String) -> [String] {
        func search(_ fields: [Field], _ place: String) -> [String] {
            fields.flatMap { field -> [String] in
                let here = field.name == name ? [place] : []
                let path = place == "the file" ? "`\(field.name)`" : "`\(place.filter { $0 != "`" }).\(field.name)`"
                return here + search(children(field.kind), path)
            }
        }
        return search(root, "the file")
    }

    static func children(_ kind: FieldKind) -> [Field] {
        switch kind {
        case .mapping(let fields), .scalarOrMapping(_, let fields): fields
        case .list(let element), .table(let element): children(element)
        default: []
        }
    }
}
