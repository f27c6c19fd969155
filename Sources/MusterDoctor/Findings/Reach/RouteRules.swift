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
            guard worst.key != noWay else { return nowhere(node, worst.value, chosen) }
            let isDead =
                worst.key == "lo"
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

    private static func nowhere(_ node: ExaminedNode, _ peers: [String], _ chosen: String) -> Finding {
        node.finding(
            .routeOverOtherInterface,
            on: chosen,
            "the node has no route to other nodes",
            measured: "no route to \(Names.list(peers))",
            expected: "a route over `\(chosen)`",
            change: "look for what stands in the way with `ip route` and `ip rule`, and remove or correct it",
            at: node.tcpInterface?.span
        )
    }
}
