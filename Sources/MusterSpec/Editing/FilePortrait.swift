import OrderedCollections
import Yams

/// What a file says, without where and how it says it: keys sorted, ranges expanded. Two files with equal portraits are
/// the same deployment. An edit moves no key, so nothing is lost by not looking at their order.
struct FilePortrait {
    let value: JSONValue
    /// What decoding has complained about.
    let problemCount: Int

    init(_ source: SourceFile) throws(EditProblem) {
        let document = YAMLDocument(source)
        guard document.diagnostics.isEmpty, let root = document.root else {
            throw EditProblem("the file cannot be read as it is: `muster validate` says why")
        }
        var decoder = SchemaDecoder()
        guard let decoded = decoder.mapping(root, fields: ClusterFields.root, in: .file), !decoder.isExhausted else {
            throw EditProblem("the file cannot be read as it is: `muster validate` says why")
        }
        value = Self.portrait(decoded, isRoot: true)
        problemCount = decoder.diagnostics.count
    }

    /// What the value of an edit decodes to where it is to stand.
    static func value(of edit: FileEdit) throws(EditProblem) -> JSONValue {
        let place = NodePath(edit.path)
        let path = place?.rest ?? edit.path
        guard !path.isEmpty, !edit.value.isEmpty, !edit.value.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw EditProblem("the edit names no key, or its value is not on one line")
        }
        var text = ""
        for (depth, key) in path.enumerated() {
            let isLast = depth == path.count - 1
            text += String(repeating: "  ", count: depth) + "\(key):" + (isLast ? " \(edit.value)\n" : "\n")
        }
        var decoder = SchemaDecoder()
        let fields = place == nil ? ClusterFields.root : ClusterFields.nodeMapping
        guard let root = YAMLDocument(SourceFile(name: "edit", text: text)).root,
            let decoded = decoder.mapping(root, fields: fields, in: .file),
            let value = portrait(decoded, isRoot: false).member(path), value != .null
        else {
            throw EditProblem("`\(edit.value)` is no value for `\(path.joined(separator: "."))`")
        }
        return value
    }

    private static func portrait(_ mapping: DecodedMapping, isRoot: Bool) -> JSONValue {
        let members = mapping.written.sorted().map { key -> (String, JSONValue) in
            guard let value = mapping.values[key] else { return (key, .null) }
            if isRoot, NodePath.lists.contains(key), case .list(let items) = value {
                return (key, .array(items.flatMap(hosts)))
            }
            return (key, portrait(value))
        }
        return .object(OrderedDictionary(members, uniquingKeysWith: { $1 }))
    }

    /// One object for each host that an item stands for.
    private static func hosts(_ item: FieldValue) -> [JSONValue] {
        switch item {
        case .hosts(let hosts): hosts.value.map { ["host": .string($0)] }
        case .mapping(let mapping):
            (mapping.hosts("host")?.value ?? []).map { host in
                guard case .object(var members) = portrait(mapping, isRoot: false) else { return .null }
                members["host"] = .string(host)
                return .object(members)
            }
        default: [.null]
        }
    }

    private static func portrait(_ value: FieldValue) -> JSONValue {
        switch value {
        case .text(let text): .string(text.value)
        case .integer(let number): .integer(number.value)
        case .boolean(let flag): .boolean(flag.value)
        case .duration(let duration): .string("\(duration.value)")
        case .byteCount(let size): .integer(size.value.bytes)
        case .address(let address): .string(address.value.text)
        case .deploymentName(let name): .string(name.value.value)
        case .version(let version): .string("\(version.value)")
        case .hosts(let hosts): .array(hosts.value.map(JSONValue.string))
        case .mapping(let mapping): portrait(mapping, isRoot: false)
        case .list(let items): .array(items.map { portrait($0) })
        case .flag(let flag): .string("\(flag.value)")
        }
    }
}

/// The part of an edit's path that names a node.
struct NodePath {
    static let lists: Set<String> = ["nodes", "spares"]

    let list: String
    /// Counted with ranges expanded.
    let index: Int
    let rest: [String]

    /// Nothing for a path of the whole file.
    init?(_ path: [String]) {
        guard path.count > 1, Self.lists.contains(path[0]), let index = Int(path[1]), index >= 0 else { return nil }
        list = path[0]
        self.index = index
        rest = Array(path.dropFirst(2))
    }
}

extension JSONValue {
    /// What stands at a path of keys and positions.
    func member(_ path: [String]) -> JSONValue? {
        guard let first = path.first else { return self }
        let rest = Array(path.dropFirst())
        switch self {
        case .object(let members): return members[first]?.member(rest)
        case .array(let items):
            guard let index = Int(first), items.indices.contains(index) else { return nil }
            return items[index].member(rest)
        default: return nil
        }
    }

    /// The same without what stands at a path, and without mappings that are empty then.
    func removing(_ path: [String]) -> JSONValue {
        guard let first = path.first else { return self }
        let rest = Array(path.dropFirst())
        switch self {
        case .object(var members):
            guard let member = members[first] else { return self }
            let left = rest.isEmpty ? [:] : member.removing(rest)
            if left == [:] { members[first] = nil } else { members[first] = left }
            return .object(members)
        case .array(var items):
            guard let index = Int(first), items.indices.contains(index) else { return self }
            items[index] = items[index].removing(rest)
            return .array(items)
        default: return self
        }
    }
}
