package import OrderedCollections

/// A JSON document that keeps the order of its keys, so that output is byte-stable and reads as it was written.
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(OrderedDictionary<String, JSONValue>)

    /// The text on one line, with `, ` and `: ` as Python's `json.dumps` writes it.
    package var compact: String {
        var text = ""
        write(to: &text, indent: nil, depth: 0)
        return text
    }

    /// The text indented by two spaces, without a final newline.
    package var pretty: String {
        var text = ""
        write(to: &text, indent: 2, depth: 0)
        return text
    }

    private func write(to text: inout String, indent: Int?, depth: Int) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON has no infinity; a number that is none is written as absent.
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, indent, depth) { value, text in
                value.write(to: &text, indent: indent, depth: depth + 1)
            }
        case .object(let members):
            Self.write(members.elements, "{", "}", to: &text, indent, depth) { member, text in
                Self.write(member.key, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent, depth: depth + 1)
            }
        }
    }

    private static func write<Items: Collection>(
        _ items: Items,
        _ open: String,
        _ close: String,
        to text: inout String,
        _ indent: Int?,
        _ depth: Int,
        each: (Items.Element, inout String) -> Void
    ) {
        text += open
        var first = true
        for item in items {
            if !first { text += indent == nil ? ", " : "," }
            first = false
            if let indent { text += "\n" + String(repeating: " ", count: indent * (depth + 1)) }
            each(item, &text)
        }
        if let indent, !first { text += "\n" + String(repeating: " ", count: indent * depth) }
        text += close
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(OrderedDictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension JSONValue {
    /// An object with members in this order; of two of one name the last counts.
    package static func object(of members: [(String, JSONValue)]) -> JSONValue {
        .object(OrderedDictionary(members, uniquingKeysWith: { $1 }))
    }

    /// An object with the members of another behind its own; anything else unchanged.
    package func adding(_ more: JSONValue) -> JSONValue {
        guard case .object(let own) = self, case .object(let other) = more else { return self }
        return .object(own.merging(other) { $1 })
    }

    /// The document of a deployment: that of its one replica as it is, or those of several, each with its number.
    package static func replicas(_ documents: [JSONValue], _ more: JSONValue = [:]) -> JSONValue {
        guard documents.count > 1, case .object(let first)? = documents.first else { return documents.first ?? .null }
        let numbered = documents.enumerated().map { $1.adding(["replica": .integer($0)]) }
        let own: JSONValue = ["format": first["format"] ?? .null, "name": first["name"] ?? .null]
        return own.adding(more).adding(["replicas": .array(numbered)])
    }

    /// A string, or null.
    package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    /// A whole number, or null.
    package static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.integer) ?? .null }
}
