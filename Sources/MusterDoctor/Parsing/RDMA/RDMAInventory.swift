/// One RDMA device, which NCCL calls an HCA.
package struct HCA: Hashable, Sendable {
    /// `mlx5_0`
    package let name: String
    /// The chip: `MT4129`.
    package var type: String?
    package var firmware: String?
    package var boardID: String?
    package var numaNode: Int?
    /// Where it sits, from the `device` link of sysfs.
    package var path: PCIPath?
    package var address: PCIAddress?
    /// Whether it is a virtual function, from sysfs; nothing where nobody looked.
    package var isVirtual: Bool?
    package var link: PCILink?
    /// In order of their numbers.
    package var ports: [RDMAPort] = []
    /// What else the program said, by its own names.
    package var attributes: [String: String] = [:]

    package init(name: String) { self.name = name }
}

/// The RDMA devices of a machine, as any of the programs that list them says.
package struct RDMAInventory: Hashable, Sendable {
    /// The programs, each with its own form and its own gaps.
    package enum Program: Sendable {
        case ibvDevinfo, ibstat, ibstatus, ibdev2netdev, rdmaLink, showGIDs
        /// Files below `/sys/class/infiniband`, one `path=content` a line. The preferred one: always there, no root.
        case sysfs
    }

    /// In order of their names, `mlx5_2` before `mlx5_10`.
    package let hcas: [HCA]

    /// Reads the output of one of the programs.
    package static func read(_ bytes: [UInt8], from program: Program) -> Reading<RDMAInventory> {
        .of(bytes, source: source(program)) { text throws(Damage) in
            let builder =
                switch program {
                case .ibvDevinfo: try IBVDevinfo.parse(&text)
                case .ibstat: try Ibstat.parse(&text)
                case .ibstatus: try Ibstatus.parse(&text)
                case .ibdev2netdev: try RDMALines.ibdev2netdev(&text)
                case .rdmaLink: try RDMALines.rdmaLink(&text)
                case .showGIDs: try ShowGIDs.parse(&text)
                case .sysfs: try SysfsInfiniBand.parse(&text)
                }
            return builder.inventory
        }
    }

    private static func source(_ program: Program) -> String {
        switch program {
        case .ibvDevinfo: "the output of `ibv_devinfo`"
        case .ibstat: "the output of `ibstat`"
        case .ibstatus: "the output of `ibstatus`"
        case .ibdev2netdev: "the output of `ibdev2netdev`"
        case .rdmaLink: "the output of `rdma link`"
        case .showGIDs: "the output of `show_gids`"
        case .sysfs: "files below `/sys/class/infiniband` as `path=content`"
        }
    }

    /// A device by its name.
    package func hca(_ name: String) -> HCA? { hcas.first { $0.name == name } }
}

/// Collects devices and ports while a text is read.
struct RDMABuilder {
    private var positions: [String: Int] = [:]
    private(set) var hcas: [HCA] = []

    var isEmpty: Bool { hcas.isEmpty }

    /// Changes a device, which is made where it is new.
    mutating func hca(_ name: String, _ change: (inout HCA) -> Void = { _ in }) {
        // The lines of one device follow each other: the last one is the one, nearly always. It is compared in place,
        // since a copy of a device is dear.
        let last = hcas.count - 1
        let position = last >= 0 && hcas[last].name == name ? last : positions[name] ?? hcas.count
        if position == hcas.count {
            positions[name] = position
            hcas.append(HCA(name: name))
        }
        change(&hcas[position])
    }

    /// Changes a port, which is made where it is new. Devices have one or two ports: the search is short.
    mutating func port(_ number: Int, of name: String, _ change: (inout RDMAPort) -> Void = { _ in }) {
        hca(name) { hca in
            let position = hca.ports.lastIndex { $0.number == number } ?? hca.ports.count
            if position == hca.ports.count { hca.ports.append(RDMAPort(number: number)) }
            change(&hca.ports[position])
        }
    }

    var inventory: RDMAInventory {
        var sorted = hcas.sorted { NaturalOrder.isBefore($0.name, $1.name) }
        for index in sorted.indices {
            sorted[index].ports.sort { $0.number < $1.number }
            for port in sorted[index].ports.indices { sorted[index].ports[port].gids.sort { $0.index < $1.index } }
        }
        return RDMAInventory(hcas: sorted)
    }

    /// NCCL and the kernel count from 1, and no card has more than a few.
    static let portNumbers = 1...255

    static func portNumber(_ text: String) -> Int? {
        Digits.count(text).flatMap { portNumbers.contains($0) ? $0 : nil }
    }
}
