package import MusterSpec

/// Files of `/proc/net/bonding`: one, or several under the headings that `head` and `tail` put above files.
package struct Bonds: Hashable, Sendable {
    package struct Bond: Hashable, Sendable {
        /// Nothing where one file was read: the name is that of the file.
        package let name: String?
        /// `IEEE 802.3ad Dynamic link aggregation`
        package internal(set) var mode: String?
        package internal(set) var isUp: Bool?
        package internal(set) var members: [Member] = []
    }

    package struct Member: Hashable, Sendable {
        package let name: String
        package internal(set) var isUp: Bool?
        /// In Mb/s; nothing where the port has none.
        package internal(set) var speed: Int?
        package internal(set) var linkFailures: Int?
    }

    package let bonds: [Bond]

    package static func read(_ bytes: [UInt8]) -> Reading<Bonds> {
        .of(bytes, source: "files of `/proc/net/bonding`") { text throws(Damage) in
            var bonds: [Bond] = []
            var title: String?
            for line in try text.lines() where !line.isBlank {
                if let path = Cut.unwrap(line.trimmed, "==> ", " <==") {
                    title = Cut.split(path, UInt8(ascii: "/")).last.map { Cut.short($0) }
                    continue
                }
                guard let (key, value) = line.halves(at: UInt8(ascii: ":")) else {
                    // `802.3ad info` and `details actor lacp pdu:` head parts that are not read.
                    if bonds.isEmpty { throw text.foreign(line) }
                    continue
                }
                if key == "Ethernet Channel Bonding Driver" {
                    bonds.append(Bond(name: title))
                } else if bonds.isEmpty {
                    throw text.foreign(line)
                } else {
                    bonds[bonds.count - 1].set(key, value)
                }
            }
            guard !bonds.isEmpty else { throw text.foreign(nil) }
            return Bonds(bonds: bonds)
        }
    }
}

extension Bonds.Bond {
    fileprivate mutating func set(_ key: String, _ value: String) {
        let last = members.count - 1
        switch key {
        case "Bonding Mode": mode = Cut.short(value)
        case "Slave Interface": members.append(Bonds.Member(name: value))
        case "MII Status": if last < 0 { isUp = value == "up" } else { members[last].isUp = value == "up" }
        case "Speed": if last >= 0 { members[last].speed = Cut.words(value).first.flatMap(Digits.count) }
        case "Link Failure Count": if last >= 0 { members[last].linkFailures = Digits.count(value) }
        default: break
        }
    }
}

extension Bonds: DocumentValue {
    package var json: JSONValue {
        [
            "members": .array(
                bonds.flatMap { bond in
                    bond.members.map { member -> JSONValue in
                        [
                            "bond": .optional(bond.name), "mode": .optional(bond.mode),
                            "bond_is_up": bond.isUp.map(JSONValue.boolean) ?? .null, "name": .string(member.name),
                            "is_up": member.isUp.map(JSONValue.boolean) ?? .null,
                            "speed_megabits": .optional(member.speed),
                            "link_failures": .optional(member.linkFailures),
                        ]
                    }
                }
            )
        ]
    }
}
