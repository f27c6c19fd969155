package import MusterSpec

/// The long report of `nvidia-smi -q`, whole or the part that `-d` asks for: values below headings.
package struct SMIReport: Hashable, Sendable {
    package struct GPU: Hashable, Sendable {
        package let address: PCIAddress
        fileprivate(set) package var values: [String: String] = [:]
        fileprivate(set) package var processes: [Process] = []

        /// A value by its headings and name: `FB Memory Usage/Total`.
        package subscript(path: String) -> Known<String> {
            values[path].map { Known(cell: $0) } ?? .unknown("not printed")
        }
    }

    package struct Process: Hashable, Sendable {
        package let pid: Int
        package fileprivate(set) var name: String?
        package fileprivate(set) var memory: ByteCount?
    }

    package fileprivate(set) var driverVersion: Known<String> = .unknown("")
    package fileprivate(set) var cudaVersion: Known<String> = .unknown("")
    package fileprivate(set) var gpus: [GPU] = []

    /// Deeper headings than any report has; what is deeper is taken for this deep.
    private static let deepest = 6

    package static func read(_ bytes: [UInt8]) -> Reading<SMIReport> {
        .of(bytes, source: "the report of `nvidia-smi -q`") { text throws(Damage) in try parse(&text) }
    }

    private static func parse(_ text: inout Transcript) throws(Damage) -> SMIReport {
        let lines = try text.lines()
        var report = SMIReport()
        var attached: Int?
        var headings: [(indent: Int, name: String)] = []
        for line in lines where !line.isBlank {
            let content = line.trimmed
            if line.indent == 0 {
                headings = []
                if let address = Cut.behind(content, "GPU ").flatMap(PCIAddress.init) {
                    report.gpus.append(GPU(address: address))
                } else if let (key, value) = line.halves(at: UInt8(ascii: ":")) {
                    if key == "Driver Version" || key == "KMD Version" { report.driverVersion = Known(cell: value) }
                    if key == "CUDA Version" || key == "CUDA UMD Version" { report.cudaVersion = Known(cell: value) }
                    if key == "Attached GPUs" { attached = Digits.count(value) }
                } else if !content.hasPrefix("=") {
                    throw report.gpus.isEmpty ? text.foreign(line) : indentation(line)
                }
                continue
            }
            guard !report.gpus.isEmpty else { throw text.foreign(line) }
            while let last = headings.last, last.indent >= line.indent { headings.removeLast() }
            report.gpus[report.gpus.count - 1].add(line, content, &headings, deepest: deepest)
        }
        guard !report.gpus.isEmpty else { throw text.foreign(lines.first { !$0.isBlank }) }
        guard report.gpus.allSatisfy({ !$0.values.isEmpty }) else { throw indentation(lines[lines.count - 1]) }
        if let attached, attached != report.gpus.count {
            throw Damage(
                .malformed,
                found: "\(report.gpus.count) GPUs in a report of \(attached)",
                expected: "all of them",
                hint: "copy the whole report"
            )
        }
        return report
    }

    private static func indentation(_ line: Line) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: "a report without the blanks that lines start with",
            expected: "values indented below their headings"
        )
    }
}

extension SMIReport.GPU {
    /// Takes a heading or a value below the headings above it. Of two values of one name the first counts.
    fileprivate mutating func add(
        _ line: Line,
        _ content: String,
        _ headings: inout [(indent: Int, name: String)],
        deepest: Int
    ) {
        guard let (key, value) = line.halves(at: UInt8(ascii: ":")), !key.isEmpty else {
            if headings.count < deepest { headings.append((line.indent, content)) }
            return
        }
        // A process's own values are indented below its number, which is a value itself.
        if headings.first?.name == "Processes" {
            switch key {
            case "Process ID": if let pid = Digits.count(value) { processes.append(.init(pid: pid)) }
            case "Name": if !processes.isEmpty { processes[processes.count - 1].name = value }
            case "Used GPU Memory":
                if !processes.isEmpty { processes[processes.count - 1].memory = SMIFields.memory(value) }
            default: break
            }
            return
        }
        let path = headings.map { $0.name + "/" }.joined() + key
        if values[path] == nil { values[path] = value }
    }
}
