/// A machine as its buses are built: processors, host bridges and PCIe switches with the GPUs and RDMA cards below.
package struct MachineTree: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case numaNode, hostBridge, pcieSwitch }

    /// What devices hang below.
    package struct Branch: Hashable, Sendable {
        package let kind: Kind
        /// Lines: `PCIe switch`, `0000:17:00.0`.
        package let title: [String]
        /// The way to it from the host bridge down, in the kernel's words; empty where sysfs was not read.
        package let way: [String]
        /// What hangs right below it, GPUs first.
        package var devices: [MachineDevice]
        package var branches: [Branch]

        /// All devices below.
        package var allDevices: [MachineDevice] { devices + branches.flatMap(\.allDevices) }
    }

    package enum Origin: Hashable, Sendable {
        /// The paths of sysfs: every switch is known.
        case paths
        /// The distances of `nvidia-smi topo -m`: what is nearer than the host bridge is drawn as one switch.
        case distances
        /// Only NUMA nodes, or nothing at all.
        case unknown
    }

    /// In order of their NUMA nodes.
    package internal(set) var branches: [Branch]
    package let origin: Origin

    /// The machine of a node; nothing where it has neither a GPU nor an RDMA card that anybody knows of.
    ///
    /// Cards of the node that sit elsewhere than on the other nodes are marked, and the usual place of each gets a
    /// ghost. A device that one of the node's findings is about shows the code of it.
    package init?(_ inventory: NodeInventory, displaced: [DisplacedCard] = [], findings: [Finding] = []) {
        let parts = MachineParts(inventory, displaced: displaced, findings: findings)
        guard !parts.devices.isEmpty else { return nil }
        if parts.devices.contains(where: { $0.path != nil }) {
            origin = .paths
            branches = Self.branches(byPath: parts.devices)
        } else if let topology = inventory.topology.value {
            origin = .distances
            branches = Self.branches(of: topology, parts.devices)
        } else {
            origin = .unknown
            branches = Self.branches(byPath: parts.devices)
        }
        for (number, card) in displaced.enumerated() { addGhost(of: card, number) }
    }

    /// All devices and ghosts, in the order they are drawn.
    package var devices: [MachineDevice] { branches.flatMap(\.allDevices) }
}

/// A GPU, a card, or the place where a card should be.
package struct MachineDevice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case gpu, nic, ghost }

    /// One port of a card, with what is said about it.
    package struct Port: Hashable, Sendable {
        /// `mlx5_0:1 ACTIVE 100G`
        package let label: String
        package let tone: DocumentSection.Tone
    }

    package let kind: Kind
    /// `GPU 3`, `NIC`.
    package let title: String
    /// What it is: `L40S`.
    package let model: String?
    package let lines: [DocumentSection.Cell]
    package let ports: [Port]
    /// Whether the link is narrower or slower than it can be.
    package let isLinkShort: Bool
    /// The card that sits elsewhere than on the other nodes, or whose usual place this is: both have the same number.
    package let displacement: Int?
    /// The index of a GPU.
    package let gpu: Int?
}
