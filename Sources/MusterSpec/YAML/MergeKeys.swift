import Yams

/// Folding `<<` into the mappings it stands in, which YAML leaves to the reader.
enum MergeKeys {
    /// A merge of merges of merges is a mistake long before this.
    private static let maximumDepth = 16
    /// For one mapping with everything it merges.
    private static let maximumPairs = 5000

    /// The pairs of a mapping; what stands in the mapping itself wins over what is merged, and what is merged first
    /// over what is merged later.
    ///
    /// - Parameters:
    ///   - mapping: The mapping as it was parsed.
    ///   - budget: How many pairs may still be looked at: aliases of aliases reach any number from a few lines.
    ///   - misfit: Called for what stands behind `<<` and is no mapping.
    /// - Returns: The pairs of the mapping itself, then the merged ones.
    static func pairs(
        of mapping: Node.Mapping,
        budget: inout Int,
        misfit: (Node) -> Void
    ) -> [(key: Node, value: Node)] {
        guard mapping.contains(where: { $0.key.string == "<<" }) else { return Array(mapping) }
        var names: Set<String> = []
        let share = min(budget, maximumPairs)
        var rest = share
        defer { budget -= share - rest }
        return pairs(of: mapping, depth: 0, names: &names, budget: &rest, misfit: misfit)
    }

    private static func pairs(
        of mapping: Node.Mapping,
        depth: Int,
        names: inout Set<String>,
        budget: inout Int,
        misfit: (Node) -> Void
    ) -> [(key: Node, value: Node)] {
        guard budget > 0 else { return [] }
        budget -= mapping.count
        var pairs: [(key: Node, value: Node)] = []
        var sources: [Node] = []
        for (key, value) in mapping {
            if key.string == "<<" {
                let items: [Node] = if case .sequence(let list) = value { Array(list) } else { [value] }
                sources += items
            } else if key.string.map({ names.insert($0).inserted }) ?? true {
                pairs.append((key, value))
            }
        }
        for source in sources {
            guard case .mapping(let other) = source, depth < maximumDepth else {
                misfit(source)
                continue
            }
            budget -= 1
            pairs += self.pairs(of: other, depth: depth + 1, names: &names, budget: &budget, misfit: misfit)
            if budget <= 0 { break }
        }
        return pairs
    }
}
