/// A table of plain text that fits a width: columns give way by priority, the last one takes what is left.
package struct Table: Sendable {
    /// One column.
    package struct Column: Sendable {
        package let title: String
        /// Columns with a lower number are narrowed or dropped first.
        package let priority: Int

        package init(_ title: String, priority: Int = 5) {
            self.title = title
            self.priority = priority
        }
    }

    /// How one cell is painted after it has been measured.
    package enum Paint: Sendable {
        case none, strong, good, doubtful, bad, faint
    }

    /// Text and its paint.
    package struct Cell: Sendable, ExpressibleByStringInterpolation {
        package let text: String
        package let paint: Paint

        package init(_ text: String, _ paint: Paint = .none) {
            self.text = text
            self.paint = paint
        }

        package init(stringLiteral value: String) { self.init(value) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    package mutating func add(_ row: [Cell]) { rows.append(row) }

    /// The lines, header first, none wider than `width` and none with trailing spaces.
    package func lines(width: Int, style: Style) -> [String] {
        let widths = fit(width)
        let shown = columns.indices.filter { widths[$0] > 0 }
        let header = line(columns.map { Cell($0.title, .faint) }, shown, widths, style)
        return [header] + rows.map { line($0, shown, widths, style) }
    }

    private func line(_ row: [Cell], _ shown: [Int], _ widths: [Int], _ style: Style) -> String {
        var text = ""
        for index in shown where index < row.count {
            let cell = row[index]
            let fitted = DisplayWidth.fit(cell.text, widths[index])
            let isLast = index == shown.last
            // The last column is not padded: a copied line carries no spaces.
            let padding = isLast ? "" : String(repeating: " ", count: widths[index] - DisplayWidth.of(fitted) + 2)
            text += style.painted(fitted, cell.paint) + padding
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private func fit(_ width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.compactMap { $0.indices.contains(index) ? $0[index].text : nil })
                .map { DisplayWidth.of($0) }.max() ?? 0
        }
        func total() -> Int { widths.filter { $0 > 0 }.reduce(0) { $0 + $1 + 2 } - 2 }
        // First narrow, then drop, the least important column until the rest fits.
        for index in columns.indices.sorted(by: { columns[$0].priority < columns[$1].priority }) where total() > width {
            let least = min(widths[index], max(6, DisplayWidth.of(columns[index].title)))
            widths[index] = max(least, widths[index] - (total() - width))
            if total() > width, columns[index].priority < 5 { widths[index] = 0 }
        }
        return widths
    }
}

extension Style {
    /// Text as a cell of a table is painted.
    package func painted(_ text: String, _ paint: Table.Paint) -> String {
        switch paint {
        case .none: text
        case .strong: strong(text)
        case .good: good(text)
        case .doubtful: doubtful(text)
        case .bad: bad(text)
        case .faint: faint(text)
        }
    }
}
