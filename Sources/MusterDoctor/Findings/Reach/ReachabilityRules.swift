import MusterPlan
import MusterSpec

/// Whether the nodes reach each other over the interface that they will use.
enum ReachabilityRules {
    static let all: [ClusterRule] = [connections, packets]

    /// A failure of one ordered pair.
    private struct Failure: Equatable {
        let from: String
        let to: String
        let address: IPAddress
        let text: String
    }

    /// Failures told about the node that has most of them: one wall is one finding, not a row of the grid.
    private struct Wall {
        let node: String
        let isTarget: Bool
        let failures: [Failure]
        /// Whether the same peers are not reached the other way round either.
        let isMutual: Bool

        var direction: String { isMutual ? "from and to" : isTarget ? "from" : "to" }
        var peers: [String] { failures.map { isTarget ? $0.from : $0.to } }
        var others: String { Names.list(peers) }
    }

    private static func walls(_ failures: [Failure]) -> [Wall] {
        var rest = failures
        var walls: [Wall] = []
        while let first = rest.first {
            let targets = Dictionary(grouping: rest) { $0.to }
            let sources = Dictionary(grouping: rest) { $0.from }
            let target = targets.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
            let source = sources.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
            let isTarget = (target?.value.count ?? 0) >= (source?.value.count ?? 0)
            let node = (isTarget ? target?.key : source?.key) ?? first.to
            let told = rest.filter { (isTarget ? $0.to : $0.from) == node }
            rest.removeAll { (isTarget ? $0.to : $0.from) == node }
            let peers = Set(told.map { isTarget ? $0.from : $0.to })
            let back = rest.filter {
                (isTarget ? $0.from : $0.to) == node && peers.contains(isTarget ? $0.to : $0.from)
            }
            let isMutual = back.count == told.count
            if isMutual { rest.removeAll { back.contains($0) } }
            walls.append(Wall(node: node, isTarget: isTarget, failures: told, isMutual: isMutual))
        }
        return walls
    }

    private static func failures(
        _ cluster: ExaminedCluster,
        _ text: (ReachabilityGrid.Way) -> String?
    ) -> [Failure] {
        let nodes = Dictionary(cluster.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return (cluster.grid?.ways ?? []).compactMap { way in
            // What has no route is told of by `RouteRules`, and without one nothing comes back either.
            guard let from = nodes[way.from], let to = nodes[way.to], !lacksRoute(from, to), !lacksRoute(to, from)
            else { return nil }
            return text(way).map { Failure(from: way.from, to: way.to, address: way.address, text: $0) }
        }
    }

    private static func lacksRoute(_ from: ExaminedNode, _ to: ExaminedNode) -> Bool {
        to.spec.address.flatMap { from.inventory.ways[$0.text] }?.type == "unreachable"
    }

    static func connections(_ cluster: ExaminedCluster) -> [Finding] {
        let rendezvous = failures(cluster) { way in
            guard let answer = way.rendezvous.value, answer != .open else { return nil }
            return answer.description
        }
        let ephemeral = failures(cluster) { way in
            guard let answer = way.ephemeral.value, answer != .open else { return nil }
            // A way that is closed altogether is told once.
            if let other = way.rendezvous.value, other != .open { return nil }
            return answer.description
        }
        let port = cluster.plans.first.map { "\($0.rendezvous)" } ?? "the rendezvous port"
        return walls(rendezvous).compactMap { wall in
            finding(cluster, wall, .rendezvousUnreachable, "port \(port)", "the rendezvous port", port: port)
        }
            + walls(ephemeral).compactMap { wall in
                finding(
                    cluster,
                    wall,
                    .peerPortsClosed,
                    "ephemeral ports",
                    "ports that NCCL and Gloo choose",
                    port: nil
                )
            }
    }

    private static func finding(
        _ cluster: ExaminedCluster,
        _ wall: Wall,
        _ code: DiagnosticCode,
        _ subject: String,
        _ what: String,
        port: String?
    ) -> Finding? {
        guard let node = cluster.nodes.first(where: { $0.name == wall.node }) else { return nil }
        let texts = Set(wall.failures.map(\.text)).sorted().joined(separator: ", ")
        let rule: String
        if wall.isTarget {
            let sources = wall.peers.compactMap { peer in
                cluster.nodes.first { $0.name == peer }?.spec.address?.text
            }
            rule =
                "let the other nodes in, on \(wall.node): "
                + sources.prefix(4).map { source in
                    "`iptables -I INPUT -p tcp -s \(source)\(port.map { " --dport \($0)" } ?? "") -j ACCEPT`"
                }.joined(separator: ", ") + (sources.count > 4 ? ", ..." : "")
        } else {
            rule = "look at the outgoing rules of \(wall.node) (`iptables -S OUTPUT`) and at its routes (`ip route`)"
        }
        return node.finding(
            code,
            on: subject,
            wall.isTarget ? "other nodes cannot connect to \(what)" : "the node cannot connect to \(what) of others",
            measured: "\(texts) \(wall.direction) \(wall.others)",
            expected: port == nil ? "all TCP ports open between nodes" : "an open port",
            change: rule,
            at: port == nil ? nil : cluster.spec.rendezvousPort?.span
        )
    }

    static func packets(_ cluster: ExaminedCluster) -> [Finding] {
        let lost = failures(cluster) { way in
            guard let packets = way.packets.value else { return nil }
            if case .passed = packets { return nil }
            // Nothing gets through at all.
            if let answer = way.rendezvous.value, answer != .open { return nil }
            return packets.description
        }
        return walls(lost).compactMap { wall in
            guard let node = cluster.nodes.first(where: { $0.name == wall.node }) else { return nil }
            let texts = Set(wall.failures.map(\.text)).sorted().joined(separator: ", ")
            return node.finding(
                .bigPacketsLost,
                on: node.chosenInterface,
                "packets of full size do not pass",
                measured: "\(texts) \(wall.direction) \(wall.others)",
                expected: "packets of the interface's MTU",
                change:
                    "set one MTU on \(node.chosenInterface ?? "the interface") of all nodes "
                    + "and on the switch ports between"
            )
        }
    }
}
