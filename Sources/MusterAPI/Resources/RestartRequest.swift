/// What is to restart: one unit by any of its names, or the gang of one replica.
package struct RestartRequest: Codable, Hashable, Sendable {
    /// How much restarts with a unit.
    package enum Scope: String, Codable, CaseIterable, Hashable, Sendable { case auto, rank, gang }

    /// A global rank: the unit that holds it.
    package var rank: Int?
    package var nodeRank: Int?
    package var node: String?
    package var replica: Int?
    package var scope: Scope

    package init(
        rank: Int? = nil,
        nodeRank: Int? = nil,
        node: String? = nil,
        replica: Int? = nil,
        scope: Scope = .auto
    ) {
        self.rank = rank
        self.nodeRank = nodeRank
        self.node = node
        self.replica = replica
        self.scope = scope
    }

    enum CodingKeys: String, CodingKey {
        case rank, node, replica, scope
        case nodeRank = "node_rank"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rank = try container.decodeIfPresent(Int.self, forKey: .rank)
        nodeRank = try container.decodeIfPresent(Int.self, forKey: .nodeRank)
        node = try container.decodeIfPresent(String.self, forKey: .node)
        replica = try container.decodeIfPresent(Int.self, forKey: .replica)
        scope = try container.decodeIfPresent(Scope.self, forKey: .scope) ?? .auto
        let targets: [CodingKeys] = [.rank, .nodeRank, .node].filter { container.contains($0) }
        guard targets.count < 2 else {
            throw DecodingError.dataCorruptedError(
                forKey: targets[1],
                in: container,
                debugDescription: "only one of `rank`, `node_rank` and `node` can be given"
            )
        }
    }
}
