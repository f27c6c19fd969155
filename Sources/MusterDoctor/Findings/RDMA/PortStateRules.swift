import MusterSpec

/// Whether RDMA ports carry traffic, at the speed they should.
enum PortStateRules {
    static let all: [ClusterRule] = [
        Rules.eachGang(inactive), Rules.eachGang(slow), Rules.eachGang(mixedLayers), Rules.each(smallMTU),
    ]

    /// What helps depends on why a port is down.
    private struct Reason: Hashable {
        let severity: Severity
        let kind: Kind
    }

    private enum Kind: Hashable { case disabled, polling, noSubnetManager, other }

    /// A port that is not ACTIVE is a fault when the file names it, when it is ACTIVE on another node, or when nothing
    /// of its card is. The second port of a card that runs on one is how many machines are cabled.
    static func inactive(_ nodes: [ExaminedNode]) -> [Finding] {
        var activeSomewhere: Set<String> = []
        for node in nodes { activeSomewhere.formUnion(node.ports.filter(\.port.isActive).map(\.title)) }
        return nodes.flatMap { node -> [Finding] in
            let filter = node.filter
            let down = node.ports.filter { entry in
                !entry.port.isActive && entry.port.state != nil
                    && filter?.takes(entry.hca.name, port: entry.port.number) ?? true
            }
            guard !down.isEmpty else { return [] }
            let live = Set(
                NICPlacement.byCard(node.hcasFound ?? [])
                    .filter { card in card.contains { $0.ports.contains(where: \.isActive) } }
                    .joined().map(\.name)
            )
            var faults: [Reason: [FabricPort]] = [:]
            for entry in down {
                let isMissed = filter != nil && filter?.excludes != true || activeSomewhere.contains(entry.title)
                guard isMissed || !live.contains(entry.hca.name) else { continue }
                let severity: Severity = isMissed || node.wantsRDMA ? .error : .warning
                faults[Reason(severity: severity, kind: kind(entry.port)), default: []].append(entry)
            }
            // Where ports of a kind are at fault anyway, the idle second ports among them are told with them.
            return faults.sorted { $0.value[0].title < $1.value[0].title }.map { reason, listed in
                let ports = down.filter {
                    listed.contains($0) || kind($0.port) == reason.kind && live.contains($0.hca.name)
                }
                return finding(node, reason.severity, reason.kind, ports)
            }
        }
    }

    private static func kind(_ port: RDMAPort) -> Kind {
        switch port.physicalState {
        case .disabled?: .disabled
        case .polling?: .polling
        case .linkUp? where port.linkLayer == .infiniBand: .noSubnetManager
        default: .other
        }
    }

    private static func finding(
        _ node: ExaminedNode,
        _ severity: Severity,
        _ kind: Kind,
        _ ports: [FabricPort]
    ) -> Finding {
        let physical = ports[0].port.physicalState.map { ", \($0)" } ?? ""
        let state = ports[0].port.state.map { "\($0)" } ?? "not ACTIVE"
        let change: String
        switch kind {
        case .disabled:
            let commands = ports.map { "`ip link set dev \($0.netdev ?? "INTERFACE-OF-\($0.hca.name)") up`" }
            change = "switch on: \(commands.joined(separator: ", ")), and in the network configuration for good"
        case .polling: change = "plug in or replace the cable of each, and look at its switch port"
        case .noSubnetManager: change = "start a subnet manager: `opensm`, or the one of the switch"
        case .other: change = "look at `rdma link` and `dmesg | grep mlx5` on the node"
        }
        let names = ports.map(\.titleWithInterface).joined(separator: ", ")
        let way = node.hcas == nil ? "; or name the devices that are meant in \(node.selectionSource)" : ""
        return node.finding(
            .rdmaPortNotActive,
            severity,
            on: ExaminedNode.subject(ports, of: node.ports.count),
            ports.count == 1 ? "an RDMA port carries no traffic" : "RDMA ports carry no traffic",
            measured: "\(names): \(state)\(physical)",
            expected: "ACTIVE: NCCL leaves others out without a word",
            change: change + way,
            at: node.hcas?.span
        )
    }
}
