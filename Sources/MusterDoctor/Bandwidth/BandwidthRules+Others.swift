import MusterSpec

/// What is slower than the same on other nodes.
extension BandwidthRules {
    /// Nodes whose own GPUs are slow.
    var within: [Finding] {
        let speeds = speeds(.within)
        guard speeds.count > 1, let best = speeds.max(by: { $0.value < $1.value }) else { return [] }
        return speeds.filter { $0.value < Self.least * best.value }.map { slow in
            Finding(
                code: .nodeSlowInside,
                severity: .error,
                nodes: slow.nodes,
                message: "the GPUs of the node talk more slowly than those of other nodes",
                measured: "\(Amount.speed(slow.value)) GB/s",
                expected: Self.expected(best.value, "that \(best.nodes[0]) reaches"),
                change: "compare with \(best.nodes[0]): `nvidia-smi topo -m`, `nvidia-smi -q -d CLOCK,PERFORMANCE`, "
                    + "and access control of PCIe bridges (`lspci -vvv`)"
            )
        }
    }

    /// Nodes that are slow with everybody, then pairs that are slow by themselves.
    var between: [Finding] {
        let speeds = speeds(.pairs)
        guard speeds.count > 1, let best = speeds.max(by: { $0.value < $1.value }) else { return [] }
        let slow = speeds.filter { $0.value < Self.least * best.value }
        let names = Set(slow.flatMap(\.nodes)).filter { node in
            let own = speeds.filter { $0.nodes.contains(node) }
            return own.count > 1 && own.count == slow.count { $0.nodes.contains(node) }
        }
        let nodes = names.sorted { NaturalOrder.isBefore($0, $1) }.map { node in
            let others = slow.compactMap { pair -> (node: String, value: Double)? in
                guard pair.nodes.contains(node), let other = pair.nodes.first(where: { $0 != node }) else { return nil }
                return (other, pair.value)
            }.sorted { NaturalOrder.isBefore($0.node, $1.node) }.map { "\(Amount.speed($0.value)) with \($0.node)" }
            return finding(.nodeSlowBetween, [node], "the node is slow with every other node", Names.list(others), best)
        }
        let pairs = slow.filter { names.isDisjoint(with: $0.nodes) }.map { pair in
            finding(.pairSlow, pair.nodes, "two nodes are slow with each other", Amount.speed(pair.value), best)
        }
        return nodes + pairs
    }

    private func finding(
        _ code: DiagnosticCode,
        _ nodes: [String],
        _ message: String,
        _ measured: String,
        _ best: Speed
    ) -> Finding {
        Finding(
            code: code,
            severity: .error,
            nodes: nodes,
            message: message,
            measured: "\(measured) GB/s",
            expected: Self.expected(best.value, "between \(best.nodes.joined(separator: " and "))"),
            change: code == .pairSlow
                ? "look at the way between them: the switches that only these two share, and their queues and cables"
                : "look at its cards, cables and switch ports: `muster doctor -v` for their rates, `ethtool -S` for what "
                    + "is dropped or paused"
        )
    }
}
