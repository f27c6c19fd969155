/// The matrix of `nvidia-smi topo -m`: every GPU and every RDMA device of a machine and how far apart they are.
///
/// The matrix knows PCIe only. A NIC whose ports are all down stands in it; one without its RDMA driver does not.
package struct Topology: Hashable, Sendable {
    /// One row and column.
    package struct Device: Hashable, Sendable {
        /// The heading of the column: `GPU0`, `NIC3`, or `mlx5_0` where the driver is older than the legend.
        package let label: String
        /// The index of a GPU; nothing for a NIC.
        package let gpu: Int?
        /// The RDMA device, from the legend; nothing where the legend is missing or cut.
        package var rdmaDevice: String?
        package var affinity: Affinity?

        /// The RDMA device where it is known, else the heading.
        package var name: String { rdmaDevice ?? label }
    }

    /// The columns behind the matrix.
    package struct Affinity: Hashable, Sendable {
        /// The CPUs nearest to the device. Long lists are cut by the driver.
        package let cpus: Known<IndexList>
        package let numaNodes: Known<IndexList>
        /// The NUMA node of the GPU's own memory, which only coherent machines have.
        package let gpuNumaNode: Known<IndexList>
    }

    /// In column order.
    package let devices: [Device]
    private let distances: [Distance]

    /// A matrix that is square, symmetric and has `X` on its diagonal only.
    init(devices: [Device], distances: [Distance]) {
        self.devices = devices
        self.distances = distances
    }

    /// The distance between two devices by their positions in ``devices``.
    package subscript(row: Int, column: Int) -> Distance { distances[row * devices.count + column] }

    /// Positions of the GPUs in ``devices``.
    package var gpus: [Int] { devices.indices.filter { devices[$0].gpu != nil } }
    /// Positions of the NICs in ``devices``.
    package var nics: [Int] { devices.indices.filter { devices[$0].gpu == nil } }
}

/// Numbers in the kernel's list form: `0-31,64-95`.
package struct IndexList: Hashable, Sendable, CustomStringConvertible {
    package let ranges: [ClosedRange<Int>]

    package init?(_ text: String) {
        var ranges: [ClosedRange<Int>] = []
        for part in Cut.split(text, UInt8(ascii: ",")) {
            let ends = Cut.split(part, UInt8(ascii: "-"))
            // No machine has a CPU of five digits: a longer number is two cells run together.
            guard ends.count <= 2, let first = Digits.count(ends[0]), let last = Digits.count(ends[ends.count - 1]),
                first <= last, last < 10_000
            else { return nil }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }

    /// The one number of the list, where it is one.
    package var only: Int? { ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil }

    package var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
