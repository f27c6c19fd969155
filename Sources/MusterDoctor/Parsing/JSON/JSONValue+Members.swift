import MusterSpec
import OrderedCollections

extension JSONValue {
    /// The members of an object, in order; none of anything else.
    var members: [(name: String, value: JSONValue)] {
        guard case .object(let members) = self else { return [] }
        return members.map { (name: $0.key, value: $0.value) }
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// A member by name.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number that is not negative.
    var count: Int? {
        guard case .integer(let number) = self, number >= 0 else { return nil }
        return number
    }
}
