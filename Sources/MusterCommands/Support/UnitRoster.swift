import ArgumentParser
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// The units of a deployment by the names they can be called by.
struct UnitRoster: Sendable {
    struct Entry: Hashable, Sendable {
        let replica: Int
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
    ///   - plans: What the file comes to; there is at least one.
    ///   - substitutes: The spares that stand in for nodes of it.
    init(_ plans: [LaunchPlan], substitutes: [String: String] = [:]) {
        name = plans.first?.name.value ?? ""
        entries = plans.flatMap { plan in
            plan.units.map { unit in
                Entry(
                    replica: plan.replica,
                    nodeRank: unit.nodeRank.value,
                    node: substitutes[unit.node.name] ?? unit.node.name,
                    host: unit.node.host,
                    ranks: unit.ranks.map(\.global.value)
                )
            }
        }
    }

    /// The units of a deployment whose file is the daemon's alone.
    init(_ status: DeploymentStatus) {
        name = status.replicas.first?.name ?? ""
        entries = status.replicas.enumerated().flatMap { replica, status in
            let ranks = Dictionary(grouping: status.ranks, by: \.nodeRank)
            return status.units.map { unit in
                Entry(
                    replica: replica,
                    nodeRank: unit.nodeRank,
                    node: unit.node,
                    host: unit.node,
                    ranks: (ranks[unit.nodeRank] ?? []).map(\.rank)
                )
            }
        }
    }

    var replicas: Int { (entries.map(\.replica).max() ?? 0) + 1 }

    func node(_ replica: Int, _ rank: Int) -> String {
        entries.first { $0.replica == replica && $0.nodeRank == rank }?.node ?? ""
    }
}

extension UnitOptions {
    /// Whether no unit is named.
    var isEmpty: Bool { rank == nil && nodeRank == nil && node == nil }

    /// The one unit that is meant, when one is named.
    func entry(of roster: UnitRoster) throws -> UnitRoster.Entry? {
        let entries = try candidates(of: roster)
        // A node is of one replica; a rank is one of each.
        if rank != nil || nodeRank != nil { _ = try replica(of: roster) }
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

    /// The units that are meant: the one that is named, those of the replica that is named, or all.
    func entries(of roster: UnitRoster) throws -> [UnitRoster.Entry] {
        try entry(of: roster).map { [$0] } ?? candidates(of: roster)
    }

    /// The units of plans that are meant, by replica.
    func units(of plans: [LaunchPlan]) throws -> [(plan: LaunchPlan, units: Set<NodeRank>)] {
        let entries = try entries(of: UnitRoster(plans))
        return plans.compactMap { plan in
            let units = Set(entries.filter { $0.replica == plan.replica }.map { NodeRank($0.nodeRank) })
            return units.isEmpty ? nil : (plan, units)
        }
    }

    /// The replica that is meant, which has to be said where there are several.
    func replica(of roster: UnitRoster) throws -> Int {
        let found = Set(try candidates(of: roster).map(\.replica))
        if let only = found.first, found.count == 1 { return only }
        throw ValidationError(
            "`\(roster.name)` has \(roster.replicas) replicas: add --replica with one of 0 to \(roster.replicas - 1)"
        )
    }

    private func candidates(of roster: UnitRoster) throws -> [UnitRoster.Entry] {
        guard let replica else { return roster.entries }
        let entries = roster.entries.filter { $0.replica == replica }
        if !entries.isEmpty { return entries }
        let there =
            roster.replicas > 1 ? "there are 0 to \(roster.replicas - 1)" : "`\(roster.name)` has one, which is 0"
        throw ValidationError("there is no replica \(replica): \(there)")
    }
}
