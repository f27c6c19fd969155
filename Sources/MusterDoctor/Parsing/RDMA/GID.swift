package import MusterSpec

/// The 16-byte address of an RDMA port.
package struct GID: Hashable, Sendable, CustomStringConvertible {
    /// The subnet prefix.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads eight groups as sysfs prints them, the short form with `::`, and a dotted quad at the end.
    package init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let halves = Cut.around("::", in: text)
        guard let head = Self.groups(halves?.before ?? text), let tail = Self.groups(halves?.after ?? "") else {
            return nil
        }
        guard halves == nil ? head.count == 8 : head.count + tail.count < 8 else { return nil }
        let words = head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
        high = words[..<4].reduce(0) { $0 << 16 | UInt64($1) }
        low = words[4...].reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// Groups of one to four hexadecimal digits between colons; a dotted quad may be the last.
    private static func groups(_ text: String) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        if text.utf8.contains(UInt8(ascii: ".")) { return quad(text) }
        var words: [UInt16] = []
        words.reserveCapacity(8)
        var word: UInt16 = 0
        var digits = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ":") {
                guard digits > 0 else { return nil }
                words.append(word)
                (word, digits) = (0, 0)
                continue
            }
            let lower = byte | 0x20
            guard digits < 4, Digits.isDigit(byte) || (0x61...0x66).contains(lower) else { return nil }
            word = word << 4 | UInt16(Digits.isDigit(byte) ? byte - 0x30 : lower - 0x57)
            digits += 1
        }
        guard digits > 0 else { return nil }
        return words + [word]
    }

    private static func quad(_ text: String) -> [UInt16]? {
        var parts = Cut.split(text, UInt8(ascii: ":"))
        guard let last = parts.popLast(), IPAddress(last) != nil,
            let head = groups(parts.joined(separator: ":"))
        else { return nil }
        let bytes = Cut.split(last, UInt8(ascii: ".")).compactMap { UInt16($0) }
        guard bytes.count == 4 else { return nil }
        return head + [bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]]
    }

    /// All zero: a slot of the table that is not in use.
    package var isEmpty: Bool { high == 0 && low == 0 }
    /// `fe80::/64`: reaches no further than the switch, and not over a router.
    package var isLinkLocal: Bool { high == Self.linkLocalPrefix }
    private static let linkLocalPrefix: UInt64 = 0xfe80_0000_0000_0000

    /// The IPv4 address in `::ffff:a.b.c.d`.
    package var ipv4: IPAddress? {
        guard high == 0, low >> 32 == 0xffff else { return nil }
        let bytes = [24, 16, 8, 0].map { String(low >> $0 & 0xff) }
        return IPAddress(bytes.joined(separator: "."))
    }

    /// Whether NCCL takes it for IPv4: mapped, or a mapped multicast group (`getGidAddrFamily` in connect.cc).
    var isIPv4Family: Bool { (high == 0 || high == 0xff0e_0000_0000_0000) && low >> 32 == 0xffff }

    /// As sysfs prints it: eight groups of four digits.
    package var description: String {
        (Digits.hexadecimal(high, width: 16) + Digits.hexadecimal(low, width: 16)).utf8.enumerated()
            .reduce(into: "") { text, byte in
                if byte.offset > 0, byte.offset % 4 == 0 { text += ":" }
                text.unicodeScalars.append(Unicode.Scalar(byte.element))
            }
    }
}

/// One slot of a port's GID table.
package struct GIDEntry: Hashable, Sendable {
    /// What a packet with this GID looks like on the wire.
    package enum Kind: String, Sendable {
        /// Plain InfiniBand and RoCE v1 share one word in sysfs; v1 does not pass a router.
        case roceV1 = "v1"
        /// Over UDP.
        case roceV2 = "v2"

        /// Reads `IB/RoCE v1`, `RoCE v2`, `v1`.
        init?(_ text: String) {
            guard text.hasSuffix("v1") || text.hasSuffix("v2") else { return nil }
            self = text.hasSuffix("v1") ? .roceV1 : .roceV2
        }
    }

    /// More slots than any card has.
    static let mostSlots = 1024

    package let index: Int
    package let gid: GID
    package let kind: Kind?
    /// The network interface whose address this is.
    package let netdev: String?

    package init(index: Int, gid: GID, kind: Kind?, netdev: String?) {
        self.index = index
        self.gid = gid
        self.kind = kind
        self.netdev = netdev
    }
}
