/// The first line of a topology matrix.
struct TopologyHeader {
    /// Names and kinds of the columns; nothing else of them is known yet.
    let devices: [Topology.Device]
    /// How many of `CPU Affinity`, `NUMA Affinity` and `GPU NUMA ID` follow, in this order.
    let affinities: Int
    /// Whether the heading starts at the left edge, where the program leaves a column free.
    let isTrimmed: Bool
    private let labels: Set<String>

    private static let affinityTitles = ["CPU Affinity", "NUMA Affinity", "GPU NUMA ID"]

    init(_ line: Line, _ origin: Topology.Origin) throws(Damage) {
        guard origin == .pasted || line.text.utf8.first == 0x09 else {
            throw Damage(
                .malformed,
                line: line.number,
                column: 1,
                found: Damage.quote(line.trimmed),
                expected: "a tab before the first column, as the program prints it"
            )
        }
        let cells = line.hasTab ? line.cells(between: 0x09) : Self.joined(line.words)
        isTrimmed = line.indent == 0 && !cells.isEmpty
        var devices: [Topology.Device] = []
        var affinities = 0
        for cell in cells {
            let title = Self.plain(cell.text)
            guard !title.isEmpty else { continue }
            if affinities < Self.affinityTitles.count, title == Self.affinityTitles[affinities] {
                affinities += 1
            } else if affinities == 0, let device = Self.device(title) {
                devices.append(device)
            } else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: cell.column,
                    found: "the heading \(Damage.quote(title))",
                    expected: "one column, such as `GPU0`, `NIC3`, `mlx5_0` or `CPU Affinity`",
                    hint: Damage.wrapped
                )
            }
        }
        let labels = Set(devices.map(\.label))
        guard labels.count == devices.count, !devices.isEmpty else {
            throw Damage(
                .malformed,
                line: line.number,
                found: devices.isEmpty ? "a heading without a device" : "a heading with one column twice",
                expected: "each device once"
            )
        }
        self.devices = devices
        self.affinities = affinities
        self.labels = labels
    }

    /// Whether a word is the label of a row.
    func has(_ word: Word) -> Bool { labels.contains(word.text) }

    /// A cell without what pasting leaves of the underline: the escape itself is gone, `[4m` stays.
    static func plain(_ cell: String) -> String {
        var text = cell
        if text.hasPrefix("[4m") { text = String(text.dropFirst(3)) }
        if text.hasSuffix("[0m") { text = String(text.dropLast(3)) }
        return text
    }

    private static func device(_ title: String) -> Topology.Device? {
        guard title.utf8.count <= TopologyLegend.longest else { return nil }
        if let gpu = Digits.index(title, behind: "GPU") { return Topology.Device(label: title, gpu: gpu) }
        if Digits.index(title, behind: "NIC") != nil { return Topology.Device(label: title, gpu: nil) }
        // Kernel names are lower case: `mlx5_4CPU` and `NIC6NIC7` are two cells.
        let isName = title.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || Digits.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isName, title.utf8.contains(where: Digits.isDigit), !isDoubled(title) else {
            return nil
        }
        return Topology.Device(label: title, gpu: nil, rdmaDevice: title)
    }

    /// Whether the letters a name starts with come again, as in `mlx5_4mlx5_5`.
    private static func isDoubled(_ title: String) -> Bool {
        let letters = String(decoding: title.utf8.prefix { (0x61...0x7a).contains($0) }, as: UTF8.self)
        guard letters.utf8.count >= 2 else { return false }
        return Cut.contains(String(title.dropFirst(letters.count)), letters)
    }

    /// Puts the titles of two and three words together again.
    private static func joined(_ words: [Word]) -> [Word] {
        var cells: [Word] = []
        for word in words {
            let part = plain(word.text)
            if part == "Affinity" || part == "NUMA" && cells.last?.text == "GPU" || part == "ID",
                let last = cells.popLast()
            {
                cells.append(Word(text: "\(last.text) \(part)", column: last.column))
            } else {
                cells.append(word)
            }
        }
        return cells
    }
}
