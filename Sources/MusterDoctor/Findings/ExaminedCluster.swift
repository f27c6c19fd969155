package import MusterPlan
package import MusterSpec

/// All that a rule may look at.
package struct ExaminedCluster: Sendable {
    package let spec: ClusterSpec
    package let plans: [LaunchPlan]
    /// Nodes with an inventory, in the order of the file, spares last.
    package let nodes: [ExaminedNode]
    /// What the nodes of one replica are, each list with the spares behind it: any of them may take part.
    package let gangs: [[ExaminedNode]]
    package let grid: ReachabilityGrid?

    package init(
        spec: ClusterSpec,
        plans: [LaunchPlan],
        inventories: [String: NodeInventory],
        grid: ReachabilityGrid?
    ) {
        self.spec = spec
        self.plans = plans
        self.grid = grid
        let files = spec.gangs
        let size = spec.nodes.count / max(1, files.count)
        var gangs = files.map { _ in [ExaminedNode]() }
        for (position, node) in spec.nodes.enumerated() {
            let gang = min(position / max(1, size), files.count - 1)
            guard let inventory = inventories[node.name] else { continue }
            let plan = plans.indices.contains(gang) ? plans[gang] : nil
            gangs[gang].append(
                ExaminedNode(
                    spec: node,
                    file: files[gang],
                    unit: plan?.units.first { $0.node.name == node.name },
                    position: position,
                    isSpare: false,
                    inventory: inventory
                )
            )
        }
        let spares = spec.spares.enumerated().compactMap { position, node -> ExaminedNode? in
            guard let inventory = inventories[node.name], let file = files.first else { return nil }
            return ExaminedNode(
                spec: node,
                file: file,
                unit: nil,
                position: position,
                isSpare: true,
                inventory: inventory
            )
        }
        nodes = gangs.flatMap(\.self) + spares
        self.gangs = gangs.map { $0 + spares }
    }

    /// Whether the ranks of a launch meet on a node: its unit listens on the rendezvous port.
    func isMet(_ node: ExaminedNode) -> Bool {
        node.unit.map { unit in plans.contains { unit.ports.contains($0.rendezvous) } } ?? false
    }

    /// The edit that gives a node another value of a variable of `env`: in the line that it has it from, where every
    /// node with that line wants the same, else in a line of its own. Values are YAML.
    func edit(variable name: String, of node: ExaminedNode, wanted: (ExaminedNode) -> String?) -> FileEdit? {
        guard let value = wanted(node), let path = node.environmentEntry(name)?.path else { return nil }
        let sharing = nodes.filter { $0.environmentEntry(name)?.path == path }
        let isCommon = Set(sharing.compactMap(wanted)).count == 1
        return FileEdit(path: isCommon ? path : node.path("env") + [name], value: value)
    }

    /// The edit that gives a node another value of a key: of the whole file where every node that wants one wants the
    /// same, else of the node.
    func edit(_ key: String, of node: ExaminedNode, wanted: (ExaminedNode) -> String?) -> FileEdit? {
        guard let value = wanted(node) else { return nil }
        let sharing = nodes.filter { !Self.ownKeys($0.spec).contains(key) }
        if !Self.ownKeys(node.spec).contains(key), Set(sharing.compactMap(wanted)).count == 1 {
            return FileEdit(path: [key], value: value)
        }
        return FileEdit(path: node.path(key), value: value)
    }

    private static func ownKeys(_ node: NodeSpec) -> Set<String> {
        var keys: Set<String> = []
        if node.tcpInterface != nil { keys.insert("tcp_iface") }
        if node.gidIndex != nil { keys.insert("rdma_gid_index") }
        if node.hcas != nil { keys.insert("rdma_hcas") }
        return keys
    }
}

extension FileEdit {
    /// The edit in words: `write `rdma_gid_index: 3``.
    var words: String {
        let line = "write `\(path.last ?? ""): \(value)`" + (path.dropLast().last == "env" ? " in `env`" : "")
        return ["nodes", "spares"].contains(path.first) ? "\(line) for this node" : line
    }
}
