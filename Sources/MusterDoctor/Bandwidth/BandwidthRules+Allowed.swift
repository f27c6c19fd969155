import MusterSpec

/// What is slower than the cards allow.
extension BandwidthRules {
    func low(isExplained: Bool) -> [Finding] {
        // One that is known to be slow slows all of them down.
        guard !isExplained else { return [] }
        let speeds = speeds(.pairs).isEmpty ? speeds(.all) : speeds(.pairs)
        let low = speeds.filter { speed in allowed(speed.nodes).map { speed.value < Self.least * $0.value } ?? false }
        if let worst = low.min(by: { $0.value < $1.value }), let allowed = allowed(worst.nodes) {
            return [lowFinding(low.flatMap(\.nodes), worst.text, allowed, "cards, cables and switches")]
        }
        return self.speeds(.all).compactMap { all in
            guard let allowed = allowed(all.nodes), all.value < Self.least * allowed.value else { return nil }
            return lowFinding(
                all.nodes,
                "\(Amount.speed(all.value)) GB/s over all ranks",
                allowed,
                "the switches between the nodes, since each pair alone is fast enough: paths that cross, lost packets"
            )
        }
    }

    private func lowFinding(
        _ nodes: [String],
        _ measured: String,
        _ allowed: (value: Double, why: String),
        _ place: String
    ) -> Finding {
        var names: [String] = []
        for node in nodes where !names.contains(node) { names.append(node) }
        return Finding(
            code: .bandwidthLow,
            severity: .error,
            nodes: names,
            message: "less goes through between nodes than their cards allow",
            measured: measured,
            expected: Self.expected(allowed.value, allowed.why),
            change:
                "look at \(place): `ethtool -S` for packets that were dropped or paused, and the ports' own counters "
                + "for `out_of_sequence`"
        )
    }

    /// What the ports of the narrowest node let through, in GB/s, and no more than goes on within a node. Nothing where a
    /// node has no port: nobody promises anything about TCP.
    private func allowed(_ nodes: [String]) -> (value: Double, why: String)? {
        let ports = nodes.map { node in
            fabric.rows.filter { row in
                guard row.node == node, case .used = row.use else { return false }
                return true
            }.compactMap(\.rate)
        }
        guard let rate = ports.map({ $0.reduce(0, +) }).min(), rate > 0 else { return nil }
        let inside = speeds(.within).filter { nodes.contains($0.nodes[0]) }.map(\.value).min()
        if let inside, inside < rate / 8 { return (inside, "that the GPUs reach within a node") }
        return (rate / 8, "of the ports in use, \(Amount.text(rate)) Gb/s")
    }
}
