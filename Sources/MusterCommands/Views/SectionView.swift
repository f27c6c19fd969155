import MusterDoctor
import MusterTerminal

/// Sections of a document as they are shown on a terminal.
struct SectionView {
    let sections: [DocumentSection]
    /// Cells per line; nothing where what is printed goes to a file or a program, which has room for all.
    let width: Int?
    let style: Style

    /// The lines, sections apart by a blank one.
    var lines: [String] { Array(sections.map(lines).joined(separator: [""])) }

    private func lines(_ section: DocumentSection) -> [String] {
        let title = section.title.map { [style.strong($0)] } ?? []
        guard !section.columns.isEmpty else {
            let label = section.rows.filter { $0.count > 1 }.map { DisplayWidth.of($0[0].text) }.max() ?? 0
            return title + section.rows.flatMap { $0.count == 2 ? labelled($0, label) : $0.flatMap(text) }
        }
        // What a row is about stands first, so columns give way from the end; none is left out.
        let columns = section.columns.enumerated().map { index, title in
            let text = section.hasNamedColumns ? title : title.uppercased()
            return Table.Column(text, priority: 5 + section.columns.count - index)
        }
        var table = Table(columns)
        for row in section.rows { table.add(row.map { Table.Cell($0.text, Self.paint($0.tone)) }) }
        return title + table.lines(width: width ?? .max, style: style)
    }

    /// A name and what it stands for, which keeps to the right of all names.
    private func labelled(_ row: [DocumentSection.Cell], _ label: Int) -> [String] {
        let indent = String(repeating: " ", count: label + 2)
        let room = width.map { max(1, $0 - label - 2) } ?? .max
        let name = style.painted(row[0].text, Self.paint(row[0].tone))
        let gap = String(repeating: " ", count: label - DisplayWidth.of(row[0].text) + 2)
        return WordWrap.lines(row[1].text, width: room, hanging: 0).enumerated().map { index, line in
            (index == 0 ? name + gap : indent) + style.painted(line, Self.paint(row[1].tone))
        }
    }

    /// What continues stands below the first word behind the label.
    private func text(_ cell: DocumentSection.Cell) -> [String] {
        let hanging = cell.text.hasPrefix("  ") ? 12 : 2
        return WordWrap.lines(cell.text, width: width ?? .max, hanging: hanging)
            .map { style.painted($0, Self.paint(cell.tone)) }
    }

    private static func paint(_ tone: DocumentSection.Tone) -> Table.Paint {
        switch tone {
        case .plain: .none
        case .strong: .strong
        case .good: .good
        case .doubtful: .doubtful
        case .bad: .bad
        case .faint: .faint
        }
    }
}

extension Session {
    /// Prints sections on standard output.
    func show(_ sections: [DocumentSection]) {
        let view = SectionView(
            sections: sections,
            width: console.out.isTerminal ? console.width : nil,
            style: console.out.style
        )
        for line in view.lines { console.data(line: line) }
    }
}
