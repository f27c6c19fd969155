import MusterSpec

/// Goes down the boxes of the `nvidia-smi` table line by line.
struct SMISummaryReader {
    private(set) var driverVersion: Known<String> = .unknown("")
    private(set) var cudaVersion: Known<String> = .unknown("")
    private(set) var hasHeading = false
    private(set) var gpus: [SMISummary.GPU] = []
    private(set) var processes: [SMISummary.Process] = []
    private var part = Part.heading
    /// Which line of a card comes next: 1 is the first, 0 is none.
    private var expected = 0

    private enum Part { case heading, gpus, mig, processes }

    mutating func take(_ line: Line) throws(Damage) {
        // The frame counts as two cells, one before the first bar and one behind the last.
        let cells = Array(line.cells(between: UInt8(ascii: "|")).dropFirst().dropLast())
        guard let first = cells.first else { return }
        if first.text.hasPrefix("NVIDIA-SMI ") {
            hasHeading = true
            part = .gpus
            driverVersion = Self.version(first.text, "Driver Version:", "KMD Version:")
            cudaVersion = Self.version(first.text, "CUDA Version:", "CUDA UMD Version:")
        } else if first.text == "Processes:" {
            part = .processes
        } else if first.text == "MIG devices:" {
            part = .mig
        } else if part == .gpus, cells.count == 3 {
            try takeGPU(cells, line)
        } else if part == .processes, cells.count == 1, let number = first.text.utf8.first, Digits.isDigit(number) {
            processes.append(try Self.process(line))
        }
    }

    private mutating func takeGPU(_ cells: [Word], _ line: Line) throws(Damage) {
        let words = Cut.words(cells[0].text)
        let bus = Cut.words(cells[1].text)
        if let index = words.first.flatMap(Digits.count), words.count >= 3,
            let address = bus.first.flatMap(PCIAddress.init)
        {
            gpus.append(
                SMISummary.GPU(
                    index: index,
                    name: words[1..<(words.count - 1)].joined(separator: " "),
                    address: address,
                    persistence: words[words.count - 1],
                    uncorrectedErrors: Self.number(cells[2].text)
                )
            )
            expected = 2
        } else if expected == 2, let (used, total) = Cut.around("/", in: cells[1].text), !gpus.isEmpty {
            let state = Cut.words(cells[2].text)
            guard let used = Self.memory(used), let total = Self.memory(total) else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: cells[1].column,
                    found: Damage.quote(cells[1].text),
                    expected: "memory in use and in all, such as `0MiB / 81559MiB`"
                )
            }
            gpus[gpus.count - 1].memoryUsed = used
            gpus[gpus.count - 1].memoryTotal = total
            if let load = state.first { gpus[gpus.count - 1].utilization = Self.number(load) }
            if state.count > 1 { gpus[gpus.count - 1].computeMode = Known(cell: state[1]) }
            expected = 3
        } else if expected == 3, !gpus.isEmpty {
            gpus[gpus.count - 1].mig = Known(cell: cells[2].text)
            expected = 0
        }
    }

    /// `0   N/A  N/A   11327      C   /opt/tools/memhog   2566MiB`; drivers before 450 have no instance columns.
    private static func process(_ line: Line) throws(Damage) -> SMISummary.Process {
        let words = Array(line.words.dropFirst().dropLast().map(\.text))
        let pid = words.count > 3 && Digits.count(words[2]) == nil && isType(words[2]) ? 1 : 3
        guard words.count > pid + 2, let gpu = Digits.count(words[0]), let number = Digits.count(words[pid]),
            isType(words[pid + 1])
        else {
            throw Damage(
                .malformed,
                line: line.number,
                found: Damage.quote(line.trimmed),
                expected: "a process: GPU, instances, pid, type, name and memory"
            )
        }
        let last = words[words.count - 1]
        let memory = Self.memory(last)
        let end = memory == nil ? words.count : words.count - 1
        return SMISummary.Process(
            gpu: gpu,
            pid: number,
            type: words[pid + 1],
            name: words[(pid + 2)..<end].joined(separator: " "),
            memory: memory ?? .unknown("")
        )
    }

    private static func isType(_ word: String) -> Bool { ["C", "G", "C+G", "M", "M+C"].contains(word) }

    private static func version(_ heading: String, _ names: String...) -> Known<String> {
        for name in names {
            if let word = Cut.after(name, in: heading).flatMap({ Cut.words($0).first }) { return Known(cell: word) }
        }
        return .unknown("")
    }

    private static func number(_ cell: String) -> Known<Int> {
        let digits = cell.hasSuffix("%") ? String(cell.dropLast()) : cell
        return Digits.count(digits).map(Known.value) ?? .unknown(cell)
    }

    /// `81559MiB`, or a word that says that there is no such number.
    private static func memory(_ cell: String) -> Known<ByteCount>? {
        let text = Cut.trim(cell)
        if Unknown.covers(text) { return .unknown(text) }
        guard text.hasSuffix("MiB") else { return nil }
        return SMIFields.memory("\(text.dropLast(3)) MiB").map(Known.value)
    }
}
