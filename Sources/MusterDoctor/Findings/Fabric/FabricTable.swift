package import MusterPlan
package import MusterSpec

/// The truth about the fabric: every RDMA port of every node, and what a launch will use.
package struct FabricTable: Hashable, Sendable {
    /// One port.
    package struct Row: Hashable, Sendable {
        /// Whether NCCL will use the port, and why not.
        package enum Use: Hashable, Sendable {
            /// With this index of its GID table.
            case used(gidIndex: Int)
            case unused(String)
        }

        package let node: String
        package let hca: String
        /// 1-based.
        package let port: Int
        package let address: PCIAddress?
        package let path: PCIPath?
        package let state: RDMAPort.State?
        package let physicalState: RDMAPort.PhysicalState?
        /// In Gb/s; nothing for a port that is down, which shows a default.
        package let rate: Double?
        /// Of the interface, in bytes.
        package let interfaceMTU: Int?
        package let linkLayer: RDMAPort.LinkLayer?
        package let netdev: String?
        package let gids: [GIDEntry]
        package let numaNode: Int?
        /// By the index of the GPU; empty where it is not known.
        package let distances: [Int: Distance]
        package let use: Use
    }

    /// What a node will use, and who chose it.
    package struct Choice: Hashable, Sendable {
        package let node: String
        package let interface: String?
        package let isInterfaceChosen: Bool
        /// Nothing where ports need different ones, and where there is no port.
        package let gidIndex: Int?
        package let isIndexChosen: Bool
        package let hcas: [String]
        package let areHCAsChosen: Bool
    }

    /// By node, device and port.
    package let rows: [Row]
    package let choices: [Choice]
    /// Cards in other slots than on the other nodes.
    package let displaced: [DisplacedCard]

    init(_ cluster: ExaminedCluster) {
        rows = cluster.nodes.flatMap(Self.rows)
        choices = cluster.nodes.map(Self.choice)
        displaced = NICPlacementRules.displaced(cluster)
    }

    /// The fabric of the nodes that were examined.
    package init(spec: ClusterSpec, plans: [LaunchPlan], inventories: [String: NodeInventory]) {
        self.init(ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: nil))
    }

    private static func rows(_ node: ExaminedNode) -> [Row] {
        let placement = NICPlacement(node)
        return (node.inventory.rdma.value?.hcas ?? []).flatMap { hca in
            hca.ports.map { port in
                let entry = FabricPort(hca: hca, port: port)
                let card = placement?.cards.first { $0.hcas.contains(hca.name) }
                let distances = card.map { card in
                    Dictionary(zip(placement?.gpus ?? [], card.distances), uniquingKeysWith: { first, _ in first })
                }
                return Row(
                    node: node.name,
                    hca: hca.name,
                    port: port.number,
                    address: hca.address,
                    path: hca.path,
                    state: port.state,
                    physicalState: port.physicalState,
                    rate: port.isActive ? port.rate : nil,
                    interfaceMTU: entry.netdev.flatMap { node.inventory.interfaces.value?.interface($0)?.mtu },
                    linkLayer: port.linkLayer,
                    netdev: entry.netdev,
                    gids: port.gids,
                    numaNode: hca.numaNode,
                    distances: distances ?? [:],
                    use: use(entry, node)
                )
            }
        }
    }

    private static func use(_ entry: FabricPort, _ node: ExaminedNode) -> Row.Use {
        if entry.hca.isVirtual == true { return .unused("virtual function") }
        if HCASelectionRules.isSwitchedOff(node) { return .unused("switched off in `env`") }
        if let filter = node.filter, !filter.takes(entry.hca.name, port: entry.port.number) {
            return .unused("not in \(node.selectionSource)")
        }
        guard entry.port.isActive else {
            return .unused(entry.port.physicalState.map { "\($0)" } ?? "not ACTIVE")
        }
        let index = GIDRules.index(of: entry, on: node)
        let judgement = GIDChoice.judge(index, of: entry.port)
        return judgement == .usable ? .used(gidIndex: index) : .unused("GID index \(index): \(judgement.rawValue)")
    }

    private static func choice(_ node: ExaminedNode) -> Choice {
        let indices = Set(node.usedPorts.map { GIDRules.index(of: $0, on: node) })
        var names: [String] = []
        for entry in node.usedPorts where !names.contains(entry.hca.name) { names.append(entry.hca.name) }
        return Choice(
            node: node.name,
            interface: node.chosenInterface,
            isInterfaceChosen: node.tcpInterface == nil,
            gidIndex: indices.count == 1 ? indices.first : nil,
            isIndexChosen: node.gidIndex == nil && node.environment["NCCL_IB_GID_INDEX"] == nil,
            hcas: names,
            areHCAsChosen: node.filter == nil
        )
    }
}
