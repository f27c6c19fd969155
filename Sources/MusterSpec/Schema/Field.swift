/// One key of the cluster file: the row that decoding, the JSON Schema and the reference page are all made from.
package struct Field: Sendable {
    package var name: String
    package var kind: FieldKind
    package var isRequired: Bool
    /// What holds when the key is absent, in words or as written in the file.
    package var defaultText: String?
    /// One sentence, shown by editors and on the reference page.
    package var summary: String
    /// A value as a person would write it.
    package var example: String

    init(
        _ name: String,
        _ kind: FieldKind,
        required: Bool = false,
        default defaultText: String? = nil,
        example: String,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = required
        self.defaultText = defaultText
        self.summary = summary
        self.example = example
    }
}

/// What may stand behind a key.
package indirect enum FieldKind: Sendable {
    /// Any text on one line.
    case text
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    case boolean
    case duration
    case byteCount
    case address
    case deploymentName
    case version
    /// A network interface, an RDMA device, or another name that goes to the kernel as it is.
    case interface
    /// A host, possibly with bracketed ranges.
    case host
    /// One of a few words.
    case choice([String])
    /// A number within bounds, or one of a few words.
    case integerOrChoice(ClosedRange<Int>, [String])
    /// A mapping with known keys.
    case mapping([Field])
    /// A mapping from names to values of one kind.
    case table(FieldKind)
    case list(FieldKind)
    /// Either of two shapes, told apart by whether a mapping stands there.
    case scalarOrMapping(FieldKind, [Field])
    /// The value of an engine flag: a scalar, a list of scalars, or a mapping sent as JSON.
    case flagValue

    /// What a message says was expected.
    package var expectation: String {
        switch self {
        case .text: "text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "`true` or `false`"
        case .duration: "a duration such as `40m`, `90s` or `1h30m`"
        case .byteCount: "a size such as `64g` or `512m`"
        case .address: "an IPv4 or IPv6 address"
        case .deploymentName: "1 to 63 of `a-z`, `0-9` and `-`, starting and ending with a letter or digit"
        case .version: "a release such as `0.5.9` or `0.4.4.post1`"
        case .interface: "one name of at most 15 characters without spaces"
        case .host: "a host name or address, with ranges such as `10.0.0.[1-4]`"
        case .choice(let words): Self.list(words)
        case .integerOrChoice(let range, let words):
            "a whole number from \(range.lowerBound) to \(range.upperBound), or \(Self.list(words))"
        case .mapping: "a mapping"
        case .table: "a mapping of names to values"
        case .list: "a list"
        case .scalarOrMapping(let scalar, _): "\(scalar.expectation), or a mapping"
        case .flagValue: "a value, a list of values, or a mapping (sent as JSON)"
        }
    }

    private static func list(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}
