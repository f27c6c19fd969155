/// Where a function sits on the PCI buses of a machine.
package struct PCIAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let domain: UInt32
    package let bus: UInt8
    package let device: UInt8
    package let function: UInt8

    /// Reads `0000:9c:00.0`, the eight-digit domains of `nvidia-smi`, `9c:00.0` of domain 0, and the kernel log's
    /// `PCI:0000:4b:00`, which leaves the function out and means 0.
    package init?(_ text: String) {
        let plain = text.hasPrefix("PCI:") ? String(text.dropFirst(4)) : text
        guard plain.utf8.count <= 16 else { return nil }
        var parts = Cut.split(plain, UInt8(ascii: ":"))
        guard parts.count == 2 || parts.count == 3, let last = parts.popLast() else { return nil }
        let slot = Cut.split(last, UInt8(ascii: "."))
        guard slot.count <= 2, let bus = parts.popLast().flatMap(Self.hexadecimal),
            let device = Self.hexadecimal(slot[0]), bus <= 0xff, device <= 0x1f
        else { return nil }
        let function = slot.count == 2 ? Self.hexadecimal(slot[1]) : 0
        guard let function, function <= 7 else { return nil }
        guard let domain = parts.isEmpty ? 0 : Self.hexadecimal(parts[0]), domain <= 0xffff_ffff else { return nil }
        self.domain = UInt32(domain)
        self.bus = UInt8(bus)
        self.device = UInt8(device)
        self.function = UInt8(function)
    }

    private static func hexadecimal(_ text: String) -> Int? {
        guard !text.isEmpty, !text.hasPrefix("0x") else { return nil }
        return Digits.hexadecimal(text)
    }

    /// As the kernel writes it: `0000:9c:00.0`.
    package var description: String {
        "\(Digits.hexadecimal(domain, width: 4)):\(Digits.hexadecimal(bus, width: 2)):"
            + "\(Digits.hexadecimal(device, width: 2)).\(function)"
    }

    package static func < (left: PCIAddress, right: PCIAddress) -> Bool {
        (left.domain, left.bus, left.device, left.function) < (right.domain, right.bus, right.device, right.function)
    }
}
