import OrderedCollections

/// The JSON Schema of the cluster file for editors, made from the table that drives decoding.
///
/// Editors read YAML by what values look like before they ask the schema, so a field of text also admits the numbers
/// and booleans that an unquoted `0.10` or `true` is to them; muster reads the text as it was written.
package enum ClusterSchema {
    /// Draft 2020-12, in the order of the table.
    package static var json: JSONValue {
        var schema: OrderedDictionary<String, JSONValue> = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "muster cluster file",
            "description": "One deployment of an inference engine: its nodes, its layout and its arguments.",
        ]
        schema.merge(object(ClusterFields.root)) { $1 }
        return .object(schema)
    }

    private static func object(_ fields: [Field]) -> OrderedDictionary<String, JSONValue> {
        var properties: OrderedDictionary<String, JSONValue> = [:]
        for field in fields { properties[field.name] = property(field) }
        var schema: OrderedDictionary<String, JSONValue> = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return schema
    }

    private static func property(_ field: Field) -> JSONValue {
        var schema = kind(field.kind)
        var description = field.summary
        if let text = field.defaultText {
            if let value = literal(text, field.kind) {
                schema["default"] = value
            } else {
                description += " Default: \(text)."
            }
        }
        schema["description"] = .string(description)
        schema["examples"] = .array([FieldExample.json(field.example, field.kind)])
        return .object(schema)
    }

    /// A default that is a value; most are a sentence, because they depend on something.
    private static func literal(_ text: String, _ kind: FieldKind) -> JSONValue? {
        switch kind {
        case .integer(let range), .integerOrChoice(let range, _):
            Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .choice(let words): words.contains(text) ? .string(text) : nil
        case .scalarOrMapping(let scalar, _): literal(text, scalar)
        case .duration: DurationText.parse(text).map { _ in .string(text) }
        case .byteCount: ByteCount(text).map { _ in .string(text) }
        case .address: IPAddress(text).map { _ in .string(text) }
        default: nil
        }
    }

    private static func kind(_ kind: FieldKind) -> OrderedDictionary<String, JSONValue> {
        switch kind {
        case .text: return ["type": ["string", "number", "boolean"], "pattern": "^[^\\u0000-\\u001f\\u007f]+$"]
        case .integer(let range): return integer(range)
        case .boolean: return ["type": "boolean"]
        case .duration:
            return ["type": "string", "minLength": 1, "pattern": "^(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$"]
        case .byteCount:
            return ["type": ["string", "integer"], "pattern": "^\\d+([bB]|[kKmMgGtT]([iI]?[bB])?)?$", "minimum": 0]
        case .address: return ["type": "string", "anyOf": [["format": "ipv4"], ["format": "ipv6"]]]
        case .deploymentName:
            return ["type": ["string", "integer"], "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"]
        case .version:
            return ["type": ["string", "number"], "pattern": "^v?\\d+(\\.\\d+){1,3}(\\.post\\d+|rc\\d+)?(\\+.*)?$"]
        case .interface: return ["type": "string", "minLength": 1, "maxLength": 15, "pattern": "^[^/\\s]+$"]
        case .host: return ["type": "string", "pattern": "^[A-Za-z0-9._:%\\[][A-Za-z0-9._:%,\\[\\]-]*$"]
        case .choice(let words): return ["enum": .array(words.map(JSONValue.string))]
        case .integerOrChoice(let range, let words):
            return ["oneOf": [.object(integer(range)), ["enum": .array(words.map(JSONValue.string))]]]
        case .mapping(let fields): return object(fields)
        case .table(let element): return ["type": "object", "additionalProperties": .object(self.kind(element))]
        case .list(let element): return ["type": "array", "items": .object(self.kind(element))]
        case .scalarOrMapping(let scalar, let fields):
            return ["oneOf": [.object(self.kind(scalar)), .object(object(fields))]]
        case .flagValue: return ["type": ["string", "number", "boolean", "array", "object"]]
        }
    }

    private static func integer(_ range: ClosedRange<Int>) -> OrderedDictionary<String, JSONValue> {
        ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }
}
