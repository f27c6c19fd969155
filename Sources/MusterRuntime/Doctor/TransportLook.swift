package import MusterDoctor
import MusterPlan

/// A look at which way the ranks of a gang talk between their nodes, by the lines of NCCL in their logs.
///
/// It is news and no more: whatever keeps it from being taken leaves the transport unknown, and the gang as it is.
package enum TransportLook {
    /// Reads the logs of a gang that runs.
    ///
    /// - Parameters:
    ///   - fleet: Its nodes.
    ///   - generation: The one it has; another one that runs meanwhile is not looked at.
    ///   - fabric: The ports that the nodes have, where they were examined.
    /// - Returns: What is proven; nothing for a gang of one node, between whose ranks there is no network.
    package static func take(
        at fleet: Fleet,
        _ generation: Int,
        fabric: FabricTable? = nil
    ) async -> TransportProof? {
        guard fleet.plan.units.count > 1 else { return nil }
        let observed = await fleet.observe()
        guard observed.generation == generation else { return nil }
        return proof(await LogReader.heard(observed, fleet).transport, fleet.plan, fabric)
    }

    /// What the logs of a plan's gang come to.
    static func proof(_ logs: TransportReader, _ plan: LaunchPlan, _ fabric: FabricTable?) -> TransportProof? {
        let nodes = plan.units.map(\.node.name)
        return nodes.count > 1 ? TransportProof(logs, nodes: nodes, fabric: fabric) : nil
    }
}
