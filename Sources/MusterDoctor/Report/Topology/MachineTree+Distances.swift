import MusterSpec

extension MachineTree {
    /// Groups devices by how near they are to each other. NVLinks hide how far apart two GPUs are over PCIe, so these
    /// are grouped through the cards beside them and by their NUMA nodes.
    static func branches(of topology: Topology, _ parts: [MachineParts.Part]) -> [Branch] {
        let rows = parts.map { part in
            topology.devices.firstIndex { device in
                part.names.contains(device.name) || device.gpu != nil && device.gpu == part.device.gpu
            }
        }
        func numaNode(_ index: Int) -> String? {
            rows[index].flatMap { topology.devices[$0].affinity?.numaNodes.value?.description }
        }
        func isNear(_ one: Int, _ other: Int, within limit: Distance) -> Bool {
            guard let row = rows[one], let column = rows[other] else { return false }
            let distance = topology[row, column]
            if case .nvlink = distance { return false }
            return distance <= limit
        }
        let near = { limit in { isNear($0, $1, within: limit) } }
        let groups = clusters(Array(parts.indices)) { one, other in
            if let node = numaNode(one), node == numaNode(other) { return true }
            return isNear(one, other, within: .node)
        }
        return groups.map { group in
            var numa = numaBranch(group.compactMap(numaNode).first)
            for bridged in clusters(group, near(.phb)) {
                let switched = clusters(bridged, near(.pxb)).map { members -> Branch in
                    let devices = members.map { parts[$0].device }
                    // Two functions of one card are near each other without any switch.
                    let isSwitch = members.count > 1 && devices.contains { $0.kind == .gpu }
                    return Branch(
                        kind: isSwitch ? .pcieSwitch : .hostBridge,
                        title: [isSwitch ? "PCIe switch" : ""],
                        way: [],
                        devices: devices,
                        branches: []
                    )
                }
                let loose = switched.filter { $0.kind != .pcieSwitch }.flatMap(\.devices)
                let switches = switched.filter { $0.kind == .pcieSwitch }
                if bridged.count == loose.count, bridged.count == 1 {
                    numa.devices += loose
                } else {
                    numa.branches.append(
                        Branch(kind: .hostBridge, title: ["host bridge"], way: [], devices: loose, branches: switches)
                    )
                }
            }
            return numa
        }
    }

    /// Groups whose members are linked to each other by a chain of pairs, in the order of their first members.
    private static func clusters(_ members: [Int], _ areLinked: (Int, Int) -> Bool) -> [[Int]] {
        var groups: [[Int]] = []
        for member in members {
            var merged = [member]
            groups.removeAll { group in
                guard group.contains(where: { areLinked($0, member) }) else { return false }
                merged += group
                return true
            }
            groups.append(merged)
        }
        return groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
