extension Topology {
    /// The NICs nearest to a GPU.
    package struct Nearest: Hashable, Sendable {
        /// Position of the GPU in ``Topology/devices``.
        package let gpu: Int
        package let distance: Distance
        /// Positions of the NICs in ``Topology/devices``, in column order.
        package let nics: [Int]
    }

    /// For every GPU the NICs nearest to it; empty where there is no NIC. RDMA devices that do not count, such as
    /// virtual functions or those whose ports are down, are dropped by name.
    package func nearestNICs(dropping: Set<String> = []) -> [Nearest] {
        let nics = nics.filter { !dropping.contains(devices[$0].name) }
        return gpus.compactMap { gpu in
            guard let distance = nics.map({ self[gpu, $0] }).min() else { return nil }
            return Nearest(gpu: gpu, distance: distance, nics: nics.filter { self[gpu, $0] == distance })
        }
    }

    /// The NICs in an order that is the same on every machine of one make: by PCI address where all addresses are
    /// known, else by name, `mlx5_2` before `mlx5_10`. Kernel names follow the order of discovery, which differs. The
    /// addresses are by name of the RDMA device; devices that do not count, such as virtual functions, are dropped by
    /// name.
    package func orderedNICs(addresses: [String: PCIAddress] = [:], dropping: Set<String> = []) -> [Int] {
        let nics = nics.filter { !dropping.contains(devices[$0].name) }
        let known = nics.compactMap { nic in addresses[devices[nic].name].map { (nic: nic, address: $0) } }
        if known.count == nics.count { return known.sorted { $0.address < $1.address }.map(\.nic) }
        return nics.sorted { NaturalOrder.isBefore(devices[$0].name, devices[$1].name) }
    }

    /// The shape of the machine without any name: equal on nodes whose cards sit in the same slots.
    package func signature(
        addresses: [String: PCIAddress] = [:],
        dropping: Set<String> = []
    ) -> TopologySignature {
        let nics = orderedNICs(addresses: addresses, dropping: dropping)
        let gpus = gpus
        return TopologySignature(
            gpuDistances: gpus.map { row in gpus.map { self[row, $0] } },
            nicDistances: nics.map { nic in gpus.map { self[nic, $0] } }
        )
    }
}

/// What two nodes of one make have in common; the node that differs has a card in another slot.
package struct TopologySignature: Hashable, Sendable {
    /// For each GPU its distances to all GPUs.
    package let gpuDistances: [[Distance]]
    /// For each NIC in normal order its distances to all GPUs.
    package let nicDistances: [[Distance]]
}

/// Names with numbers in them in the order of the numbers.
package enum NaturalOrder {
    /// Whether a name stands before another: `mlx5_2` before `mlx5_10`.
    package static func isBefore(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            let (first, second) = (digits(left, i), digits(right, j))
            if first > i, second > j {
                let (a, b) = (significant(left, i, first), significant(right, j, second))
                if a.count != b.count { return a.count < b.count }
                if a != b { return a.lexicographicallyPrecedes(b) }
                (i, j) = (first, second)
            } else if left[i] != right[j] {
                return left[i] < right[j]
            } else {
                (i, j) = (i + 1, j + 1)
            }
        }
        return left.count - i < right.count - j
    }

    private static func digits(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start
        while index < bytes.count, Digits.isDigit(bytes[index]) { index += 1 }
        return index
    }

    private static func significant(_ bytes: [UInt8], _ start: Int, _ end: Int) -> ArraySlice<UInt8> {
        bytes[start..<end].drop { $0 == UInt8(ascii: "0") }
    }
}
