import MusterSpec

extension DoctorReport {
    /// The truth about the fabric: one row a port.
    package var fabricSections: [DocumentSection] { fabricSections(Set(nodes.map(\.node))) }

    /// The ports of some nodes.
    func fabricSections(_ nodes: Set<String>) -> [DocumentSection] {
        let shown = fabric.rows.filter { nodes.contains($0.node) }
        guard !shown.isEmpty else { return [] }
        let rows = shown.map { row -> [DocumentSection.Cell] in
            let use: DocumentSection.Cell
            switch row.use {
            case .used(let index): use = .init("in use, gid \(index)", .good)
            case .unused(let reason): use = .init(reason, row.state == .active ? .doubtful : .bad)
            }
            return [
                .init(row.node, .strong), .init("\(row.hca):\(row.port)"),
                .init(row.state.map { "\($0)" } ?? "?", row.state == .active ? .good : .bad),
                .init(row.physicalState.map { "\($0)" } ?? "?"),
                .init(row.rate.map(Amount.text) ?? "-"), .init(row.interfaceMTU.map(String.init) ?? "?"),
                .init(row.linkLayer?.rawValue ?? "?"), .init(row.netdev ?? "-"), .init(Self.gids(row)),
                .init(row.numaNode.map(String.init) ?? "?"), .init(Self.near(row)), use,
            ]
        }
        return [
            DocumentSection(
                "fabric",
                columns: [
                    "node", "port", "state", "physical", "gb/s", "mtu", "link", "netdev", "gids", "numa",
                    "nearest gpus",
                    "use",
                ],
                rows: rows
            )
        ]
    }

    /// `3:v2 10.1.0.1`: entries that another node can reach; the others are in the JSON.
    private static func gids(_ row: FabricTable.Row) -> String {
        let shown = row.gids.filter { !$0.gid.isLinkLocal }
        guard !shown.isEmpty else { return "none" }
        return shown.map { "\($0.index):\($0.kind?.rawValue ?? "?") \($0.gid.ipv4?.text ?? "ipv6")" }
            .joined(separator: ", ")
    }

    private static func near(_ row: FabricTable.Row) -> String {
        guard let least = row.distances.values.min() else { return "?" }
        let gpus = row.distances.filter { $0.value == least }.map(\.key)
        return "\(Names.gpus(gpus)) (\(least))"
    }

    /// Who reaches whom: a letter for each question that was answered with no.
    package var gridSections: [DocumentSection] {
        guard let grid, !grid.ways.isEmpty else { return [] }
        let names = nodes.map(\.node)
        let rows = names.map { from -> [DocumentSection.Cell] in
            [.init(from, .strong)]
                + names.map { to in from == to ? .init("-", .faint) : Self.cell(grid.way(from: from, to: to)) }
        }
        return [
            DocumentSection("from (row) to (column)", columns: ["node"] + names, hasNamedColumns: true, rows: rows)
        ]
    }

    private static func cell(_ way: ReachabilityGrid.Way?) -> DocumentSection.Cell {
        guard let way else { return .init("?", .doubtful) }
        var faults: [String] = []
        var isUnknown = false
        for (name, answer) in [("rendezvous", way.rendezvous), ("ports", way.ephemeral)] {
            if let value = answer.value { if value != .open { faults.append(name) } } else { isUnknown = true }
        }
        if let packets = way.packets.value {
            if case .passed = packets {} else { faults.append("mtu") }
        } else {
            isUnknown = true
        }
        if !faults.isEmpty { return .init("no " + faults.joined(separator: ","), .bad) }
        return isUnknown ? .init("?", .doubtful) : .init("ok", .good)
    }
}
