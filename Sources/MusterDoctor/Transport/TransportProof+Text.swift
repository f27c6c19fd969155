extension TransportProof {
    /// One line: `NET/IB, GDR 8/8 on all nodes`.
    package var text: String {
        guard nodes.count > 1 else { return "one node, no network between ranks" }
        let groups = Groups(nodes.map { ($0.node, words($0)) })
        guard groups.differ else {
            return nodes.contains(where: isKnown)
                ? "\(groups.groups[0].value) on all nodes" : "unknown: \(Self.wayOut)"
        }
        let parts = groups.groups.map { "\($0.value) on \(Names.list($0.nodes))" }
        return parts.joined(separator: "; ") + (nodes.allSatisfy(isKnown) ? "" : " (\(Self.wayOut))")
    }

    /// What would tell where nothing does.
    static let wayOut = "no lines of `NCCL INFO`; `NCCL_DEBUG: INFO` in `env` would prove the way"

    /// `NET/IB, GDR 8/8`
    func words(_ node: NodeTransport) -> String {
        guard let network = node.network else {
            switch counters[node.node]?.verdict {
            case .rdma: return "RDMA by its counters, GDR unknown"
            case .sockets: return "TCP by its counters"
            case .both: return "RDMA and TCP by its counters"
            case .unknown, nil: return "unknown"
            }
        }
        guard network == .rdma || network == .both else { return network.rawValue }
        let direct = node.directRanks.map { "GDR \($0)/\(node.ranks)" } ?? "GDR unknown"
        return "\(network.rawValue), \(direct)"
    }
}
