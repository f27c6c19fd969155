import MusterSpec

/// Whether packets for other nodes leave over the interface that ranks bind to.
enum RouteRules {
    static let all: [ClusterRule] = [elsewhere]

    private static let noWay = "no way"

    /// Packets that leave over another interface than the one that is bound come back to nobody.
    static func elsewhere(_ cluster: ExaminedCluster) -> [Finding] {
        cluster.nodes.compactMap { node in
            guard let chosen = node.chosenInterface else { return nil }
            var elsewhere: [String: [String]] = [:]
            for peer in cluster.nodes where peer.name != node.name && peer.file.replica == node.file.replica {
                guard let address = peer.spec.address else { continue }
                let way =
                    cluster.grid?.way(from: node.name, to: peer.name)?.interface.value
                    ?? node.inventory.ways[address.text].flatMap { $0.type == "unreachable" ? noWay : $0.interface }
                if let way, way != chosen, address != node.spec.address {
                    elsewhere[way, default: []].append(peer.name)
                }
            }
            guard let worst = elsewhere.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }) else {
                return nil
            }
            let isDead =
                worst.key == "lo" || worst.key == noWay
                || InterfaceRules.virtualPrefixes.contains(where: worst.key.hasPrefix)
            return node.finding(
                .routeOverOtherInterface,
                isDead ? .error : .warning,
                on: worst.key,
                "packets to other nodes leave over another interface than ranks bind to",
                measured: "`\(worst.key)` to \(Names.list(worst.value))",
                expected: "`\(chosen)`",
                change: "correct the route (`ip route get ADDRESS`), or name \(worst.key) in `tcp_iface` "
                    + "with the addresses it has",
                at: node.tcpInterface?.span
            )
        }
    }
}
