/// The type of a value in a resource.
indirect enum SchemaType: Hashable, Sendable {
    case string, integer, boolean, timestamp
    /// JSON that is described elsewhere.
    case any
    case oneOf([String])
    case array(SchemaType)
    /// Any names, each with such a value.
    case map(SchemaType)
    case resource(String)

    var json: JSONTree {
        switch self {
        case .string: ["type": "string"]
        case .integer: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        case .timestamp: ["type": "string", "format": "date-time"]
        case .any: [:]
        case .oneOf(let words): ["type": "string", "enum": .array(words.map(JSONTree.string))]
        case .array(let element): ["type": "array", "items": element.json]
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .resource(let name): ["$ref": .string("#/components/schemas/\(name)")]
        }
    }
}

/// A resource as the document describes it.
struct ResourceSchema: Sendable {
    struct Field: Sendable {
        let name: String
        let type: SchemaType
        let summary: String
        let isRequired: Bool
    }

    let name: String
    let summary: String
    let fields: [Field]

    var json: JSONTree {
        let properties = fields.map { field -> JSONTree.Member in
            guard case .object(let members) = field.type.json else { return .init(key: field.name, value: [:]) }
            let summary = JSONTree.Member(key: "description", value: .string(field.summary))
            return .init(key: field.name, value: .object(members + [summary]))
        }
        return [
            "type": "object",
            "description": .string(summary),
            "properties": .object(properties),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
            // A misspelt field of a request is refused; an answer may get further fields in a later release.
            "additionalProperties": .boolean(!Route.all.contains { $0.body == name }),
        ]
    }
}

extension ResourceSchema.Field {
    static func required(_ name: String, _ type: SchemaType, _ summary: String) -> Self {
        Self(name: name, type: type, summary: summary, isRequired: true)
    }

    static func optional(_ name: String, _ type: SchemaType, _ summary: String) -> Self {
        Self(name: name, type: type, summary: summary, isRequired: false)
    }
}
