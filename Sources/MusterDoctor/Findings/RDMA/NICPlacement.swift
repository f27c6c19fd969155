/// Where the RDMA cards of a machine sit, seen from its GPUs.
struct NICPlacement {
    /// One physical card: its functions share all of their address but the last digit.
    struct Card {
        /// Of its first function; nothing where sysfs was not read.
        let address: PCIAddress?
        let path: PCIPath?
        /// RDMA devices in the order of their names.
        let hcas: [String]
        /// To each GPU, in the order of ``NICPlacement/gpus``.
        let distances: [Distance]

        var title: String { hcas.joined(separator: ", ") }

        /// The GPUs that are nearest, by their positions, and how near.
        var nearest: (distance: Distance, positions: [Int])? {
            distances.min().map { least in (least, distances.indices.filter { distances[$0] == least }) }
        }
    }

    /// Indices of the GPUs.
    let gpus: [Int]
    /// In the order of their addresses, or names.
    let cards: [Card]
    /// Between GPUs over PCIe alone, where that is known: NVLinks say nothing about switches.
    let gpuDistances: [[Distance]]?

    /// Nothing where a distance is not known, and for a machine without GPUs.
    init?(_ node: ExaminedNode) {
        guard let hcas = node.hcasFound else { return nil }
        let records = (node.gpus ?? []).compactMap { gpu in
            gpu.index.value.map { (index: $0, address: gpu.address.value) }
        }.sorted { $0.index < $1.index }
        guard !records.isEmpty, records.count == node.gpus?.count else { return nil }
        let devices = Dictionary(
            (node.inventory.pci.value?.devices ?? []).map { ($0.address, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let topology = node.inventory.topology.value
        func distance(_ hca: HCA, _ gpu: (index: Int, address: PCIAddress?)) -> Distance? {
            if let topology, let row = topology.devices.firstIndex(where: { $0.name == hca.name }),
                let column = topology.devices.firstIndex(where: { $0.gpu == gpu.index })
            {
                return topology[row, column]
            }
            guard let path = hca.path, let device = gpu.address.flatMap({ devices[$0] }), let other = device.path else {
                return nil
            }
            return path.distance(to: other, numaNode: hca.numaNode, otherNumaNode: device.numaNode)
        }
        var cards: [Card] = []
        for functions in Self.byCard(hcas) {
            let distances = records.compactMap { distance(functions[0], $0) }
            guard distances.count == records.count else { return nil }
            cards.append(
                Card(
                    address: functions[0].address,
                    path: functions[0].path,
                    hcas: functions.map(\.name),
                    distances: distances
                )
            )
        }
        gpus = records.map(\.index)
        self.cards = cards
        let paths = records.compactMap { $0.address.flatMap { devices[$0] } }
        let rows = paths.map { one in
            paths.compactMap { other in
                one.path.flatMap { path in
                    other.path.flatMap { path.distance(to: $0, numaNode: one.numaNode, otherNumaNode: other.numaNode) }
                }
            }
        }
        let isWhole = paths.count == records.count && rows.allSatisfy { $0.count == records.count }
        gpuDistances = isWhole ? rows : Self.matrix(topology, records.map(\.index))
    }

    private static func matrix(_ topology: Topology?, _ indices: [Int]) -> [[Distance]]? {
        guard let topology else { return nil }
        let columns = indices.compactMap { index in topology.devices.firstIndex { $0.gpu == index } }
        let rows = columns.map { row in columns.map { topology[row, $0] } }
        let isPCIe = rows.joined().allSatisfy { if case .nvlink = $0 { false } else { true } }
        return columns.count == indices.count && isPCIe ? rows : nil
    }

    /// The functions of each card in the order of their addresses; a device without an address is a card of its own.
    static func byCard(_ hcas: [HCA]) -> [[HCA]] {
        var order: [String] = []
        var cards: [String: [HCA]] = [:]
        let sorted = hcas.sorted { left, right in
            guard let a = left.address, let b = right.address, a != b else {
                return NaturalOrder.isBefore(left.name, right.name)
            }
            return a < b
        }
        for hca in sorted {
            let key = hca.address.map { "\($0.domain):\($0.bus):\($0.device)" } ?? hca.name
            if cards[key] == nil { order.append(key) }
            cards[key, default: []].append(hca)
        }
        return order.compactMap { cards[$0] }
    }

    /// Distances of all cards, in an order that does not depend on where the cards sit.
    var rows: [[Distance]] { cards.map(\.distances).sorted { $0.lexicographicallyPrecedes($1) } }

    /// GPUs behind one switch, by their positions; nothing where PCIe distances between GPUs are not known.
    var switches: [[Int]]? {
        guard let gpuDistances else { return nil }
        var groups: [[Int]] = []
        for gpu in gpuDistances.indices {
            if let group = groups.firstIndex(where: { gpuDistances[gpu][$0[0]] <= .pxb }) {
                groups[group].append(gpu)
            } else {
                groups.append([gpu])
            }
        }
        return groups
    }

    /// How many cards are near each group of GPUs.
    var cardsPerSwitch: [Int]? {
        switches.map { groups in
            groups.map { group in cards.count { card in group.contains { card.distances[$0] <= .pxb } } }
        }
    }

    /// A group without a card beside one with several, where there are enough cards for all. Fewer cards than groups is
    /// how many machines are built: of 44 with eight GPUs 16 have unequal distances by design.
    var isUnbalanced: Bool {
        guard let counts = cardsPerSwitch, counts.count > 1, cards.count >= counts.count else { return false }
        return counts.contains(0) && counts.contains { $0 > 1 }
    }

    /// `GPUs 2-3 (PIX)`
    func nearest(of distances: [Distance]) -> String {
        guard let least = distances.min() else { return "no GPU" }
        let near = distances.indices.filter { distances[$0] == least }
        guard near.count < gpus.count || gpus.count == 1 else { return "no GPU more than another (\(least))" }
        return "\(Names.gpus(near.map { gpus[$0] })) (\(least))"
    }
}
