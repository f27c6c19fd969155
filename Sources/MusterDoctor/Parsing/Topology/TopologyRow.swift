/// One row of a topology matrix.
struct TopologyRow {
    let distances: [Distance]
    /// Nothing for a row without affinity cells, as those of NICs.
    let affinity: Topology.Affinity?

    init(
        _ line: Line,
        number: Int,
        of header: TopologyHeader,
        _ origin: Topology.Origin,
        _ text: inout Transcript
    ) throws(Damage) {
        let label = header.devices[number].label
        guard origin == .pasted || line.hasTab else {
            throw Damage(
                .malformed,
                line: line.number,
                found: Damage.quote(line.trimmed),
                expected: "cells separated by tabs, as the program prints them"
            )
        }
        let cells = line.hasTab ? line.cells(between: 0x09) : line.words
        guard let first = cells.first, first.text == label else {
            throw Damage(
                .malformed,
                line: line.number,
                column: cells.first?.column,
                found: Damage.quote(cells.first?.text ?? line.trimmed),
                expected: "the row of `\(label)`",
                hint: Damage.wrapped
            )
        }
        distances = try Self.distances(cells, line, number, header)
        let rest = Array(cells.dropFirst(header.devices.count + 1))
        affinity = try Self.affinity(rest, line, header, label, &text)
    }

    private static func distances(
        _ cells: [Word],
        _ line: Line,
        _ row: Int,
        _ header: TopologyHeader
    ) throws(Damage) -> [Distance] {
        let count = header.devices.count
        var distances: [Distance] = []
        distances.reserveCapacity(count)
        for column in 0..<count {
            guard column + 1 < cells.count else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: "\(column) distances in the row of `\(header.devices[row].label)`",
                    expected: "\(count), one for each column",
                    hint: Damage.wrapped
                )
            }
            let cell = cells[column + 1]
            guard let distance = Distance(cell.text), (distance == .same) == (column == row) else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: cell.column,
                    found: "\(Damage.quote(cell.text)) from `\(header.devices[row].label)` to "
                        + "`\(header.devices[column].label)`",
                    expected: row == column ? "`X`" : "one of NV#, PIX, PXB, PHB, NODE and SYS",
                    hint: Damage.wrapped
                )
            }
            distances.append(distance)
        }
        return distances
    }

    private static func affinity(
        _ cells: [Word],
        _ line: Line,
        _ header: TopologyHeader,
        _ label: String,
        _ text: inout Transcript
    ) throws(Damage) -> Topology.Affinity? {
        let filled = cells.filter { !$0.text.isEmpty }
        var lists: [Known<IndexList>] = []
        for cell in filled {
            if Unknown.covers(cell.text) {
                lists.append(.unknown(cell.text))
            } else if let list = IndexList(cell.text) {
                lists.append(.value(list))
            } else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: cell.column,
                    found: "the affinity \(Damage.quote(cell.text)) of `\(label)`",
                    expected: "a list such as `0-31,64-95`, or `N/A`",
                    hint: Damage.wrapped
                )
            }
        }
        guard !filled.isEmpty else { return nil }
        guard filled.count <= header.affinities else {
            throw Damage(
                .malformed,
                line: line.number,
                column: filled.last?.column,
                found: "\(filled.count) affinity cells of `\(label)`",
                expected: "at most \(header.affinities), one for each heading"
            )
        }
        // The program writes one tab more before the last column, whose heading lies a tab stop further right.
        if line.hasTab, cells.count == 4, cells[2].text.isEmpty, header.affinities == 3 {
            let known = cells.map { cell in IndexList(cell.text).map(Known.value) ?? .unknown(cell.text) }
            return Topology.Affinity(cpus: known[0], numaNodes: known[1], gpuNumaNode: known[3])
        }
        if filled.count < header.affinities {
            // Which of them is missing cannot be told from blanks alone, unless there is no value among them.
            if lists.contains(where: { $0.value != nil }) {
                text.remark(line.number, "`\(label)` has \(filled.count) affinity cells of \(header.affinities)")
            }
            return nil
        }
        let none = Known<IndexList>.unknown("")
        return Topology.Affinity(
            cpus: lists[0],
            numaNodes: lists.count > 1 ? lists[1] : none,
            gpuNumaNode: lists.count > 2 ? lists[2] : none
        )
    }
}
