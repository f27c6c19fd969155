/// An IPv4 or IPv6 address as text in the one form that compares.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Dotted quad, or lower-case hexadecimal groups as written.
    package let text: String
    package let isIPv6: Bool
    /// Its 32 or 128 bits, right-aligned in the two.
    private let high: UInt64
    private let low: UInt64

    /// Nothing unless the text is an address; names are not resolved.
    package init?(_ text: String) {
        if let bits = Self.parseIPv4(text.utf8) {
            (high, low) = (0, bits)
            isIPv6 = false
        } else if let groups = Self.parseIPv6(text.utf8) {
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
            isIPv6 = true
        } else {
            return nil
        }
        self.text = isIPv6 ? text.lowercased() : text
    }

    package var description: String { text }

    package var isLoopback: Bool { isIPv6 ? high == 0 && low == 1 : low >> 24 == 127 }
    /// fe80::/10 and 169.254.0.0/16.
    package var isLinkLocal: Bool { isIPv6 ? high >> 54 == 0xfe80 >> 6 : low >> 16 == 169 << 8 | 254 }
    package var isUnspecified: Bool { high == 0 && low == 0 }

    /// With brackets where a port follows, as engines and URLs want IPv6.
    package var bracketed: String { isIPv6 ? "[\(text)]" : text }

    package static func == (left: IPAddress, right: IPAddress) -> Bool {
        left.high == right.high && left.low == right.low && left.isIPv6 == right.isIPv6
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
    }

    /// Four decimal numbers. `010` is octal to some resolvers and decimal to others: refused rather than guessed at.
    private static func parseIPv4(_ text: String.UTF8View) -> UInt64? {
        var (bits, parts, digits, part): (UInt64, Int, Int, UInt64) = (0, 0, 0, 0)
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits == 0 || part > 0 else { return nil }
                part = part * 10 + UInt64(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 255 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, parts < 3 else { return nil }
                bits = bits << 8 | part
                (parts, digits, part) = (parts + 1, 0, 0)
            default: return nil
            }
        }
        return parts == 3 && digits > 0 ? bits << 8 | part : nil
    }

    /// Eight groups of one to four hexadecimal digits, of which `::` stands once for one or more that are zero.
    private static func parseIPv6(_ text: String.UTF8View) -> [UInt16]? {
        var groups: [UInt16] = []
        var gap: Int?
        var digits = 0
        var group: UInt16 = 0
        var colons = 0
        for byte in text {
            if byte == UInt8(ascii: ":") {
                colons += 1
                if digits > 0 {
                    groups.append(group)
                    (digits, group) = (0, 0)
                } else if colons == 2 {
                    guard gap == nil else { return nil }
                    gap = groups.count
                } else if colons > 2 {
                    return nil
                }
                guard groups.count <= 8 else { return nil }
            } else {
                // A single one at the front belongs to nothing.
                guard let digit = hexadecimal(byte), digits < 4, !(colons == 1 && groups.isEmpty) else { return nil }
                group = group << 4 | digit
                digits += 1
                colons = 0
            }
        }
        if digits > 0 { groups.append(group) } else if colons != 2 { return nil }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        return groups
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

extension IPAddress {
    /// An address that stands in the source; text that is none is a mistake there.
    package static func known(_ text: StaticString) -> IPAddress {
        guard let address = IPAddress("\(text)") else { preconditionFailure("`\(text)` is no address") }
        return address
    }
}
