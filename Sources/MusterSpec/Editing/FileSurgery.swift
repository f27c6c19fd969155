import Yams

/// The cuts that an edit takes. They go by what the parser says of the text and by the text itself; whether they hit is
/// for the portrait of the result to say.
struct FileSurgery {
    private(set) var text: EditableText

    init(_ source: SourceFile) { text = EditableText(source) }

    var source: SourceFile { text.source }

    /// Writes the value of an edit, whether its key is there or not. An item of a list of nodes that stands for several
    /// hosts is split first, and one that is a bare host becomes a mapping.
    mutating func set(_ edit: FileEdit) throws(EditProblem) {
        guard let place = NodePath(edit.path) else {
            let root = try root()
            return try set(
                edit.path[...],
                to: edit.value,
                in: root,
                fields: ClusterFields.root,
                isFlow: isFlow(root)
            )
        }
        // At most a split and a wrap come before the mapping is there.
        for _ in 0..<3 {
            let item = try item(place)
            switch item.node {
            case .mapping(let mapping) where item.hostCount == 1:
                return try set(
                    place.rest[...],
                    to: edit.value,
                    in: mapping,
                    fields: ClusterFields.nodeMapping,
                    isFlow: item.isFlow || isFlow(mapping)
                )
            case .scalar(let scalar) where item.hostCount == 1: try wrap(scalar, item)
            default: try split(item)
            }
        }
        throw EditProblem("the entry of the node cannot be made a mapping")
    }

    func root() throws(EditProblem) -> Node.Mapping {
        guard case .mapping(let root)? = YAMLDocument(source).root else {
            throw EditProblem("the file is no mapping")
        }
        return root
    }

    /// Whether a mapping is written between braces. Yams takes the style of a mapping from the event that ends it, which
    /// has none, so the text is asked.
    func isFlow(_ mapping: Node.Mapping) -> Bool { text.opening(mapping.mark, "{") != nil }

    /// Puts a text in the place of another.
    mutating func replace(_ range: Range<String.Index>, with new: String) {
        var scalars = source.text.unicodeScalars
        scalars.replaceSubrange(range, with: new.unicodeScalars)
        text = EditableText(SourceFile(name: source.name, text: String(scalars)))
    }

    // MARK: Keys

    private mutating func set(
        _ path: ArraySlice<String>,
        to value: String,
        in mapping: Node.Mapping,
        fields: [Field],
        isFlow: Bool
    ) throws(EditProblem) {
        guard let key = path.first else { throw EditProblem("the edit names no key") }
        let rest = path.dropFirst()
        guard let pair = mapping.first(where: { $0.key.string == key }) else {
            // What is missing above the key comes with it: `env: {NCCL_NET: IB}`.
            let inner = rest.reversed().reduce(value) { "{\($1): \($0)}" }
            return try add("\(key): \(inner)", key, to: mapping, fields: fields, isFlow: isFlow)
        }
        guard case .scalar(let keyScalar) = pair.key, let colon = text.colonEnd(ofKey: keyScalar) else {
            throw EditProblem("the key `\(key)` is written in a way that cannot be edited safely")
        }
        let start = text.skippingBlanks(colon)
        if start < text.scalars.endIndex, "*&!".unicodeScalars.contains(text.scalars[start]) {
            throw EditProblem("the value of `\(key)` has an anchor, an alias or a tag")
        }
        guard !rest.isEmpty else { return try replaceValue(pair.value, of: key, colon, start, value, isFlow) }
        guard case .mapping(let inner) = pair.value else { throw EditProblem("`\(key)` is no mapping") }
        let innerFields: [Field] =
            if case .mapping(let names)? = fields.first(where: { $0.name == key })?.kind {
                names
            } else {
                []
            }
        try set(rest, to: value, in: inner, fields: innerFields, isFlow: isFlow || self.isFlow(inner))
    }

