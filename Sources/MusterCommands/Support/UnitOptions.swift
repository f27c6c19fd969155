import ArgumentParser
import MusterPlan
import MusterSpec

/// The three ways of naming units.
struct UnitOptions: ParsableArguments, Sendable {
    @Option(help: "The unit that holds this global rank.")
    var rank: Int?
    @Option(help: "The unit with this node rank.")
    var nodeRank: Int?
    @Option(help: "The unit on this node, by name or host.")
    var node: String?

    func validate() throws {
        guard [rank != nil, nodeRank != nil, node != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --rank, --node-rank and --node")
        }
    }

    /// The units that are meant; all of them when none is named.
    func units(of plan: LaunchPlan) throws -> [UnitPlan] { try unit(of: plan).map { [$0] } ?? plan.units }

    /// The one unit that is meant, when one is named.
    func unit(of plan: LaunchPlan) throws -> UnitPlan? {
        if let rank {
            guard let unit = plan.unit(holding: GlobalRank(rank)) else {
                throw ValidationError("there is no rank \(rank): `\(plan.name)` has ranks 0 to \(plan.ranks.count - 1)")
            }
            return unit
        }
        if let nodeRank {
            guard let unit = plan.unit(NodeRank(nodeRank)) else {
                throw ValidationError("there is no node rank \(nodeRank): the file has 0 to \(plan.units.count - 1)")
            }
            return unit
        }
        guard let node else { return nil }
        guard let unit = plan.units.first(where: { $0.node.name == node || $0.node.host == node }) else {
            let names = plan.units.map(\.node.name)
            let meant = Spelling.nearest(to: node, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw ValidationError("there is no node `\(node)`\(meant)")
        }
        return unit
    }
}
