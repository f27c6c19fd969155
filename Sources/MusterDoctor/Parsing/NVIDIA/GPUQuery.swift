import MusterSpec

/// What `nvidia-smi --query-gpu=... --format=csv` says: one record for each GPU.
package struct GPUQuery: Hashable, Sendable {
    package let fields: SMIFields
    package let gpus: [GPURecord]

    private static let source = "the output of `nvidia-smi --query-gpu=... --format=csv`"

    /// Reads output with its header: fields by name, in any order, with or without units.
    package static func read(_ bytes: [UInt8]) -> Reading<GPUQuery> {
        .of(bytes, source: source) { text throws(Damage) in
            let lines = try text.lines().filter { !$0.isBlank }
            let fields = SMIFields(header: lines[0].cells(between: UInt8(ascii: ",")))
            // A program's complaint and a row without its header both have no known field.
            guard fields.names.contains(where: { GPUField.all[$0] != nil }), fields.areShort else {
                throw text.foreign(lines[0])
            }
            return try GPUQuery(fields, lines.dropFirst())
        }
    }

    /// Reads output of `--format=csv,noheader`, whose fields are those of the query, in its order.
    package static func read(_ bytes: [UInt8], fields: [String]) -> Reading<GPUQuery> {
        .of(bytes, source: source) { text throws(Damage) in
            try GPUQuery(SMIFields(fields), text.lines().filter { !$0.isBlank }[...])
        }
    }

    private init(_ fields: SMIFields, _ lines: ArraySlice<Line>) throws(Damage) {
        var gpus: [GPURecord] = []
        for line in lines {
            let cells = line.cells(between: UInt8(ascii: ","))
            guard cells.count == fields.names.count else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: cells.count == 1 ? Damage.quote(line.trimmed) : "\(cells.count) cells",
                    expected: "\(fields.names.count), one for each field of the query"
                )
            }
            for (column, cell) in cells.enumerated() {
                let name = fields.names[column]
                guard let form = GPUField.all[name], !Unknown.covers(cell.text), !form.accepts(cell.text) else {
                    continue
                }
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: cell.column,
                    found: "\(Damage.quote(cell.text)) for `\(name)`",
                    expected: form.expectation
                )
            }
            gpus.append(GPURecord(fields: fields, cells: cells.map(\.text)))
        }
        self.fields = fields
        self.gpus = gpus
    }
}

/// The form of a field of the query that muster knows; others are taken as text.
enum GPUField {
    case number, memory, yesNo, enabled, address, text

    func accepts(_ cell: String) -> Bool {
        switch self {
        case .number: SMIFields.number(cell) != nil
        case .memory: SMIFields.memory(cell) != nil
        case .yesNo: cell == "Yes" || cell == "No"
        case .enabled: cell == "Enabled" || cell == "Disabled"
        case .address: PCIAddress(cell) != nil
        case .text: true
        }
    }

    var expectation: String {
        switch self {
        case .number: "a whole number"
        case .memory: "an amount of memory such as `81559 MiB`"
        case .yesNo: "`Yes` or `No`"
        case .enabled: "`Enabled` or `Disabled`"
        case .address: "a PCI address"
        case .text: "text"
        }
    }

    static let all: [String: GPUField] = [
        "index": .number, "count": .number, "name": .text, "gpu_name": .text, "uuid": .text, "gpu_uuid": .text,
        "pci.bus_id": .address, "gpu_bus_id": .address, "driver_version": .text, "kmd_version": .text,
        "memory.total": .memory, "memory.reserved": .memory, "memory.used": .memory, "memory.free": .memory,
        "utilization.gpu": .number, "compute_mode": .text, "compute_cap": .text, "mig.mode.current": .enabled,
        "persistence_mode": .enabled, "ecc.mode.current": .enabled,
        "ecc.errors.uncorrected.volatile.total": .number, "ecc.errors.uncorrected.aggregate.total": .number,
        "remapped_rows.correctable": .number, "remapped_rows.uncorrectable": .number,
        "remapped_rows.pending": .yesNo, "remapped_rows.failure": .yesNo, "retired_pages.pending": .text,
        "gpu_recovery_action": .text, "pcie.link.gen.current": .number, "pcie.link.gen.max": .number,
        "pcie.link.gen.gpumax": .number, "pcie.link.gen.hostmax": .number, "pcie.link.width.current": .number,
        "pcie.link.width.max": .number, "fabric.state": .text, "fabric.status": .text, "temperature.gpu": .number,
    ]
}