    private mutating func replaceValue(
        _ node: Node,
        of key: String,
        _ colon: String.Index,
        _ start: String.Index,
        _ value: String,
        _ isFlow: Bool
    ) throws(EditProblem) {
        switch node {
        case .scalar(let scalar):
            if scalar.string.isEmpty, start == text.lineEnd(colon) || text.scalars[start] == "#" {
                return replace(colon..<colon, with: " \(value)")
            }
            guard let end = text.end(of: scalar, at: start, isFlow: isFlow) else { break }
            return replace(start..<end, with: value)
        case .sequence where start == text.lineEnd(colon) || text.scalars[start] == "#":
            guard let end = plainListEnd(below: colon) else {
                throw EditProblem("the list of `\(key)` has comments between its lines")
            }
            // A comment behind the key stays behind it.
            let rest = String(text.scalars[colon..<text.lineEnd(colon)])
            return replace(colon..<end, with: " \(value)\(rest)")
        case .sequence, .mapping:
            guard start < text.scalars.endIndex, "[{".unicodeScalars.contains(text.scalars[start]),
                let close = text.closing(start)?.bracket, close < text.lineEnd(start)
            else { break }
            return replace(start..<text.scalars.index(after: close), with: value)
        default: break
        }
        throw EditProblem("the value of `\(key)` is written over several lines")
    }

    /// The end of a list of one word a line below a key; nothing where more than that stands there.
    private func plainListEnd(below colon: String.Index) -> String.Index? {
        guard let line = source.lines.firstIndex(where: { $0.startIndex <= colon && colon <= $0.endIndex }) else {
            return nil
        }
        let indent = source.lines[line].unicodeScalars.prefix { $0 == " " || $0 == "-" }.count
        let last = entryEnd(line + 1, indent: indent)
        let isPlain = source.lines[(line + 1)..<last].allSatisfy { line in
            let content = line.unicodeScalars.drop { $0 == " " }
            return content.first == "-" && !content.contains("#")
        }
        return isPlain ? source.lines[last - 1].endIndex : nil
    }

    private mutating func add(
        _ entry: String,
        _ key: String,
        to mapping: Node.Mapping,
        fields: [Field],
        isFlow: Bool
    ) throws(EditProblem) {
        guard isFlow else { return try addLine(entry, key, to: mapping, fields: fields) }
        guard let open = text.opening(mapping.mark, "{"), let close = text.closing(open) else {
            throw EditProblem("the mapping that `\(key)` belongs to cannot be found in the text")
        }
        let isEmpty = mapping.isEmpty
        let last = text.scalars[text.scalars.index(before: close.contentEnd)]
        replace(close.contentEnd..<close.contentEnd, with: isEmpty ? entry : last == "," ? " \(entry)" : ", \(entry)")
    }

    /// A line of its own, behind the key that stands before it in the reference.
    private mutating func addLine(
        _ entry: String,
        _ key: String,
        to mapping: Node.Mapping,
        fields: [Field]
    ) throws(EditProblem) {
        let names = fields.map(\.name)
        let before = names.firstIndex(of: key).map { Set(names[..<$0]) } ?? []
        let order = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        let anchor =
            mapping.filter { before.contains($0.key.string ?? "") }
            .max { order[$0.key.string ?? ""] ?? 0 < order[$1.key.string ?? ""] ?? 0 } ?? Array(mapping).last
        guard let anchor, let mark = anchor.key.mark else {
            throw EditProblem("the mapping has no key to add `\(key)` to")
        }
        let indent = mark.column - 1
        let end = flowEnd(anchor) ?? text.source.lines[entryEnd(mark.line, indent: indent) - 1].endIndex
        replace(end..<end, with: text.newline + String(repeating: " ", count: indent) + entry)
    }

    /// The end of the line on which a value between brackets ends: its lines may stand anywhere.
    private func flowEnd(_ pair: (key: Node, value: Node)) -> String.Index? {
        guard case .scalar(let key) = pair.key, let colon = text.colonEnd(ofKey: key) else { return nil }
        let start = text.skippingBlanks(colon)
        guard start < text.scalars.endIndex, "[{".unicodeScalars.contains(text.scalars[start]) else { return nil }
        return text.closing(start).map { text.lineEnd($0.bracket) }
    }

    /// The last line of a key's value, 1-based: before the next line that is not deeper. Comments and blank lines in
    /// between belong to what follows.
    private func entryEnd(_ line: Int, indent: Int) -> Int {
        var last = line
        for (offset, text) in source.lines.enumerated().dropFirst(line) {
            let own = text.unicodeScalars.prefix { $0 == " " }.count
            let rest = text.unicodeScalars.dropFirst(own)
            if rest.isEmpty { continue }
            let isComment = rest.first == "#"
            // A list may stand as far left as its key.
            let isItem = own == indent && rest.first == "-" && (rest.count == 1 || rest.dropFirst().first == " ")
            if own <= indent, !isItem {
                if isComment { continue }
                break
            }
            last = offset + 1
        }
        return last
    }
}
