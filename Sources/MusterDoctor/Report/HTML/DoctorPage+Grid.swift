import MusterSpec

extension DoctorPage {
    /// With more nodes than this the grid would have more cells than anybody reads, and more bytes than anybody mails.
    private static let mostNodes = 64

    /// Who reaches whom: a coloured cell with its words for each ordered pair.
    func writeGrid(_ markup: inout Markup) {
        guard let section = report.gridSections.first else { return }
        markup.element("section") { markup in
            markup.element("h2", text: "Reachability")
            if report.nodes.count <= Self.mostNodes {
                markup.table(section, caption: "From the node of the row to the node of the column", style: "grid")
            } else {
                writeFaults(&markup, section)
            }
        }
    }

    /// The pairs that do not reach each other, and how many do.
    private func writeFaults(_ markup: inout Markup, _ section: DocumentSection) {
        let names = Array(section.columns.dropFirst())
        let pairs = section.rows.flatMap { row in
            zip(names, row.dropFirst()).map { (from: row[0].text, to: $0, cell: $1) }
        }.filter { $0.cell.tone != .faint }
        let faults = pairs.filter { $0.cell.tone != .good }
        let most = Self.mostNodes * Self.mostNodes
        markup.element(
            "p",
            text: "\(pairs.count - faults.count) of \(pairs.count) ordered pairs of nodes reach each other."
                + (faults.count > most ? " The first \(most) of the others:" : "")
        )
        guard !faults.isEmpty else { return }
        let rows = faults.prefix(most).map { [DocumentSection.Cell($0.from), .init($0.to), $0.cell] }
        markup.table(
            DocumentSection(nil, columns: ["from", "to", "way"], rows: rows),
            caption: "Ways that are not open"
        )
    }
}
