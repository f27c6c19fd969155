package import MusterSpec

/// What `nvidia-smi --query-compute-apps=... --format=csv` says: processes that hold a GPU.
///
/// In a container the processes of others are hidden: memory in use is the sign that can be relied on.
package struct ComputeApps: Hashable, Sendable {
    package struct Process: Hashable, Sendable {
        package let gpuUUID: Known<String>
        package let address: Known<PCIAddress>
        package let pid: Known<Int>
        package let name: Known<String>
        package let memory: Known<ByteCount>
    }

    package let processes: [Process]

    private static let source = "the output of `nvidia-smi --query-compute-apps=... --format=csv`"
    private static let knownFields: Set<String> = [
        "pid", "gpu_uuid", "gpu_bus_id", "process_name", "name", "used_gpu_memory", "used_memory",
    ]

    /// Reads output with its header.
    package static func read(_ bytes: [UInt8]) -> Reading<ComputeApps> {
        .of(bytes, source: source) { text throws(Damage) in
            let lines = try text.lines().filter { !$0.isBlank }
            let fields = SMIFields(header: lines[0].cells(between: UInt8(ascii: ",")))
            guard fields.names.contains(where: knownFields.contains) else { throw text.foreign(lines[0]) }
            return try parse(fields, lines.dropFirst(), &text)
        }
    }

    /// Reads output of `--format=csv,noheader`, whose fields are those of the query, in its order. Nothing at all means
    /// that there is no process.
    package static func read(_ bytes: [UInt8], fields: [String]) -> Reading<ComputeApps> {
        .of(bytes, source: source) { text throws(Damage) in
            let lines = LineSplitter.lines(of: bytes).filter { !$0.isBlank }
            guard !lines.isEmpty else { return ComputeApps(processes: []) }
            return try parse(SMIFields(fields), lines[...], &text)
        }
    }

    private static func parse(
        _ fields: SMIFields,
        _ lines: ArraySlice<Line>,
        _ text: inout Transcript
    ) throws(Damage) -> ComputeApps {
        var processes: [Process] = []
        for line in lines {
            if Cut.contains(line.text, "No running processes found") { continue }
            var cells = line.cells(between: UInt8(ascii: ","))
            // Only the name of a process can hold a comma.
            if let column = fields.column("process_name") ?? fields.column("name"), cells.count > fields.names.count {
                let extra = cells.count - fields.names.count
                let parts = cells[column...(column + extra)]
                let name = Word(text: parts.map(\.text).joined(separator: ", "), column: cells[column].column)
                cells.replaceSubrange(column...(column + extra), with: [name])
                text.remark(line.number, "the name of a process has a comma")
            }
            guard cells.count == fields.names.count else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: cells.count == 1 ? Damage.quote(line.trimmed) : "\(cells.count) cells",
                    expected: "\(fields.names.count), one for each field of the query"
                )
            }
            let row = ProcessRow(fields: fields, cells: cells, line: line.number)
            processes.append(
                Process(
                    gpuUUID: try row.value("gpu_uuid", "", "a UUID") { $0 },
                    address: try row.value("gpu_bus_id", "", "a PCI address") { PCIAddress($0) },
                    pid: try row.value("pid", "", "a whole number") { SMIFields.number($0) },
                    name: try row.value("process_name", "name", "a name") { $0 },
                    memory: try row.value("used_gpu_memory", "used_memory", "an amount of memory") {
                        SMIFields.memory($0)
                    }
                )
            )
        }
        return ComputeApps(processes: processes)
    }
}

/// One line of the table and where its cells stand.
private struct ProcessRow {
    let fields: SMIFields
    let cells: [Word]
    let line: Int

    func value<Value>(
        _ name: String,
        _ other: String,
        _ expected: String,
        read: (String) -> Value?
    ) throws(Damage) -> Known<Value> {
        guard let column = fields.column(name) ?? fields.column(other) else { return .unknown("not asked") }
        let cell = cells[column]
        if Unknown.covers(cell.text) { return .unknown(cell.text) }
        guard let value = read(cell.text) else {
            throw Damage(
                .malformed,
                line: line,
                column: cell.column,
                found: "\(Damage.quote(cell.text)) for `\(name)`",
                expected: expected
            )
        }
        return .value(value)
    }
}

extension ComputeApps: DocumentValue {
    package var json: JSONValue {
        [
            "processes": .array(
                processes.map { process in
                    [
                        "gpu_uuid": process.gpuUUID.json, "gpu_bus_id": process.address.json,
                        "pid": process.pid.json, "name": process.name.json, "memory_bytes": process.memory.json,
                    ]
                }
            )
        ]
    }

    package var sections: [DocumentSection] {
        guard processes.isEmpty else { return JSONTables.sections(of: json) }
        return [DocumentSection(nil, lines: [.init("no process holds a GPU")])]
    }
}
