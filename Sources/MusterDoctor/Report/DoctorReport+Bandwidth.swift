import MusterSpec

/// What a measurement of bandwidth is shown as.
extension DoctorReport {
    package var bandwidthSections: [DocumentSection] {
        guard let bandwidth else { return [] }
        return withinSections(bandwidth) + pairSections(bandwidth) + allSections(bandwidth) + waySections(bandwidth)
            + noteSections(bandwidth)
    }

    private static let figureColumns = [
        "\(Amount.text(BandwidthSize.small)) in us", "\(Amount.text(BandwidthSize.large)) in GB/s",
    ]

    private func withinSections(_ bandwidth: BandwidthReport) -> [DocumentSection] {
        table("bandwidth within nodes", first: "node", bandwidth.measurements.filter { $0.kind == .within }) {
            $0.nodes[0]
        }
    }

    private func allSections(_ bandwidth: BandwidthReport) -> [DocumentSection] {
        table("bandwidth of all ranks", first: "nodes", bandwidth.measurements.filter { $0.kind == .all }) {
            measurement in
            Names.list(measurement.nodes)
        }
    }

    private func table(
        _ title: String,
        first: String,
        _ measurements: [BandwidthMeasurement],
        _ name: (BandwidthMeasurement) -> String
    ) -> [DocumentSection] {
        guard !measurements.isEmpty else { return [] }
        let rows = measurements.map { measurement -> [DocumentSection.Cell] in
            let head: [DocumentSection.Cell] = [.init(name(measurement), .strong), .init("\(measurement.ranks)")]
            guard let figures = measurement.figures else {
                let cell = Self.lack(measurement)
                return head + [.init("-", .faint), .init("-", .faint), cell]
            }
            return head + [
                .init(Amount.speed(figures.latency)), .init(Amount.speed(figures.busBandwidth)),
                .init("\(figures.tool), \(figures.backend)"),
            ]
        }
        return [
            DocumentSection(
                title,
                columns: [first, "ranks"] + Self.figureColumns + ["measured by"],
                // Units are not what they are in capitals.
                hasNamedColumns: true,
                rows: rows
            )
        ]
    }

    /// A grid where all pairs were measured, a list where only neighbours were.
    private func pairSections(_ bandwidth: BandwidthReport) -> [DocumentSection] {
        let pairs = bandwidth.measurements.filter { $0.kind == .pairs }
        guard !pairs.isEmpty else { return [] }
        let names = nodes.map(\.node).filter { node in pairs.contains { $0.nodes.contains(node) } }
        guard names.count <= BandwidthRound.mostForAllPairs else {
            return table("bandwidth between neighbours", first: "nodes", pairs) { $0.nodes.joined(separator: ", ") }
        }
        let slow = Set(bandwidth.findings.filter { $0.code == .pairSlow }.map(\.nodes))
        let slowNodes = Set(bandwidth.findings.filter { $0.code == .nodeSlowBetween }.flatMap(\.nodes))
        let rows = names.map { from -> [DocumentSection.Cell] in
            [.init(from, .strong)]
                + names.map { to in
                    guard from != to else { return .init("-", .faint) }
                    guard let pair = pairs.first(where: { Set($0.nodes) == [from, to] }) else {
                        return .init("", .faint)
                    }
                    guard let figures = pair.figures else {
                        // Why it was not tried is told with what failed.
                        return pair.failure == nil ? .init("not tried", .doubtful) : .init("failed", .bad)
                    }
                    let isSlow = slow.contains(pair.nodes) || !slowNodes.isDisjoint(with: pair.nodes)
                    let text = "\(Amount.speed(figures.busBandwidth)), \(Amount.speed(figures.latency)) us"
                    return .init(text, isSlow ? .bad : .plain)
                }
        }
        return [
            DocumentSection(
                "bandwidth between two nodes: \(Amount.text(BandwidthSize.large)) in GB/s, "
                    + "\(Amount.text(BandwidthSize.small)) in us",
                columns: ["node"] + names,
                hasNamedColumns: true,
                rows: rows
            )
        ]
    }

    private static func lack(_ measurement: BandwidthMeasurement) -> DocumentSection.Cell {
        switch measurement.outcome {
        case .figures: .init("-", .faint)
        case .failed: .init("failed", .bad)
        case .notTried(let reason): .init("not tried: \(reason)", .doubtful)
        }
    }

    /// Which way the bytes between the nodes took.
    private func waySections(_ bandwidth: BandwidthReport) -> [DocumentSection] {
        guard !bandwidth.transports.isEmpty else { return [] }
        let rows = bandwidth.transports.flatMap { proof in
            proof.nodes.map { node -> [DocumentSection.Cell] in
                let isBad = proof.findings.contains { $0.nodes.contains(node.node) }
                return [
                    .init(node.node, .strong), .init(proof.words(node), isBad ? .bad : .good),
                    .init(proof.counters[node.node]?.text ?? "?"),
                ]
            }
        }
        return [
            DocumentSection("way between nodes", columns: ["node", "by nccl", "sent, by the counters"], rows: rows)
        ]
    }

    private func noteSections(_ bandwidth: BandwidthReport) -> [DocumentSection] {
        guard bandwidth.isOfProcessors else { return [] }
        let text = "torch knows no GPU there: gloo was measured on CPUs, which says nothing of GPUs"
        return [DocumentSection(nil, lines: [.init(text, .doubtful)])]
    }
}
