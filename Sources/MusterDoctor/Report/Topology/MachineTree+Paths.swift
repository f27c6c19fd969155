import MusterSpec

extension MachineTree {
    /// Groups devices by NUMA node, host bridge and switch. A device without a path hangs below its NUMA node.
    static func branches(byPath parts: [MachineParts.Part]) -> [Branch] {
        // Firmware may forget the NUMA node of one device of a host bridge: the others say it.
        var numaNodes: [String: Int] = [:]
        for part in parts {
            if let root = part.path?.root, let node = part.numaNode, numaNodes[root] == nil { numaNodes[root] = node }
        }
        func numaNode(_ part: MachineParts.Part) -> Int? {
            part.path.flatMap { numaNodes[$0.root] } ?? part.numaNode
        }
        let nodes = Set(parts.map(numaNode)).sorted { ($0 ?? .max) < ($1 ?? .max) }
        return nodes.map { node in
            var branch = numaBranch(node.map { "\($0)" })
            let members = parts.filter { numaNode($0) == node }
            branch.devices = members.filter { $0.path == nil }.map(\.device)
            var positions: [String: Int] = [:]
            let inOrder = members.filter { $0.path != nil }.sorted { left, right in
                NaturalOrder.isBefore(left.path?.root ?? "", right.path?.root ?? "")
            }
            for part in inOrder {
                guard let path = part.path else { continue }
                if positions[path.root] == nil {
                    positions[path.root] = branch.branches.count
                    branch.branches.append(
                        Branch(
                            kind: .hostBridge,
                            title: ["host bridge", path.root],
                            way: [path.root],
                            devices: [],
                            branches: []
                        )
                    )
                }
                branch.branches[positions[path.root] ?? 0].insert(part.device, below: switches(path)[...])
            }
            return branch
        }
    }

    static func numaBranch(_ name: String?) -> Branch {
        Branch(
            kind: .numaNode,
            title: ["CPU", name.map { "NUMA node \($0)" } ?? "NUMA node ?"],
            way: [],
            devices: [],
            branches: []
        )
    }

    /// The switches on the way down, each by its upstream port: below a root port, an upstream and a downstream port
    /// follow each other, and the device ends the row.
    static func switches(_ path: PCIPath) -> [[PCIAddress]] {
        stride(from: 2, through: path.addresses.count - 2, by: 2).map { Array(path.addresses.prefix($0)) }
    }
}

extension MachineTree.Branch {
    fileprivate mutating func insert(_ device: MachineDevice, below switches: ArraySlice<[PCIAddress]>) {
        guard let next = switches.first, let upstream = next.last else {
            devices.append(device)
            return
        }
        let way = [self.way[0]] + next.map(\.description)
        let position = branches.firstIndex { $0.way == way } ?? branches.count
        if position == branches.count {
            branches.append(
                MachineTree.Branch(
                    kind: .pcieSwitch,
                    title: ["PCIe switch", upstream.description],
                    way: way,
                    devices: [],
                    branches: []
                )
            )
        }
        branches[position].insert(device, below: switches.dropFirst())
    }
}
