import MusterSpec

extension DoctorReport {
    /// What to draw, in order: faults, nodes, what is not known, the count. Ports and ways are shown where they are at
    /// fault.
    package var sections: [DocumentSection] {
        let told = groups.flatMap { [$0.root] + $0.consequences }
        let atFault = Set(told.filter { Self.fabricCodes.contains($0.code.number) }.flatMap(\.nodes))
        let isWayAtFault = told.contains { Self.wayCodes.contains($0.code.number) }
        // One that is well stands beside those that are not.
        let well = nodes.map(\.node).first { !atFault.contains($0) }
        return sections(fabric: atFault.isEmpty ? [] : atFault.union([well].compactMap(\.self)), grid: isWayAtFault)
    }

    /// The same with everything.
    package var allSections: [DocumentSection] { sections(fabric: Set(nodes.map(\.node)), grid: true) }

    private static let fabricCodes = 820...839
    private static let wayCodes = 880...889

    private func sections(fabric: Set<String>, grid: Bool) -> [DocumentSection] {
        groups.map(section) + [nodeSection] + fabricSections(fabric) + (grid ? gridSections : [])
            + bandwidthSections + unknownSections + [closing]
    }

    /// The text without colour and as wide as it is, sections apart by a blank line.
    package var lines: [String] { Array(allSections.map(\.lines).joined(separator: [""])) }

    private func section(_ group: Group) -> DocumentSection {
        let root = group.root
        let tone: DocumentSection.Tone = group.severity == .error ? .bad : .doubtful
        var rows: [(String, String)] = []
        if let measured = root.measured { rows.append(("measured", measured)) }
        if let expected = root.expected { rows.append(("expected", expected)) }
        rows.append(("change", root.change))
        if let span = root.span { rows.append(("line", "\(file):\(span.line):\(span.column)")) }
        if !group.consequences.isEmpty { rows.append(("explains", Self.explained(group.consequences))) }
        let head = "\(root.severity == .error ? "error" : "warning")[\(root.code)] \(root.place): \(root.message)"
        return DocumentSection(
            nil,
            lines: [.init(head, tone)]
                + rows.map { key, text in
                    DocumentSection.Cell("  \(key)\(String(repeating: " ", count: 9 - key.count)) \(text)")
                }
        )
    }

    /// `3 more findings: MUS0801 gpu-3, MUS0872 gpu-3`
    private static func explained(_ findings: [Finding]) -> String {
        let texts = findings.map { "\($0.code) \(Names.list($0.nodes)): \($0.message)" }
        return "\(Names.count(findings.count, "more finding")): \(texts.joined(separator: "; "))"
    }

    /// One row a node.
    var nodeSection: DocumentSection {
        let rows = nodes.map { node -> [DocumentSection.Cell] in
            let choice = fabric.choices.first { $0.node == node.node }
            let verdict: DocumentSection.Cell
            switch (node.errors, node.warnings) {
            case (0, 0): verdict = .init("ok", .good)
            case (0, let warnings): verdict = .init(Names.count(warnings, "warning"), .doubtful)
            case (let errors, 0): verdict = .init(Names.count(errors, "error"), .bad)
            case (let errors, let warnings):
                verdict = .init("\(Names.count(errors, "error")), \(Names.count(warnings, "warning"))", .bad)
            }
            return [
                .init(node.node, .strong), verdict, .init(node.gpus ?? "?"),
                .init(node.ports == 0 ? "none" : "\(node.usedPorts) of \(node.ports)"),
                .init((choice?.interface ?? "?") + (choice?.isInterfaceChosen == true ? " (auto)" : "")),
                .init(
                    (choice?.gidIndex.map(String.init) ?? "-") + (choice?.isIndexChosen == true ? " (auto)" : "")
                ),
                .init(
                    Self.devices(choice)
                ),
            ]
        }
        return DocumentSection(
            "nodes",
            columns: ["node", "verdict", "gpus", "rdma ports", "tcp_iface", "gid index", "hcas"],
            rows: rows
        )
    }

    private static func devices(_ choice: FabricTable.Choice?) -> String {
        guard let choice, !choice.hcas.isEmpty else { return "-" }
        return choice.hcas.joined(separator: ",") + (choice.areHCAsChosen ? " (auto)" : "")
    }

    /// What could not be judged, and why.
    var unknownSections: [DocumentSection] {
        guard !unknowns.isEmpty else { return [] }
        return [
            DocumentSection(
                "not known",
                columns: ["what", "why", "nodes"],
                rows: unknowns.map { [.init($0.what), .init($0.reason, .doubtful), .init(Names.list($0.nodes))] }
            )
        ]
    }

    /// `2 errors, 1 warning`
    package var verdict: String {
        let counts = [(errorCount, "error"), (warningCount, "warning")].filter { $0.0 > 0 }
            .map { Names.count($0.0, $0.1) }
        let found = counts.isEmpty ? "nothing found" : counts.joined(separator: ", ")
        return missing == 0 ? found : "\(found) on \(Names.count(nodes.count, "node")), \(missing) not reached"
    }

    /// How many nodes gave no inventory.
    package var missing: Int { unknowns.first { $0.what == Unjudged.everything }?.nodes.count ?? 0 }

    private var closing: DocumentSection {
        let hidden = groups.reduce(0) { $0 + $1.consequences.count }
        let more = groups.first.map { "; `muster explain \($0.root.code)` says more" } ?? ""
        let explained = hidden == 0 ? "" : ", which explain \(Names.count(hidden, "more finding"))"
        return DocumentSection(
            nil,
            lines: [.init("\(name): \(verdict)\(explained)\(more)", groups.isEmpty && missing == 0 ? .good : .plain)]
        )
    }
}
