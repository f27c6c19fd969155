package import MusterSpec

/// A piece of text to be drawn by whoever knows the terminal: a heading and a table, or lines.
package struct DocumentSection: Hashable, Sendable {
    /// What a cell means, for who paints it. Nothing is said by it alone.
    package enum Tone: String, Sendable {
        case plain, strong, good, doubtful, bad, faint
    }

    /// Text and its tone.
    package struct Cell: Hashable, Sendable {
        package let text: String
        package let tone: Tone

        package init(_ text: String, _ tone: Tone = .plain) {
            self.text = text
            self.tone = tone
        }
    }

    package let title: String?
    /// Empty where the section is plain lines, each a row of one cell.
    package let columns: [String]
    /// Whether columns are called by names of things, which are written as they are.
    package let hasNamedColumns: Bool
    package let rows: [[Cell]]

    package init(_ title: String?, columns: [String], hasNamedColumns: Bool = false, rows: [[Cell]]) {
        self.title = title
        self.columns = columns
        self.hasNamedColumns = hasNamedColumns
        self.rows = rows
    }

    /// Lines of text below a heading.
    package init(_ title: String?, lines: [Cell]) {
        self.init(title, columns: [], rows: lines.map { [$0] })
    }

    /// No column is padded further: one long cell must not make every row as long.
    private static let widest = 48

    /// The lines without colour, cells whole and padded to their columns.
    package var lines: [String] {
        var widths: [Int] = []
        for row in [columns] + rows.map({ $0.map(\.text) }) {
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], min(cell.count, Self.widest))
            }
        }
        var lines = title.map { [$0] } ?? []
        if !columns.isEmpty { lines.append(Self.line(columns, widths)) }
        return lines + rows.map { Self.line($0.map(\.text), widths) }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            line += cell
            if !isLast { line += String(repeating: " ", count: max(0, widths[index] - cell.count) + 2) }
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// A value read from a program's output that can be shown and handed on.
package protocol DocumentValue: Sendable {
    /// The value for programs. What is unknown is null.
    var json: JSONValue { get }
    /// The value for people.
    var sections: [DocumentSection] { get }
}

extension DocumentValue {
    /// Tables made from ``json``, for values that need no drawing of their own.
    package var sections: [DocumentSection] { JSONTables.sections(of: json) }
}
