import MusterSpec

/// Ways between nodes that were to be tried and could not be.
enum UntriedWays {
    /// What says of a node already why its port is not free, or why others cannot find it.
    private static let tellPort: Set<DiagnosticCode> = [.portInUse]
    private static let tellAddress: Set<DiagnosticCode> = [
        .interfaceNotFound, .interfaceNotReachable, .interfaceDown, .addressNotOnInterface,
    ]

    /// Once for each reason, with the nodes that it lies with. Where nothing was to be tried there is nothing to say.
    ///
    /// - Parameters:
    ///   - cluster: The nodes and their grid.
    ///   - told: Nodes by the codes of what was found about them.
    /// - Returns: What could not be judged.
    static func unjudged(_ cluster: ExaminedCluster, told: [DiagnosticCode: Set<String>]) -> [Unjudged] {
        guard let grid = cluster.grid else { return [] }
        func isTold(_ node: ExaminedNode, by codes: Set<DiagnosticCode>) -> Bool {
            codes.contains { told[$0]?.contains(node.name) == true }
        }
        let gaps = Dictionary(grid.gaps.map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first })
        let taking = Set(grid.ways.map(\.from))
        var ways: [(node: String, value: String)] = []
        var ports: [(node: String, value: String)] = []
        for node in cluster.nodes {
            switch gaps[node.name] {
            case let gap? where gap.part == .ways: ways.append((node.name, gap.reason))
            case let gap?:
                // Nobody meets on the ports of others, and the deployment itself may listen on this one.
                guard cluster.isMet(node), !node.runsDeployment, !isTold(node, by: tellPort) else { continue }
                ports.append((node.name, gap.reason))
            case nil:
                let hasPeers = cluster.gangs.contains { gang in
                    gang.count > 1 && gang.contains { $0.name == node.name }
                }
                guard hasPeers, !taking.contains(node.name), node.inventory.interfaces.value != nil,
                    !isTold(node, by: tellAddress)
                else { continue }
                ways.append((node.name, "no address is known on the interface that ranks meet over"))
            }
        }
        return list("ways between nodes", ways) + list("the way to the rendezvous port", ports)
    }

    private static func list(_ what: String, _ reasons: [(node: String, value: String)]) -> [Unjudged] {
        Groups(reasons).groups.map { Unjudged(what: what, reason: $0.value, nodes: $0.nodes) }
    }
}
