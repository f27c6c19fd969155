import MusterSpec

extension DoctorPage {
    /// Machines that all look different are drawn up to here, worst first: a page must not grow without end.
    private static let mostDrawings = 16

    /// The drawings, worst node first, nodes that look alike together.
    static func machines(_ report: DoctorReport, _ inventories: [String: NodeInventory]) -> [Machine] {
        // What a drawing shows best goes first: a card in the wrong place.
        func rank(_ node: DoctorReport.NodeSummary) -> (Int, Int, Int) {
            (-report.fabric.displaced.count { $0.node == node.node }, -node.errors, -node.warnings)
        }
        let ranked = report.nodes.enumerated().sorted { left, right in
            let (first, second) = (rank(left.element), rank(right.element))
            return first == second ? left.offset < right.offset : first < second
        }
        var machines: [Machine] = []
        var positions: [TopologyDrawing: Int] = [:]
        for (_, node) in ranked {
            let findings = report.groups.flatMap { [$0.root] + $0.consequences }
                .filter { $0.nodes.contains(node.node) }
            let displaced = report.fabric.displaced.filter { $0.node == node.node }
            guard let inventory = inventories[node.node],
                let tree = MachineTree(inventory, displaced: displaced, findings: findings)
            else { continue }
            let drawing = TopologyDrawing(tree)
            if let position = positions[drawing] {
                machines[position].nodes.append(node.node)
            } else {
                positions[drawing] = machines.count
                machines.append(Machine(nodes: [node.node], drawing: drawing, gpus: node.gpus))
            }
        }
        return machines
    }

    func writeMachines(_ markup: inout Markup) {
        guard let worst = machines.first else { return }
        markup.element("section") { markup in
            markup.element("h2", text: "Topology")
            writeLegend(&markup)
            writeFigure(&markup, worst, number: 1)
            for (index, machine) in machines.dropFirst().prefix(Self.mostDrawings - 1).enumerated() {
                markup.element("details") { markup in
                    markup.element("summary", text: Names.list(machine.nodes))
                    writeFigure(&markup, machine, number: index + 2)
                }
            }
            let rest = machines.dropFirst(Self.mostDrawings).flatMap(\.nodes)
            if !rest.isEmpty { markup.element("p", text: "Not drawn, each unlike the others: \(Names.list(rest)).") }
        }
    }

    private func writeFigure(_ markup: inout Markup, _ machine: Machine, number: Int) {
        let title = [Names.list(machine.nodes), machine.gpus].compactMap(\.self).joined(separator: ": ")
        markup.element("figure") { markup in
            markup.element("figcaption", text: title)
            markup.element("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": title]) { markup in
                markup.drawing(machine.drawing, name: "drawing-\(number)", title: "Topology of \(title)")
            }
        }
    }

    /// Only what is drawn somewhere.
    private func writeLegend(_ markup: inout Markup) {
        let boxes = machines.flatMap(\.drawing.boxes)
        let tones = Set(boxes.flatMap(\.ports).map(\.label.tone))
        let isMisplaced = boxes.contains { $0.kind == .misplaced }
        let isShort = machines.contains { $0.drawing.lines.contains { $0.kind == .short } }
        let keys: [(style: String, text: String, isDrawn: Bool)] = [
            ("good", "port ACTIVE", tones.contains(.good)),
            ("doubtful", "port without a partner (Polling)", tones.contains(.doubtful)),
            ("bad", "port down or disabled", tones.contains(.bad)),
            ("short", "link below its maximum", isShort),
            ("misplaced", "card under another switch than elsewhere", isMisplaced),
            ("ghost", "its place on the other nodes", isMisplaced),
        ]
        markup.element("p", ["class": "legend"]) { markup in
            for key in keys where key.isDrawn {
                markup.element("span", ["class": "key \(key.style)"], text: key.text)
                markup.write(" ")
            }
        }
    }
}
