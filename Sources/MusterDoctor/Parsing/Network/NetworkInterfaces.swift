package import MusterSpec

/// What `ip addr` or `ip -j addr` says.
package struct NetworkInterfaces: Hashable, Sendable {
    package struct Interface: Hashable, Sendable {
        package let index: Int
        package let name: String
        /// `UP` is what an administrator wants, `LOWER_UP` what the cable says.
        package internal(set) var flags: Set<String> = []
        /// In bytes.
        package internal(set) var mtu: Int?
        /// `UP`, `DOWN`; `UNKNOWN` for the loopback.
        package internal(set) var state: String?
        /// `ether`, `loopback`, `infiniband`.
        package internal(set) var linkType: String?
        package internal(set) var hardwareAddress: String?
        /// The bond or bridge it belongs to.
        package internal(set) var master: String?
        package internal(set) var addresses: [Address] = []

        /// Whether it is switched on and has a carrier.
        package var isUp: Bool { flags.contains("UP") && flags.contains("LOWER_UP") }
    }

    package struct Address: Hashable, Sendable {
        package let address: IPAddress
        package let prefixLength: Int
        /// `global`, `link`, `host`.
        package let scope: String?
    }

    package let interfaces: [Interface]

    /// An interface by its name.
    package func interface(_ name: String) -> Interface? { interfaces.first { $0.name == name } }

    package static func read(_ bytes: [UInt8]) -> Reading<NetworkInterfaces> {
        .of(bytes, source: "the output of `ip addr` or `ip -j addr`") { text throws(Damage) in
            let lines = try text.lines()
            if lines.first(where: { !$0.isBlank })?.first == UInt8(ascii: "[") {
                return NetworkInterfaces(interfaces: try InterfaceReader.json(&text))
            }
            return NetworkInterfaces(interfaces: try InterfaceReader.lines(lines, text))
        }
    }
}

extension NetworkInterfaces: DocumentValue {
    package var json: JSONValue {
        [
            "interfaces": .array(
                interfaces.map { interface in
                    [
                        "index": .integer(interface.index), "name": .string(interface.name),
                        "state": .optional(interface.state), "is_up": .boolean(interface.isUp),
                        "mtu": .optional(interface.mtu), "link_type": .optional(interface.linkType),
                        "master": .optional(interface.master),
                        "hardware_address": .optional(interface.hardwareAddress),
                        "addresses": .array(
                            interface.addresses.map { .string("\($0.address)/\($0.prefixLength)") }
                        ),
                    ]
                }
            )
        ]
    }
}
