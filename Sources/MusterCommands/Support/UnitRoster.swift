import ArgumentParser
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// The units of a deployment by the names they can be called by.
struct UnitRoster: Sendable {
    struct Entry: Hashable, Sendable {
        let nodeRank: Int
        let node: String
        let host: String
        let ranks: [Int]
    }

    let name: String
    let entries: [Entry]

    /// The units of a file.
    ///
    /// - Parameters:
    ///   - plan: What the file comes to.
    ///   - substitutes: The spares that stand in for nodes of it.
    init(_ plan: LaunchPlan, substitutes: [String: String] = [:]) {
        name = plan.name.value
        entries = plan.units.map { unit in
            Entry(
                nodeRank: unit.nodeRank.value,
                node: substitutes[unit.node.name] ?? unit.node.name,
                host: unit.node.host,
                ranks: unit.ranks.map(\.global.value)
            )
        }
    }

    /// The units of a deployment whose file is the daemon's alone.
    init(_ status: StatusDocument) {
        name = status.name
        let ranks = Dictionary(grouping: status.ranks, by: \.nodeRank)
        entries = status.units.map { unit in
            Entry(
                nodeRank: unit.nodeRank,
                node: unit.node,
                host: unit.node,
                ranks: (ranks[unit.nodeRank] ?? []).map(\.rank)
            )
        }
    }

    func node(_ rank: Int) -> String { entries.first { $0.nodeRank == rank }?.node ?? "" }
}

extension UnitOptions {
    /// Whether none is named.
    var isEmpty: Bool { rank == nil && nodeRank == nil && node == nil }

    /// The one unit that is meant, when one is named.
    func entry(of roster: UnitRoster) throws -> UnitRoster.Entry? {
        let entries = roster.entries
        if let rank {
            if let entry = entries.first(where: { $0.ranks.contains(rank) }) { return entry }
            let last = entries.flatMap(\.ranks).max() ?? 0
            throw ValidationError("there is no rank \(rank): `\(roster.name)` has ranks 0 to \(last)")
        }
        if let nodeRank {
            if let entry = entries.first(where: { $0.nodeRank == nodeRank }) { return entry }
            throw ValidationError("there is no node rank \(nodeRank): there are 0 to \(entries.count - 1)")
        }
        guard let node else { return nil }
        if let entry = entries.first(where: { $0.node == node || $0.host == node }) { return entry }
        let meant = Spelling.nearest(to: node, among: entries.map(\.node)).map { "; did you mean `\($0)`?" } ?? ""
        throw ValidationError("there is no node `\(node)`\(meant)")
    }

    /// The units of a plan that are meant; all of them when none is named.
    func units(of plan: LaunchPlan) throws -> [UnitPlan] { try unit(of: plan).map { [$0] } ?? plan.units }

    /// The one unit of a plan that is meant, when one is named.
    func unit(of plan: LaunchPlan) throws -> UnitPlan? {
        try entry(of: UnitRoster(plan)).flatMap { plan.unit(NodeRank($0.nodeRank)) }
    }
}
