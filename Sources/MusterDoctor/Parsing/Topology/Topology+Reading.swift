extension Topology {
    /// Where a matrix comes from, which decides what is tolerated.
    package enum Origin: Sendable {
        /// Straight from the program: cells are separated by tabs, nothing can have been lost on the way.
        case probe
        /// From a person: tabs may have become blanks, and a narrow terminal may have run cells together.
        case pasted
    }

    /// Reads `nvidia-smi topo -m`. Cells that have run together are a damage, never a guess: `PIXPHB` could be told
    /// apart, but the same loss leaves rows that look whole and are shifted by one.
    package static func read(_ bytes: [UInt8], from origin: Origin = .pasted) -> Reading<Topology> {
        .of(bytes, source: "the matrix of `nvidia-smi topo -m`") { text throws(Damage) in
            do throws(Damage) {
                return try parse(&text, origin)
            } catch {
                try refuseAMD(text.lines())
                throw error
            }
        }
    }

    private static func parse(_ text: inout Transcript, _ origin: Origin) throws(Damage) -> Topology {
        let lines = try text.lines()
        guard let top = lines.firstIndex(where: isHeader) else {
            throw text.foreign(lines.first { !$0.isBlank })
        }
        if lines[..<top].contains(where: { !$0.isBlank }) {
            text.remark(lines[0].number, "text before the matrix is left out")
        }
        let header = try TopologyHeader(lines[top], origin)
        if header.isTrimmed { text.remark(lines[top].number, "the heading has lost its first blank") }
        let labels = header.devices.map(\.label)
        var rows: [TopologyRow] = []
        var index = top + 1
        while index < lines.count, !lines[index].isBlank, rows.count < labels.count {
            rows.append(try TopologyRow(lines[index], number: rows.count, of: header, origin, &text))
            index += 1
        }
        guard rows.count == labels.count else {
            throw Damage(
                .malformed,
                line: lines[top].number + rows.count,
                found: "the last row of the matrix, \(rows.count) of \(labels.count)",
                expected: "a row for `\(labels[rows.count])` behind it",
                hint: "copy the whole matrix"
            )
        }
        if index < lines.count, let word = lines[index].words.first, Distance(word.text) != nil || header.has(word) {
            throw Damage(
                .malformed,
                line: lines[index].number,
                column: word.column,
                found: Damage.quote(lines[index].trimmed),
                expected: "a blank line behind the matrix",
                hint: Damage.wrapped
            )
        }
        try checkSymmetry(rows, labels, first: lines[top].number + 1)
        var devices = zip(header.devices, rows).map { device, row in
            Device(label: device.label, gpu: device.gpu, rdmaDevice: device.rdmaDevice, affinity: row.affinity)
        }
        TopologyLegend.name(&devices, lines[index...], &text)
        return Topology(devices: devices, distances: rows.flatMap(\.distances))
    }

    private static func isHeader(_ line: Line) -> Bool {
        let words = line.words
        guard let first = words.first.map({ TopologyHeader.plain($0.text) }), first.hasPrefix("GPU") else {
            return false
        }
        guard words.count > 1 else { return Digits.index(first, behind: "GPU") != nil }
        // The first row starts with the same word, but its next is a distance.
        return Distance(words[1].text) == nil
    }

    /// A better word for the damage, where the text is the table of another vendor.
    private static func refuseAMD(_ lines: [Line]) throws(Damage) {
        for line in lines.prefix(64) {
            for word in line.words where word.text == "XGMI" || word.text.hasPrefix("ROCm") || word.text == "rocm-smi" {
                throw Damage(
                    .foreign,
                    line: line.number,
                    column: word.column,
                    found: "a table of AMD cards (\(Damage.quote(word.text)))",
                    expected: "the matrix of `nvidia-smi topo -m`",
                    hint: "AMD cards are not judged: their tables have other distances and no NICs"
                )
            }
        }
    }

    private static func checkSymmetry(_ rows: [TopologyRow], _ labels: [String], first: Int) throws(Damage) {
        for row in rows.indices {
            for column in 0..<row where rows[row].distances[column] != rows[column].distances[row] {
                throw Damage(
                    .malformed,
                    line: first + row,
                    found: "\(rows[row].distances[column]) from `\(labels[row])` to `\(labels[column])` and "
                        + "\(rows[column].distances[row]) back on line \(first + column)",
                    expected: "the same distance both ways",
                    hint: Damage.attach
                )
            }
        }
    }
}
