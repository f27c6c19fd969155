package import MusterPlan
package import MusterSpec

/// A node's part in the second round: from where it tries to reach whom.
package struct ReachEndpoint: Hashable, Sendable {
    package let node: String
    /// On the interface that the ranks meet over.
    package let address: IPAddress
    /// In bytes; nothing where the node did not say.
    package let interfaceMTU: Int?
    /// Which ranks of it would meet on, and which is listened on meanwhile.
    package let rendezvous: Port
    /// Names of the other nodes of its replicas.
    package let peers: [String]

    /// The nodes of a cluster that can take part: those whose address on the chosen interface is known.
    ///
    /// - Returns: Nothing where there is one node only.
    package static func all(
        spec: ClusterSpec,
        plans: [LaunchPlan],
        inventories: [String: NodeInventory]
    ) -> [ReachEndpoint] {
        let cluster = ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: nil)
        guard let rendezvous = plans.first?.rendezvous else { return [] }
        return cluster.nodes.compactMap { node in
            let gangs = cluster.gangs.filter { gang in gang.contains { $0.name == node.name } }
            var peers: [String] = []
            for peer in gangs.flatMap(\.self) where peer.name != node.name && !peers.contains(peer.name) {
                peers.append(peer.name)
            }
            guard let address = address(of: node), !peers.isEmpty else { return nil }
            let interface = node.chosenInterface.flatMap { node.inventory.interfaces.value?.interface($0) }
            return ReachEndpoint(
                node: node.name,
                address: address,
                interfaceMTU: interface?.mtu,
                rendezvous: rendezvous,
                peers: peers
            )
        }
    }

    /// The node's own address where the chosen interface has it, else the interface's first that others can reach.
    static func address(of node: ExaminedNode) -> IPAddress? {
        guard let interface = node.chosenInterface.flatMap({ node.inventory.interfaces.value?.interface($0) }) else {
            return nil
        }
        let usable = interface.addresses.map(\.address).filter { !$0.isLoopback && !$0.isLinkLocal }
        if let own = node.spec.address, usable.contains(own) { return own }
        return usable.first { !$0.isIPv6 } ?? usable.first
    }
}
