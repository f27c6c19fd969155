import OrderedCollections

/// What decoding makes of one node of the file: the shape its field asks for, with positions.
indirect enum FieldValue {
    case text(Spanned<String>)
    case integer(Spanned<Int>)
    case boolean(Spanned<Bool>)
    case duration(Spanned<Duration>)
    case byteCount(Spanned<ByteCount>)
    case address(Spanned<IPAddress>)
    case deploymentName(Spanned<DeploymentName>)
    case version(Spanned<EngineVersion>)
    case hosts(Spanned<[String]>)
    case mapping(DecodedMapping)
    case list([FieldValue])
    case flag(Spanned<FlagValue>)
}

/// A mapping whose keys were checked; a key whose value was wrong is absent here and present in the diagnostics.
struct DecodedMapping {
    var span: SourceSpan
    var values: OrderedDictionary<String, FieldValue> = [:]
    var keySpans: [String: SourceSpan] = [:]
    /// Every key that stood there, whether or not its value could be read.
    var written: Set<String> = []
    /// The keys with a problem anywhere in their value: what is said about them further on would be a consequence.
    var unreadable: Set<String> = []

    func text(_ key: String) -> Spanned<String>? { if case .text(let value)? = values[key] { value } else { nil } }
    func integer(_ key: String) -> Spanned<Int>? { if case .integer(let value)? = values[key] { value } else { nil } }
    func duration(_ key: String) -> Spanned<Duration>? {
        if case .duration(let value)? = values[key] { value } else { nil }
    }
    func byteCount(_ key: String) -> Spanned<ByteCount>? {
        if case .byteCount(let value)? = values[key] { value } else { nil }
    }
    func address(_ key: String) -> Spanned<IPAddress>? {
        if case .address(let value)? = values[key] { value } else { nil }
    }
    func name(_ key: String) -> Spanned<DeploymentName>? {
        if case .deploymentName(let value)? = values[key] { value } else { nil }
    }
    func version(_ key: String) -> Spanned<EngineVersion>? {
        if case .version(let value)? = values[key] { value } else { nil }
    }
    func hosts(_ key: String) -> Spanned<[String]>? { if case .hosts(let value)? = values[key] { value } else { nil } }
    func mapping(_ key: String) -> DecodedMapping? { if case .mapping(let value)? = values[key] { value } else { nil } }
    func list(_ key: String) -> [FieldValue]? { if case .list(let value)? = values[key] { value } else { nil } }
}

/// The value of an engine flag as written, before any engine has looked at it.
package enum FlagValue: Hashable, Sendable {
    /// A plain `true` or `false`: the flag is given or not given.
    case switched(Bool)
    /// Text exactly as written; numbers stay text, so `0.90` is not turned into `0.9`.
    case text(String)
    /// Several values after one flag.
    case list([String])
    /// A mapping or nested list, sent as JSON.
    case json(JSONValue)
    /// The name of an entry of `secrets`, expanded on the node.
    case secret(String)
}
