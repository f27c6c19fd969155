package import MusterDoctor
import MusterPlan
import MusterSupervision

/// A look at which way the ranks of a gang talk between their nodes, by the lines of NCCL in their logs and by what the
/// nodes have sent since the launch.
///
/// It is news and no more: whatever keeps it from being taken leaves the transport unknown, and the gang as it is.
package enum TransportLook {
    /// Looks at a gang that runs.
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
        async let counters = counters(observed, fleet)
        return proof(await LogReader.heard(observed, fleet).transport, await counters, fleet.plan, fabric)
    }

    /// What logs and counters of a plan's gang come to.
    static func proof(
        _ logs: TransportReader,
        _ counters: [String: CounterProof],
        _ plan: LaunchPlan,
        _ fabric: FabricTable?
    ) -> TransportProof? {
        let nodes = plan.units.map(\.node.name)
        return nodes.count > 1 ? TransportProof(logs, nodes: nodes, fabric: fabric, counters: counters) : nil
    }

    /// What the nodes have sent since their units were launched, by the names of the nodes.
    static func counters(_ observed: ObservedDeployment, _ fleet: Fleet) async -> [String: CounterProof] {
        guard fleet.plan.units.count > 1 else { return [:] }
        let proofs = await fleet.each { link, unit async throws(RuntimeError) -> (String, CounterProof)? in
            guard let record = observed.unit(unit.nodeRank), record.isAlive else { return nil }
            let key = UnitKey(generation: record.generation, nodeRank: unit.nodeRank)
            guard let sent = try await link.traffic(since: key, in: observed.plan.name) else { return nil }
            let interface = unit.node.tcpInterface
            return (unit.node.name, CounterProof(before: sent.before, after: sent.after, interface: interface))
        }
        return proofs.reduce(into: [:]) { known, answer in
            if case .success(let (node, proof)?) = answer.1 { known[node] = proof }
        }
    }
}
