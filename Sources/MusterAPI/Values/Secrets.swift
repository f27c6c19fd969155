/// Values that a deployment needs and nobody may read: they are in no log, no error, no event and no answer.
///
/// Whatever turns this into text, on purpose or by accident, gets the names only.
package struct Secrets: Hashable, Sendable {
    /// The values by name. To be handed on to the nodes and forgotten.
    package let values: [String: String]

    package init(_ values: [String: String]) { self.values = values }

    package var names: [String] { values.keys.sorted() }
}

extension Secrets: Codable {
    package init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: String].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

extension Secrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secrets: \(names.joined(separator: ", "))>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["names": names]) }
}

extension Secrets: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements) { _, later in later })
    }
}
