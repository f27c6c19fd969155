package import MusterSpec

/// The table that plain `nvidia-smi` draws, as people paste it: cards, their state and the processes on them.
package struct SMISummary: Hashable, Sendable {
    package struct GPU: Hashable, Sendable {
        package let index: Int
        /// As drawn: long names end in `...`.
        package let name: String
        package let address: PCIAddress
        /// `On`, `Off`; the driver model on Windows.
        package let persistence: String
        /// Uncorrected ECC errors since the driver was loaded; unknown where the card has no ECC or it is off.
        package let uncorrectedErrors: Known<Int>
        // The second and third line of a card; unknown where they were cut off.
        package var memoryUsed: Known<ByteCount> = .unknown("")
        package var memoryTotal: Known<ByteCount> = .unknown("")
        /// In percent.
        package var utilization: Known<Int> = .unknown("")
        package var computeMode: Known<String> = .unknown("")
        package var mig: Known<String> = .unknown("")
    }

    package struct Process: Hashable, Sendable {
        package let gpu: Int
        package let pid: Int
        /// `C` for compute, `G` for graphics, `C+G` for both.
        package let type: String
        /// As drawn: long names start with `...`.
        package let name: String
        package let memory: Known<ByteCount>
    }

    package let driverVersion: Known<String>
    package let cudaVersion: Known<String>
    package let gpus: [GPU]
    package let processes: [Process]

    package static func read(_ bytes: [UInt8]) -> Reading<SMISummary> {
        .of(bytes, source: "the table of `nvidia-smi`") { text throws(Damage) in
            var reader = SMISummaryReader()
            let lines = try text.lines()
            for line in lines where line.first == UInt8(ascii: "|") { try reader.take(line) }
            guard reader.hasHeading, !reader.gpus.isEmpty else { throw text.foreign(lines.first { !$0.isBlank }) }
            for gpu in reader.gpus where gpu.memoryTotal == .unknown("") {
                text.remark(nil, "the second line of GPU \(gpu.index) is missing")
            }
            return SMISummary(
                driverVersion: reader.driverVersion,
                cudaVersion: reader.cudaVersion,
                gpus: reader.gpus,
                processes: reader.processes
            )
        }
    }
}

extension SMISummary: DocumentValue {
    package var json: JSONValue {
        [
            "driver": driverVersion.json, "cuda": cudaVersion.json,
            "gpus": .array(
                gpus.map { gpu in
                    [
                        "index": .integer(gpu.index), "name": .string(gpu.name),
                        "pci_address": .string(gpu.address.description), "persistence": .string(gpu.persistence),
                        "memory_used_bytes": gpu.memoryUsed.json, "memory_total_bytes": gpu.memoryTotal.json,
                        "utilization_percent": gpu.utilization.json, "compute_mode": gpu.computeMode.json,
                        "mig": gpu.mig.json, "uncorrected_errors": gpu.uncorrectedErrors.json,
                    ]
                }
            ),
            "processes": .array(
                processes.map { process in
                    [
                        "gpu": .integer(process.gpu), "pid": .integer(process.pid), "type": .string(process.type),
                        "name": .string(process.name), "memory_bytes": process.memory.json,
                    ]
                }
            ),
        ]
    }
}
