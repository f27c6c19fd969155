package import MusterSpec

extension SMIReport.GPU {
    package var name: Known<String> { self["Product Name"] }
    package var uuid: Known<String> { self["GPU UUID"] }
    package var memoryTotal: Known<ByteCount> { memory("FB Memory Usage/Total") }
    package var memoryReserved: Known<ByteCount> { memory("FB Memory Usage/Reserved") }
    package var memoryUsed: Known<ByteCount> { memory("FB Memory Usage/Used") }
    package var memoryFree: Known<ByteCount> { memory("FB Memory Usage/Free") }
    package var eccMode: Known<String> { self["ECC Mode/Current"] }
    package var migMode: Known<String> { self["MIG Mode/Current"] }
    package var recoveryAction: Known<String> { self["GPU Recovery Action"] }
    /// `Completed` with status `Success` on machines with NVSwitch; `In Progress` means CUDA error 802 to come.
    package var fabricState: Known<String> { self["Fabric/State"] }
    package var fabricStatus: Known<String> { self["Fabric/Status"] }
    package var isRemapPending: Known<Bool> { self["Remapped Rows/Pending"].map { $0 == "Yes" } }
    package var hasRemapFailed: Known<Bool> { self["Remapped Rows/Remapping Failure Occurred"].map { $0 == "Yes" } }
    package var retiredSingleBit: Known<Int> { number("Retired Pages/Single Bit ECC") }
    package var retiredDoubleBit: Known<Int> { number("Retired Pages/Double Bit ECC") }
    /// A page is to be retired at the next reset.
    package var isRetirementPending: Known<Bool> {
        self["Retired Pages/Pending Page Blacklist"].map { $0 == "Yes" }
    }
    /// Lanes: `16x` is 16.
    package var linkWidth: Known<Int> { lanes("PCI/GPU Link Info/Link Width/Current") }
    package var linkWidthMax: Known<Int> { lanes("PCI/GPU Link Info/Link Width/Max") }

    private func memory(_ path: String) -> Known<ByteCount> {
        switch self[path] {
        case .unknown(let reason): .unknown(reason)
        case .value(let text): SMIFields.memory(text).map(Known.value) ?? .unknown(text)
        }
    }

    private func number(_ path: String) -> Known<Int> {
        switch self[path] {
        case .unknown(let reason): .unknown(reason)
        case .value(let text): Digits.count(text).map(Known.value) ?? .unknown(text)
        }
    }

    private func lanes(_ path: String) -> Known<Int> {
        switch self[path] {
        case .unknown(let reason): .unknown(reason)
        case .value(let text):
            (text.hasSuffix("x") ? Digits.count(String(text.dropLast())) : nil).map(Known.value) ?? .unknown(text)
        }
    }
}

extension SMIReport: DocumentValue {
    package var json: JSONValue {
        [
            "driver": driverVersion.json, "cuda": cudaVersion.json,
            "gpus": .array(
                gpus.map { gpu in
                    [
                        "pci_address": .string(gpu.address.description),
                        "values": .object(
                            of: gpu.values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
                        ),
                        "processes": .array(
                            gpu.processes.map { process in
                                [
                                    "pid": .integer(process.pid), "name": .optional(process.name),
                                    "memory_bytes": .optional(process.memory?.bytes),
                                ]
                            }
                        ),
                    ]
                }
            ),
        ]
    }

    package var sections: [DocumentSection] {
        let titles = [
            "gpu", "name", "total", "free", "ecc", "mig", "remap pending", "remap failed", "retired single",
            "retired double", "retirement pending", "width", "fabric",
        ]
        let rows = gpus.map { gpu -> [DocumentSection.Cell] in
            func flag(_ value: Known<Bool>) -> DocumentSection.Cell {
                value.value.map { $0 ? .init("yes", .bad) : .init("no") } ?? .init("?", .faint)
            }
            func plain(_ text: String?) -> DocumentSection.Cell { text.map { .init($0) } ?? .init("?", .faint) }
            return [
                .init(gpu.address.description, .strong), plain(gpu.name.value),
                plain(gpu["FB Memory Usage/Total"].value), plain(gpu["FB Memory Usage/Free"].value),
                plain(gpu.eccMode.value), plain(gpu.migMode.value), flag(gpu.isRemapPending),
                flag(gpu.hasRemapFailed), plain(gpu.retiredSingleBit.value.map(String.init)),
                plain(gpu.retiredDoubleBit.value.map(String.init)), flag(gpu.isRetirementPending),
                plain(gpu.linkWidth.value.map { "x\($0)" }), plain(gpu.fabricState.value),
            ]
        }
        return [
            DocumentSection(
                nil,
                columns: [],
                rows: [
                    [.init("driver", .faint), .init(driverVersion.value ?? "?")],
                    [.init("cuda", .faint), .init(cudaVersion.value ?? "?")],
                ]
            ),
            DocumentSection("gpus", columns: titles, rows: rows),
        ]
    }
}
