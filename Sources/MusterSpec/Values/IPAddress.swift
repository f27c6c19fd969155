/// An IPv4 or IPv6 address as text in the one form that compares.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Dotted quad, or lower-case hexadecimal groups as written.
    package let text: String
    package let isIPv6: Bool
    private let bytes: [UInt8]

    /// Nothing unless the text is an address; names are not resolved.
    package init?(_ text: String) {
        if let bytes = Self.parseIPv4(text) {
            self.bytes = bytes
            isIPv6 = false
        } else if let bytes = Self.parseIPv6(text) {
            self.bytes = bytes
            isIPv6 = true
        } else {
            return nil
        }
        self.text = text.lowercased()
    }

    package var description: String { text }

    package var isLoopback: Bool { isIPv6 ? bytes == Array(repeating: 0, count: 15) + [1] : bytes[0] == 127 }
    package var isLinkLocal: Bool {
        isIPv6 ? bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 : bytes[0] == 169 && bytes[1] == 254
    }
    package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// With brackets where a port follows, as engines and URLs want IPv6.
    package var bracketed: String { isIPv6 ? "[\(text)]" : text }

    package static func == (left: IPAddress, right: IPAddress) -> Bool { left.bytes == right.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    private static func parseIPv4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // `010` is octal to some resolvers and decimal to others: refused rather than guessed at.
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), part == "0" || !part.hasPrefix("0") else {
                return nil
            }
            return UInt8(part)
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func parseIPv6(_ text: String) -> [UInt8]? {
        guard text.contains(":"), !text.contains(":::") else { return nil }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let groups = halves.map { half -> [UInt16]? in
            guard !half.isEmpty else { return [] }
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            let values = parts.compactMap { (1...4).contains($0.count) ? UInt16($0, radix: 16) : nil }
            return values.count == parts.count ? values : nil
        }
        guard let head = groups.first ?? nil else { return nil }
        var words = head
        if groups.count == 2 {
            guard let tail = groups[1], head.count + tail.count < 8 else { return nil }
            words += Array(repeating: 0, count: 8 - head.count - tail.count) + tail
        }
        guard words.count == 8 else { return nil }
        return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }
}

extension IPAddress {
    /// An address that stands in the source; text that is none is a mistake there.
    package static func known(_ text: StaticString) -> IPAddress {
        guard let address = IPAddress("\(text)") else { preconditionFailure("`\(text)` is no address") }
        return address
    }
}
