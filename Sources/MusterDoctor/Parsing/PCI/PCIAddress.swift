/// Where a function sits on the PCI buses of a machine.
package struct PCIAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let domain: UInt32
    package let bus: UInt8
    package let device: UInt8
    package let function: UInt8

    /// Reads `0000:9c:00.0`, the eight-digit domains of `nvidia-smi`, `9c:00.0` of domain 0, and the kernel log's
    /// `PCI:0000:4b:00`, which leaves the function out and means 0.
    package init?(_ text: String) {
        // Thousands of these are read, so nothing is cut: a number ends at a colon, at the dot or with the text.
        let digits = text.utf8.dropFirst(text.hasPrefix("PCI:") ? 4 : 0)
        guard digits.count <= 16 else { return nil }
        var (domain, bus, device) = (UInt64(0), UInt64(0), UInt64?.none)
        var (number, length, colons) = (UInt64(0), 0, 0)
        for byte in digits {
            if let digit = Self.value(of: byte) {
                (number, length) = (number << 4 | digit, length + 1)
                continue
            }
            guard length > 0, device == nil else { return nil }
            switch byte {
            case UInt8(ascii: ":"): (domain, bus, colons) = (bus, number, colons + 1)
            case UInt8(ascii: "."): device = number
            default: return nil
            }
            (number, length) = (0, 0)
        }
        guard length > 0, colons == 1 || colons == 2 else { return nil }
        let function = device == nil ? 0 : number
        guard let domain = UInt32(exactly: domain), let bus = UInt8(exactly: bus),
            let device = UInt8(exactly: device ?? number), device <= 0x1f, function <= 7
        else { return nil }
        self.domain = domain
        self.bus = bus
        self.device = device
        self.function = UInt8(function)
    }

    /// The value of a hexadecimal digit.
    private static func value(of byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
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
