extension TransportProof {
    /// One line: `NET/IB, GDR 8/8 on all nodes`.
    package var text: String {
        guard nodes.count > 1 else { return "one node, no network between ranks" }
        let groups = Groups(nodes.map { ($0.node, words($0)) })
        guard groups.differ else {
            return nodes.allSatisfy { $0.network == nil && !isProvenByCounters($0.node) }
                ? "unknown: \(Self.wayOut)" : "\(groups.groups[0].value) on all nodes"
        }
        let parts = groups.groups.map { "\($0.value) on \(Names.list($0.nodes))" }
        let isOpen = nodes.contains { $0.network == nil && !isProvenByCounters($0.node) }
        return parts.joined(separator: "; ") + (isOpen ? " (\(Self.wayOut))" : "")
    }

    /// What would tell where nothing does.
    static let wayOut = "no lines of `NCCL INFO`; `NCCL_DEBUG: INFO` in `env` would prove the way"

    private func words(_ node: NodeTransport) -> String {
        guard let network = node.network else {
            return isProvenByCounters(node.node) ? "RDMA by its counters, GDR unknown" : "unknown"
        }
        guard network == .rdma || network == .both else { return network.rawValue }
        let direct = node.directRanks.map { "GDR \($0)/\(node.ranks)" } ?? "GDR unknown"
        return "\(network.rawValue), \(direct)"
    }
}
