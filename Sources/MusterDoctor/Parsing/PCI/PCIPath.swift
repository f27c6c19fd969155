/// The way from a host bridge down to a device, as sysfs shows it behind a `device` link:
/// `/sys/devices/pci0000:16/0000:16:01.0/0000:17:00.0/0000:18:00.0/0000:19:00.0`.
package struct PCIPath: Hashable, Sendable, CustomStringConvertible {
    /// The host bridge: `pci0000:16`.
    package let root: String
    /// Bridges from the root port down, the device last; never empty.
    package let addresses: [PCIAddress]
    package let description: String

    /// Nothing where the text is no path below a host bridge, as in a virtual machine's `/sys/devices/vmbus...`.
    package init?(_ text: String) {
        var root: String?
        var addresses: [PCIAddress] = []
        for part in Cut.split(text, UInt8(ascii: "/")) {
            if let address = PCIAddress(part), root != nil {
                addresses.append(address)
            } else if addresses.isEmpty, part.hasPrefix("pci") {
                root = part
            } else if !addresses.isEmpty {
                // Below the device come its classes: `/infiniband/mlx5_0`.
                break
            }
        }
        guard let root, !addresses.isEmpty else { return nil }
        self.root = root
        self.addresses = addresses
        description = text
    }

    /// The device at the end.
    package var address: PCIAddress { addresses[addresses.count - 1] }

    /// How far apart two devices are, by the rule NCCL uses on the same links (`pciDistance` in its topology code):
    /// one switch between them is PIX, more are PXB, only the host bridge in common is PHB. Below different host
    /// bridges the NUMA nodes decide; where one is nothing or -1, which both mean unknown, the distance is nothing.
    package func distance(to other: PCIPath, numaNode: Int?, otherNumaNode: Int?) -> Distance? {
        guard root == other.root else {
            guard let numaNode, let otherNumaNode, numaNode >= 0, otherNumaNode >= 0 else { return nil }
            return numaNode == otherNumaNode ? .node : .sys
        }
        if addresses == other.addresses { return .same }
        let common = zip(addresses, other.addresses).prefix { $0 == $1 }.count
        guard common > 0 else { return .phb }
        // Behind what they share, each has at most its own downstream port and itself: it is one switch.
        return max(addresses.count, other.addresses.count) - common <= 2 ? .pix : .pxb
    }
}
