import Yams

extension FileSurgery {
    /// One entry of a list of nodes.
    struct Item {
        let node: Node
        let start: String.Index
        let hostCount: Int
        /// Whether the list is written between brackets.
        let isFlow: Bool
    }

    /// The entry that a node comes from.
    func item(_ place: NodePath) throws(EditProblem) -> Item {
        let root = try root()
        guard let pair = root.first(where: { $0.key.string == place.list }), case .sequence(let list) = pair.value,
            case .scalar(let key) = pair.key, let colon = text.colonEnd(ofKey: key)
        else { throw EditProblem("the file lists no `\(place.list)`") }
        let value = text.skippingBlanks(colon)
        guard value == text.scalars.endIndex || !"*&!".unicodeScalars.contains(text.scalars[value]) else {
            throw EditProblem("the value of `\(place.list)` has an anchor, an alias or a tag")
        }
        var first = 0
        var previous = colon
        for node in list {
            // An alias has the place of what it stands for.
            guard let start = text.index(node.mark), start >= previous, start < text.scalars.endIndex,
                !"*&!".unicodeScalars.contains(text.scalars[start])
            else { throw EditProblem("an entry of `\(place.list)` has an anchor, an alias or a tag") }
            previous = start
            let count = Self.hosts(node).count
            if place.index < first + count {
                return Item(
                    node: node,
                    start: start,
                    hostCount: count,
                    isFlow: text.opening(list.mark, "[") != nil
                )
            }
            first += count
        }
        throw EditProblem("the file lists only \(first) `\(place.list)`")
    }

    private static func hosts(_ node: Node) -> [String] {
        guard let text = (node.mapping?["host"] ?? node).string else { return [] }
        return (try? HostRange.expand(text)) ?? []
    }

    /// `10.0.0.2` becomes `{host: 10.0.0.2}`.
    mutating func wrap(_ scalar: Node.Scalar, _ item: Item) throws(EditProblem) {
        guard let end = text.end(of: scalar, at: item.start, isFlow: item.isFlow) else {
            throw EditProblem("the entry of the node is written over several lines")
        }
        replace(item.start..<end, with: "{host: \(Self.written(scalar.string))}")
    }

    /// `10.0.0.[3-4]` becomes an entry for each host, a mapping with a range one for each with the same keys.
    mutating func split(_ item: Item) throws(EditProblem) {
        let hosts = Self.hosts(item.node)
        let entry: (end: String.Index, texts: [String])
        switch item.node {
        case .scalar(let scalar):
            guard let end = text.end(of: scalar, at: item.start, isFlow: item.isFlow) else {
                throw EditProblem("the entry of the node is written over several lines")
            }
            entry = (end, hosts.map(Self.written))
        case .mapping(let mapping):
            guard isFlow(mapping), let close = text.closing(item.start)?.bracket,
                close < text.lineEnd(item.start), case .scalar(let host)? = mapping["host"],
                let start = text.index(host.mark), start > item.start, start < close,
                let end = text.end(of: host, at: start, isFlow: true)
            else {
                throw EditProblem(
                    "the entry of the node stands for \(hosts.count) hosts and is written over several lines: list "
                        + "the hosts one by one"
                )
            }
            let behind = text.scalars.index(after: close)
            let texts = hosts.map { host in
                String(text.scalars[item.start..<start]) + Self.written(host) + String(text.scalars[end..<behind])
            }
            entry = (behind, texts)
        default: throw EditProblem("the entry is neither a host nor a mapping")
        }
        guard let first = entry.texts.first else { throw EditProblem("the entry of the node names no host") }
        if item.isFlow { return replace(item.start..<entry.end, with: entry.texts.joined(separator: ", ")) }
        // A comment stays behind the first of them.
        let prefix = String(text.scalars[text.lineStart(item.start)..<item.start])
        let comment = String(text.scalars[entry.end..<text.lineEnd(item.start)])
        let rest = entry.texts.dropFirst().map { text.newline + prefix + $0 }.joined()
        replace(item.start..<text.lineEnd(item.start), with: first + comment + rest)
    }

    /// A host as it may stand anywhere: between quotes where it could be taken for something else.
    private static func written(_ host: String) -> String {
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain && host.lowercased() != "null" ? host : "\"\(host)\""
    }
}
