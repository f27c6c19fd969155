import MusterSpec

/// What is wrong with the way between nodes, as far as it is known.
struct TransportFindings {
    /// All that can come of it.
    static let codes: [DiagnosticCode] = [.trafficOverSockets, .gpuDirectUnused, .hcasUnused]

    private let nodes: [NodeTransport]
    private let fabric: FabricTable?
    private let counters: [String: CounterProof]
    private let span: TransportProof.Span

    init(
        _ nodes: [NodeTransport],
        fabric: FabricTable?,
        counters: [String: CounterProof],
        during span: TransportProof.Span
    ) {
        self.span = span
        self.nodes = nodes
        self.fabric = fabric
        self.counters = counters
    }

    /// Worst first, equal ones of several nodes as one.
    func sorted(in names: [String]) -> [Finding] {
        FindingOrder.sorted(nodes.flatMap { overSockets($0) + withoutDirect($0) + unused($0) }, nodes: names)
    }

    /// Devices with a port that a launch should use; nothing where nobody looked.
    private func usable(_ node: NodeTransport) -> [String]? {
        guard let rows = fabric?.rows, fabric?.choices.contains(where: { $0.node == node.node }) == true else {
            return nil
        }
        var names: [String] = []
        for row in rows where row.node == node.node && !names.contains(row.hca) {
            if case .used = row.use { names.append(row.hca) }
        }
        return names
    }

    private func overSockets(_ node: NodeTransport) -> [Finding] {
        let usable = usable(node)
        // Without a port TCP is all there is.
        guard usable?.isEmpty != true else { return [] }
        let measured: String
        if node.network == .sockets || node.network == .both {
            measured =
                "\(node.network?.rawValue ?? "") in the logs of \(Names.count(node.ranks, "rank"))"
                + (node.hasNoDevice ? ", `NET/IB : No device found`" : "") + counted
        } else if node.network == nil, let counter = counters[node.node], counter.verdict == .sockets {
            measured = "\(counter.text) \(span.rawValue)"
        } else {
            return []
        }
        return [
            Finding(
                code: .trafficOverSockets,
                // Counters do not say whose bytes they are.
                severity: usable == nil || node.network == nil ? .warning : .error,
                nodes: [node.node],
                message: "traffic between nodes runs over TCP",
                measured: measured,
                expected: usable.map { "NET/IB over \($0.joined(separator: ", "))" } ?? "NET/IB, where there are ports",
                change: "run `muster doctor`, which finds why NCCL cannot use the ports; `NCCL_NET: IB` in `env` makes "
                    + "a launch fail instead"
            )
        ]
    }

    /// What the nodes sent while nothing but the measurement ran; a launch's counters hold more than its own bytes. Of
    /// all together, since a fault of many nodes is one finding.
    private var counted: String {
        guard span == .measurement, !counters.isEmpty else { return "" }
        let rdma = CounterProof.text(counters.values.reduce(0) { $0 + min($1.rdmaBytes, .max >> 20) })
        let socket = CounterProof.text(counters.values.reduce(0) { $0 + min($1.interfaceBytes ?? 0, .max >> 20) })
        return "; all nodes sent \(rdma) by RDMA and \(socket) by TCP \(span.rawValue)"
    }

    private func withoutDirect(_ node: NodeTransport) -> [Finding] {
        guard node.network == .rdma || node.network == .both, let direct = node.directRanks, direct < node.ranks else {
            return []
        }
        let isElsewhere = direct > 0 || nodes.contains { $0.directRanks ?? 0 > 0 }
        return [
            Finding(
                code: .gpuDirectUnused,
                severity: isElsewhere ? .error : .warning,
                nodes: [node.node],
                message: "ranks send by RDMA without GPUDirect",
                measured: "\(node.ranks - direct) of \(node.ranks) ranks"
                    + (node.directDisabled.map { ", \(Damage.quote($0))" } ?? ""),
                expected: "`/GDRDMA` on every channel to another node",
                change: "run `modprobe nvidia_peermem`, or use the open kernel modules; where that is done, look with "
                    + "`muster doctor` for a card that is far from its GPU"
            )
        ]
    }

    private func unused(_ node: NodeTransport) -> [Finding] {
        guard node.network == .rdma || node.network == .both, !node.hcas.isEmpty, let usable = usable(node) else {
            return []
        }
        let missing = usable.filter { !node.hcas.contains($0) }
        guard !missing.isEmpty, missing.count < usable.count else { return [] }
        return [
            Finding(
                code: .hcasUnused,
                severity: .warning,
                nodes: [node.node],
                subject: missing.joined(separator: ", "),
                message: "ranks use fewer RDMA devices than there are",
                measured: "\(node.hcas.joined(separator: ", ")) in the ranks' logs",
                expected: usable.joined(separator: ", "),
                change: "look in the log for `NET/IB : Using` and the lines above it, and compare `NCCL_IB_HCA`"
            )
        ]
    }
}
