import MusterSpec

extension PortStateRules {
    /// Lower than the same port elsewhere is a cable that fell back; lower than equal cards beside it may be.
    static func slow(_ nodes: [ExaminedNode]) -> [Finding] {
        var rates: [String: [(node: String, value: Double)]] = [:]
        for node in nodes {
            for entry in node.usedPorts {
                if let rate = entry.port.rate { rates[entry.title, default: []].append((node.name, rate)) }
            }
        }
        return nodes.flatMap { node -> [Finding] in
            node.usedPorts.compactMap { entry in
                guard let rate = entry.port.rate else { return nil }
                let usual = Groups(rates[entry.title] ?? []).majority
                let twins = node.usedPorts.filter {
                    $0.hca.type == entry.hca.type && $0.hca.boardID == entry.hca.boardID
                }
                let best = twins.compactMap { twin in twin.port.rate.map { (title: twin.title, rate: $0) } }
                    .max { $0.rate < $1.rate }
                let (severity, expected): (Severity, String)
                if let usual, rate < usual.value, !usual.nodes.contains(node.name) {
                    (severity, expected) = (.error, "\(Amount.text(usual.value)) Gb/s as on \(Names.list(usual.nodes))")
                } else if let best, rate < best.rate, entry.hca.type != nil {
                    (severity, expected) = (.warning, "\(Amount.text(best.rate)) Gb/s as \(best.title), an equal card")
                } else {
                    return nil
                }
                return node.finding(
                    .rdmaPortSlow,
                    severity,
                    on: entry.title,
                    "an RDMA port is slower than its like",
                    measured: "\(Amount.text(rate)) Gb/s",
                    expected: expected,
                    change: "replace the cable or its transceiver, and compare speed and FEC of the switch port"
                )
            }
        }
    }

    /// NCCL uses one kind at a time.
    static func mixedLayers(_ nodes: [ExaminedNode]) -> [Finding] {
        let layers = nodes.map { node in
            (node: node.name, value: Set(node.usedPorts.compactMap(\.port.linkLayer?.rawValue)).sorted())
        }
        let mixed = nodes.filter { node in layers.contains { $0.node == node.name && $0.value.count > 1 } }
        if !mixed.isEmpty {
            return mixed.map { node in
                let names = node.usedPorts.map { "\($0.title) \($0.port.linkLayer?.rawValue ?? "?")" }
                return node.finding(
                    .linkLayersMixed,
                    on: "link layers",
                    "RoCE and InfiniBand ports are used together",
                    measured: names.joined(separator: ", "),
                    expected: "ports of one kind: NCCL refuses to mix them",
                    change: "name the devices of one kind in \(node.selectionSource)",
                    at: node.hcas?.span
                )
            }
        }
        let groups = Groups(layers.filter { !$0.value.isEmpty })
        guard groups.differ else { return [] }
        return nodes.filter { groups.named.contains($0.name) }.map { node in
            node.finding(
                .linkLayersMixed,
                on: "link layers",
                "some nodes use RoCE and others InfiniBand",
                measured: node.usedPorts.first?.port.linkLayer?.rawValue,
                expected: groups.majority.map { "\($0.value[0]) as on \(Names.list($0.nodes))" }
                    ?? groups.text { $0[0] },
                change: "name devices of one kind in \(node.selectionSource) of each node",
                at: node.hcas?.span
            )
        }
    }

    /// The RoCE MTU is a power of two below the interface's: 1500 gives 1024, 4200 and more give 4096.
    static let interfaceMTUForFullRoCE = 4200

    /// About 5 % (dgx-spark-playbooks#103).
    static func smallMTU(_ node: ExaminedNode) -> [Finding] {
        guard node.wantsRDMA, let interfaces = node.inventory.interfaces.value else { return [] }
        let small = node.usedPorts.compactMap { entry -> (entry: FabricPort, mtu: Int)? in
            guard entry.port.linkLayer == .ethernet, let name = entry.netdev,
                let mtu = interfaces.interface(name)?.mtu, mtu < interfaceMTUForFullRoCE
            else { return nil }
            return (entry, mtu)
        }
        guard let first = small.first else { return [] }
        let names = small.compactMap(\.entry.netdev)
        return [
            node.finding(
                .roceMTUSmall,
                .warning,
                on: ExaminedNode.subject(small.map(\.entry), of: node.ports.count),
                "the RoCE packets are small",
                measured: "MTU \(first.mtu) on \(names.joined(separator: ", "))",
                expected: "\(interfaceMTUForFullRoCE) or more, such as 9000, for RoCE packets of 4096 bytes",
                change: "set MTU 9000 on these interfaces of all nodes and on their switch ports"
            )
        ]
    }
}
