package import MusterSpec

/// What `lspci` says, with `-vvv` about links and access control, with `-nn` about numbers.
package struct PCIListing: Hashable, Sendable {
    package struct Function: Hashable, Sendable {
        package let address: PCIAddress
        /// `3D controller`
        package let className: String
        /// Class and subclass, with `-nn`: 0x0302 is a GPU without a screen, 0x0207 InfiniBand, 0x0200 Ethernet.
        package let classCode: Int?
        package let vendorID: Int?
        package let deviceID: Int?
        package let name: String
        package internal(set) var numaNode: Int?
        package internal(set) var driver: String?
        package internal(set) var link = PCILink()
        /// Access control that is switched on: `SrcValid`, `ReqRedir`. Nothing where the capability is hidden, as
        /// it is from everybody but root.
        package internal(set) var accessControl: Set<String>?

        /// Whether transfers between devices make a detour through the CPU here.
        package var redirectsPeers: Bool? {
            accessControl.map { $0.contains("ReqRedir") || $0.contains("SrcValid") }
        }
    }

    package let functions: [Function]

    package static func read(_ bytes: [UInt8]) -> Reading<PCIListing> {
        .of(bytes, source: "the output of `lspci`") { text throws(Damage) in
            var functions: [Function] = []
            for line in try text.lines() where !line.isBlank {
                if line.indent == 0 {
                    guard let function = Function(line.trimmed) else {
                        if functions.isEmpty { throw text.foreign(line) }
                        throw Damage(
                            .malformed,
                            line: line.number,
                            found: Damage.quote(line.trimmed),
                            expected: "`ADDRESS CLASS: NAME`, or an indented line about the function above"
                        )
                    }
                    functions.append(function)
                } else if !functions.isEmpty {
                    functions[functions.count - 1].take(line)
                } else {
                    throw text.foreign(line)
                }
            }
            return PCIListing(functions: functions)
        }
    }
}

extension PCIListing.Function {
    /// `0101:00:00.0 Infiniband controller [0207]: Mellanox ... [15b3:101c] (rev a1)`
    fileprivate init?(_ text: String) {
        guard let (head, rest) = Cut.around(" ", in: text), let address = PCIAddress(head),
            let (title, name) = Cut.around(": ", in: rest)
        else { return nil }
        self.address = address
        if let code = Cut.between(" [", "]", in: title).flatMap(Digits.hexadecimal) {
            classCode = code
            className = Cut.around(" [", in: title)?.before ?? title
        } else {
            classCode = nil
            className = title
        }
        // The last brackets with two numbers: names have brackets of their own.
        let numbers = Cut.words(name).last { $0.hasPrefix("[") && $0.hasSuffix("]") && $0.utf8.count == 11 }
        let ids = numbers.map { Cut.split(String($0.dropFirst().dropLast()), UInt8(ascii: ":")) } ?? []
        vendorID = ids.count == 2 ? Digits.hexadecimal(ids[0]) : nil
        deviceID = ids.count == 2 ? Digits.hexadecimal(ids[1]) : nil
        self.name = name
    }

    /// One indented line; most say nothing that matters here.
    fileprivate mutating func take(_ line: Line) {
        guard let (key, value) = line.halves(at: UInt8(ascii: ":")) else { return }
        switch key {
        case "NUMA node": numaNode = Digits.count(value)
        case "Kernel driver in use": driver = value
        case "LnkCap":
            link.maxSpeed = Self.speed(value)
            link.maxWidth = Self.width(value)
        case "LnkSta":
            link.speed = Self.speed(value)
            link.width = Self.width(value)
        case "ACSCtl":
            accessControl = Set(Cut.words(value).filter { $0.hasSuffix("+") }.map { String($0.dropLast()) })
        default: break
        }
    }

    /// `Speed 16GT/s (downgraded), Width x4 (ok)`
    private static func speed(_ text: String) -> Double? {
        Cut.between("Speed ", "GT/s", in: text).flatMap(Digits.decimal)
    }

    private static func width(_ text: String) -> Int? {
        let word = Cut.after("Width x", in: text).flatMap { Cut.words($0).first }
        return word.flatMap { Digits.count($0.hasSuffix(",") ? String($0.dropLast()) : $0) }
    }
}

extension PCIListing: DocumentValue {
    package var json: JSONValue {
        [
            "functions": .array(
                functions.map { function in
                    JSONValue.object(of: [
                        ("address", .string(function.address.description)), ("class", .string(function.className)),
                        ("class_code", .optional(function.classCode.map { Digits.hexadecimal($0, width: 4) })),
                        ("vendor", .optional(function.vendorID.map { Digits.hexadecimal($0, width: 4) })),
                        ("device", .optional(function.deviceID.map { Digits.hexadecimal($0, width: 4) })),
                        ("numa_node", .optional(function.numaNode)), ("driver", .optional(function.driver)),
                        ("redirects_peers", function.redirectsPeers.map(JSONValue.boolean) ?? .null),
                        ("name", .string(function.name)),
                    ]).adding(function.link.json)
                }
            )
        ]
    }
}
