/// JSON whose shape is not this API's business: it passes through as the text it is.
package struct RawJSON: Hashable, Sendable {
    package let text: String

    /// - Parameter text: One JSON document. It is looked at only where it becomes part of another one.
    package init(_ text: String) { self.text = text }
}

extension RawJSON: Codable {
    package init(from decoder: any Decoder) throws { text = try JSONTree(from: decoder).text }

    package func encode(to encoder: any Encoder) throws {
        let tree: JSONTree
        do throws(JSONDamage) {
            tree = try JSONTree(parsing: text)
        } catch {
            let reason = "no JSON at byte \(error.offset): expected \(error.expected)"
            throw EncodingError.invalidValue(text, .init(codingPath: encoder.codingPath, debugDescription: reason))
        }
        try tree.encode(to: encoder)
    }
}
