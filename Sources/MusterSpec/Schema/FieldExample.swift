import OrderedCollections
import Yams

/// The examples of the field table as JSON, read by the kind of their field like any value of a file.
enum FieldExample {
    static func json(_ text: String, _ kind: FieldKind) -> JSONValue {
        // The table's own text; a test reads every example as a file, so it does parse.
        guard let node = try? Yams.compose(yaml: text, .basic) else { return .string(text) }
        return json(node, kind)
    }

    private static func json(_ node: Node, _ kind: FieldKind) -> JSONValue {
        switch (node, kind) {
        case (.mapping(let mapping), .mapping(let fields)), (.mapping(let mapping), .scalarOrMapping(_, let fields)):
            return object(mapping) { name in fields.first { $0.name == name }?.kind ?? .text }
        case (.mapping(let mapping), .table(let element)): return object(mapping) { _ in element }
        case (.sequence(let sequence), .list(let element)): return .array(sequence.map { json($0, element) })
        case (_, .flagValue): return flag(node)
        case (.scalar(let scalar), .integer), (.scalar(let scalar), .integerOrChoice):
            return Int(scalar.string).map(JSONValue.integer) ?? .string(scalar.string)
        case (.scalar(let scalar), .boolean): return .boolean(scalar.string == "true")
        case (.scalar(let scalar), _): return .string(scalar.string)
        default: return .null
        }
    }

    private static func object(_ mapping: Node.Mapping, kind: (String) -> FieldKind) -> JSONValue {
        let members = mapping.compactMap { key, value in
            key.string.map { ($0, json(value, kind($0))) }
        }
        return .object(.init(members, uniquingKeysWith: { $1 }))
    }

    private static func flag(_ node: Node) -> JSONValue {
        guard case .success(let value) = FlagReader.read(node) else { return .null }
        return switch value {
        case .switched(let isOn): .boolean(isOn)
        case .text(let text): .string(text)
        case .list(let values): .array(values.map(JSONValue.string))
        case .json(let json): json
        case .secret(let name): ["secret": .string(name)]
        }
    }
}
