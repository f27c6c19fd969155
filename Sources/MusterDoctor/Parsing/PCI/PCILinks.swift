package import MusterSpec

/// Files below `/sys/bus/pci/devices`, one `path=content` a line; the content behind a bare address is the target of
/// that link.
package struct PCILinks: Hashable, Sendable {
    package struct Device: Hashable, Sendable {
        package let address: PCIAddress
        package internal(set) var path: PCIPath?
        package internal(set) var numaNode: Int?
        /// `0x10de`, without the prefix.
        package internal(set) var vendor: Int?
        package internal(set) var device: Int?
        /// Class, subclass and programming interface: `0x020700`.
        package internal(set) var classCode: Int?
        package internal(set) var link = PCILink()
        /// What else was read, by file name.
        package internal(set) var attributes: [String: String] = [:]

        /// A display controller of NVIDIA's, whatever its kind.
        var isNVIDIAGPU: Bool { vendor == 0x10de && baseClass == 0x03 }
        /// A network controller of Mellanox's, now NVIDIA's, whatever its kind.
        var isMellanoxNIC: Bool { vendor == 0x15b3 && baseClass == 0x02 }

        private var baseClass: Int? { classCode.map { $0 >> 16 } }
    }

    /// In order of their addresses.
    package let devices: [Device]

    package static func read(_ bytes: [UInt8]) -> Reading<PCILinks> {
        .of(bytes, source: "files below `/sys/bus/pci/devices` as `path=content`") { text throws(Damage) in
            var devices: [PCIAddress: Device] = [:]
            // The files of one device follow each other, and its address is the dearer half of a line.
            var last = (text: "", address: PCIAddress?.none)
            for line in try text.lines() where !line.isBlank {
                let assignment = line.assignment(below: "/sys/bus/pci/devices/")
                if let name = assignment?.path.first, name != last.text { last = (name, PCIAddress(name)) }
                guard let (path, value) = assignment, let address = last.address else {
                    if devices.isEmpty { throw text.foreign(line) }
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "`ADDRESS/FILE=content`"
                    )
                }
                let name = path.count == 2 ? path[1] : path.dropFirst().joined(separator: "/")
                devices[address, default: Device(address: address)].set(name, value)
            }
            return PCILinks(devices: devices.values.sorted { $0.address < $1.address })
        }
    }
}

extension PCILinks.Device {
    fileprivate mutating func set(_ name: String, _ value: String) {
        switch name {
        case "": path = PCIPath(value)
        case "numa_node": numaNode = Int(value).flatMap { $0 >= 0 ? $0 : nil }
        case "vendor": vendor = Digits.hexadecimal(value)
        case "device": device = Digits.hexadecimal(value)
        case "class": classCode = Digits.hexadecimal(value)
        case _ where PCILink.names.contains(name): link.set(name, value)
        default: attributes[name] = value
        }
    }
}

extension PCILinks: DocumentValue {
    package var json: JSONValue {
        [
            "devices": .array(
                devices.map { device in
                    JSONValue.object(of: [
                        ("address", .string(device.address.description)), ("numa_node", .optional(device.numaNode)),
                        ("vendor", .optional(device.vendor.map { Digits.hexadecimal($0, width: 4) })),
                        ("device", .optional(device.device.map { Digits.hexadecimal($0, width: 4) })),
                        ("class", .optional(device.classCode.map { Digits.hexadecimal($0, width: 6) })),
                        ("is_narrow", .boolean(device.link.isNarrow)),
                        ("path", .optional(device.path?.description)),
                    ]).adding(device.link.json)
                }
            )
        ]
    }
}
