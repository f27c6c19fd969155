package import MusterSpec

/// One GPU in the answer to a query. What was not asked is unknown, as is what the driver does not know.
package struct GPURecord: Hashable, Sendable {
    package let fields: SMIFields
    private let cells: [String]

    init(fields: SMIFields, cells: [String]) {
        self.fields = fields
        self.cells = cells
    }

    /// A field by the name that the query takes.
    package subscript(name: String) -> Known<String> {
        guard let column = fields.column(name) else { return .unknown("not asked") }
        return Known(cell: cells[column])
    }

    package var index: Known<Int> { number("index") }
    package var name: Known<String> { either("name", "gpu_name") }
    package var uuid: Known<String> { either("uuid", "gpu_uuid") }
    package var address: Known<PCIAddress> { converted(either("pci.bus_id", "gpu_bus_id")) { PCIAddress($0) } }
    package var driverVersion: Known<String> { either("driver_version", "kmd_version") }
    /// What the card has, of which a part is reserved and never free.
    package var memoryTotal: Known<ByteCount> { memory("memory.total") }
    package var memoryReserved: Known<ByteCount> { memory("memory.reserved") }
    package var memoryUsed: Known<ByteCount> { memory("memory.used") }
    package var memoryFree: Known<ByteCount> { memory("memory.free") }
    /// In percent.
    package var utilization: Known<Int> { number("utilization.gpu") }
    /// `Default`, `Exclusive_Process`, `Prohibited`.
    package var computeMode: Known<String> { self["compute_mode"] }
    /// `8.9`.
    package var computeCapability: Known<String> { self["compute_cap"] }
    package var isMIGEnabled: Known<Bool> { enabled("mig.mode.current") }
    package var isPersistent: Known<Bool> { enabled("persistence_mode") }
    package var isECCEnabled: Known<Bool> { enabled("ecc.mode.current") }
    /// Since the driver was loaded.
    package var uncorrectedErrors: Known<Int> { number("ecc.errors.uncorrected.volatile.total") }
    /// A row remap waits for a reset of the GPU.
    package var isRemapPending: Known<Bool> { yes("remapped_rows.pending") }
    /// No row is left to remap to: the card must be replaced.
    package var hasRemapFailed: Known<Bool> { yes("remapped_rows.failure") }
    package var isRetirementPending: Known<Bool> { yes("retired_pages.pending") }
    /// `None`, or what the driver asks for: `Reset`, `Reboot`, `Drain P2P`.
    package var recoveryAction: Known<String> { self["gpu_recovery_action"] }
    /// Lanes in use.
    package var linkWidth: Known<Int> { number("pcie.link.width.current") }
    package var linkWidthMax: Known<Int> { number("pcie.link.width.max") }
    package var linkGenerationMax: Known<Int> { number("pcie.link.gen.max") }
    /// `Completed` on machines with NVSwitch when the fabric manager has done its work.
    package var fabricState: Known<String> { self["fabric.state"] }
    package var fabricStatus: Known<String> { self["fabric.status"] }

    private func either(_ name: String, _ other: String) -> Known<String> {
        fields.column(name) == nil ? self[other] : self[name]
    }

    private func number(_ name: String) -> Known<Int> { converted(self[name]) { SMIFields.number($0) } }
    private func memory(_ name: String) -> Known<ByteCount> { converted(self[name]) { SMIFields.memory($0) } }
    private func enabled(_ name: String) -> Known<Bool> { converted(self[name]) { $0 == "Enabled" } }
    private func yes(_ name: String) -> Known<Bool> { converted(self[name]) { $0 == "Yes" } }

    private func converted<Value>(_ cell: Known<String>, _ read: (String) -> Value?) -> Known<Value> {
        switch cell {
        case .unknown(let reason): .unknown(reason)
        case .value(let text): read(text).map(Known.value) ?? .unknown(text)
        }
    }
}

extension GPUQuery: DocumentValue {
    package var json: JSONValue {
        [
            "gpus": .array(
                gpus.map { gpu in
                    .object(of: fields.names.map { name in (name, gpu[name].json) })
                }
            )
        ]
    }

    package var sections: [DocumentSection] {
        let shown = [
            "index", "name", "pci.bus_id", "driver_version", "memory.total", "memory.used", "memory.free",
            "utilization.gpu", "compute_cap", "ecc.mode.current", "mig.mode.current", "compute_mode",
            "remapped_rows.pending", "remapped_rows.failure", "pcie.link.gen.current", "pcie.link.gen.max",
            "pcie.link.width.current", "pcie.link.width.max", "gpu_recovery_action", "fabric.state",
        ].filter { fields.column($0) != nil }
        let rows = gpus.map { gpu in
            shown.map { name in gpu[name].value.map { DocumentSection.Cell($0) } ?? .init("?", .faint) }
        }
        return [DocumentSection("gpus", columns: shown, rows: rows)]
    }
}
