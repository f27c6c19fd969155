/// The number the engines call node rank: which unit of a gang this is, counted from 0.
package struct NodeRank: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package var description: String { String(value) }

    package static func < (left: NodeRank, right: NodeRank) -> Bool { left.value < right.value }

    /// A plain number in JSON, as in the engines' own words.
    package init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// The position of one GPU worker in the whole gang, counted from 0.
package struct GlobalRank: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package var description: String { String(value) }

    package static func < (left: GlobalRank, right: GlobalRank) -> Bool { left.value < right.value }

    /// A plain number in JSON, as in the engines' own words.
    package init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// The position of one GPU worker within its node, counted from 0: the index of its GPU there.
package struct LocalRank: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package var description: String { String(value) }

    package static func < (left: LocalRank, right: LocalRank) -> Bool { left.value < right.value }
}
