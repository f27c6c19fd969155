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
        /// Those of the other way round, where the same peers are not reached that way either; else none.
        let back: [Failure]

        var isMutual: Bool { !back.isEmpty }
        var ways: [Failure] { failures + back }
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
            walls.append(Wall(node: node, isTarget: isTarget, failures: told, back: isMutual ? back : []))
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

    /// An ordered pair of nodes.
    private struct Pair: Hashable {
        let from: String
        let to: String

        init(_ failure: Failure) { (from, to) = (failure.from, failure.to) }
        init(_ way: ReachabilityGrid.Way) { (from, to) = (way.from, way.to) }
    }

    private static func isClosed(_ answer: Known<ReachabilityGrid.Connection>) -> Bool {
        answer.value.map { $0 != .open } ?? false
    }

    /// All nodes meet on the first, and every pair talks over other ports then. That the rendezvous port of another
    /// node is closed stops no launch: it would only matter if that node, or a spare, came to be the first.
    static func connections(_ cluster: ExaminedCluster) -> [Finding] {
        let met = Set(cluster.nodes.filter(cluster.isMet).map(\.name))
        let closed = failures(cluster) { way in isClosed(way.rendezvous) ? way.rendezvous.value?.description : nil }
        let shut = Set((cluster.grid?.ways ?? []).filter { isClosed($0.ephemeral) }.map { Pair($0) })
        func isMeeting(_ wall: Wall) -> Bool { wall.ways.contains { met.contains($0.to) } }
        // Elsewhere, what lets nothing through at all is told as that.
        let rendezvous = walls(closed).filter { wall in
            isMeeting(wall) || !wall.ways.allSatisfy { shut.contains(Pair($0)) }
        }
        // And where ranks cannot even meet, the other ports of the same ways say nothing more.
        let told = Set(rendezvous.filter(isMeeting).flatMap { $0.ways.map { Pair($0) } })
        let ephemeral = failures(cluster) { way in
            isClosed(way.ephemeral) && !told.contains(Pair(way)) ? way.ephemeral.value?.description : nil
        }
        let port = cluster.plans.first.map { "\($0.rendezvous)" } ?? "the rendezvous port"
        return rendezvous.compactMap { wall in
            finding(
                cluster,
                wall,
                .rendezvousUnreachable,
                isMeeting(wall) ? .error : .warning,
                "port \(port)",
                "the rendezvous port",
                expected: isMeeting(wall) ? "an open port" : "an open port, should another node be the first",
                port: port
            )
        }
            + walls(ephemeral).compactMap { wall in
                finding(
                    cluster,
                    wall,
                    .peerPortsClosed,
                    .error,
                    "ephemeral ports",
                    "ports that NCCL and Gloo choose",
                    expected: "all TCP ports open between nodes",
                    port: nil
                )
            }
    }

    private static func finding(
        _ cluster: ExaminedCluster,
        _ wall: Wall,
        _ code: DiagnosticCode,
        _ severity: Severity,
        _ subject: String,
        _ what: String,
        expected: String,
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
            severity,
            on: subject,
            wall.isTarget ? "other nodes cannot connect to \(what)" : "the node cannot connect to \(what) of others",
            measured: "\(texts) \(wall.direction) \(wall.others)",
            expected: expected,
            change: rule,
            at: port == nil ? nil : cluster.spec.rendezvousPort?.span
        )
    }

    static func packets(_ cluster: ExaminedCluster) -> [Finding] {
        let lost = failures(cluster) { way in
            guard let packets = way.packets.value else { return nil }
            if case .passed = packets { return nil }
            // Nothing gets through at all.
            if isClosed(way.rendezvous), isClosed(way.ephemeral) { return nil }
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
