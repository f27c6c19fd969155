package import MusterSpec

/// What `nvidia-smi -L` says: the GPUs and the MIG devices cut out of them.
package struct GPUList: Hashable, Sendable {
    package struct GPU: Hashable, Sendable {
        package let index: Int
        package let name: String
        package let uuid: String
        package var migDevices: [MIGDevice] = []
    }

    package struct MIGDevice: Hashable, Sendable {
        package let index: Int
        /// `1g.10gb`
        package let profile: String
        package let uuid: String
    }

    package let gpus: [GPU]

    package static func read(_ bytes: [UInt8]) -> Reading<GPUList> {
        .of(bytes, source: "the output of `nvidia-smi -L`") { text throws(Damage) in
            var gpus: [GPU] = []
            for line in try text.lines() where !line.isBlank {
                if let gpu = gpu(line.trimmed) {
                    gpus.append(gpu)
                } else if let device = migDevice(line.trimmed), !gpus.isEmpty {
                    gpus[gpus.count - 1].migDevices.append(device)
                } else if gpus.isEmpty {
                    throw text.foreign(line)
                } else {
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "`GPU 0: NAME (UUID: GPU-...)` or a MIG device"
                    )
                }
            }
            return GPUList(gpus: gpus)
        }
    }

    /// `GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-...)`
    static func gpu(_ text: String) -> GPU? {
        guard text.hasPrefix("GPU "), let (head, rest) = Cut.around(": ", in: text),
            let index = Digits.index(head, behind: "GPU "), let (name, tail) = Cut.around(" (UUID: ", in: rest),
            tail.hasSuffix(")"), !name.isEmpty
        else { return nil }
        return GPU(index: index, name: name, uuid: String(tail.dropLast()))
    }

    /// `MIG 3g.40gb     Device  0: (UUID: MIG-...)`
    private static func migDevice(_ text: String) -> MIGDevice? {
        guard text.hasPrefix("MIG "), let (head, tail) = Cut.around(": (UUID: ", in: text), tail.hasSuffix(")") else {
            return nil
        }
        let words = Cut.words(head)
        guard words.count == 4, words[2] == "Device", let index = Digits.count(words[3]) else { return nil }
        return MIGDevice(index: index, profile: words[1], uuid: String(tail.dropLast()))
    }
}

extension GPUList: DocumentValue {
    package var json: JSONValue {
        [
            "gpus": .array(
                gpus.map { gpu in
                    [
                        "index": .integer(gpu.index), "name": .string(gpu.name), "uuid": .string(gpu.uuid),
                        "mig_devices": .array(
                            gpu.migDevices.map { device in
                                [
                                    "index": .integer(device.index), "profile": .string(device.profile),
                                    "uuid": .string(device.uuid),
                                ]
                            }
                        ),
                    ]
                }
            )
        ]
    }
}
