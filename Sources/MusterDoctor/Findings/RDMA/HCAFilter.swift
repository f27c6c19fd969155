import MusterSpec

/// What `NCCL_IB_HCA` selects: `=mlx5_0,mlx5_1:1`, `^mlx5_3`, `mlx5`. Without `=` a name is a prefix:
/// `mlx5_1` also takes `mlx5_10` (NCCL's `parseStringList` and `matchIfList`).
struct HCAFilter {
    struct Entry {
        let name: String
        let port: Int?
    }

    let entries: [Entry]
    let isExact: Bool
    let excludes: Bool

    init(_ text: String) {
        var rest = Substring(text)
        excludes = rest.hasPrefix("^")
        if excludes { rest = rest.dropFirst() }
        isExact = rest.hasPrefix("=")
        if isExact { rest = rest.dropFirst() }
        entries = Cut.split(String(rest), UInt8(ascii: ",")).filter { !$0.isEmpty }.map { word in
            let parts = Cut.split(word, UInt8(ascii: ":"))
            return Entry(name: parts[0], port: parts.count > 1 ? Digits.count(parts[1]) : nil)
        }
    }

    /// What the file's list of names means.
    init(names: [String]) { self.init("=" + names.joined(separator: ",")) }

    func takes(_ hca: String, port: Int) -> Bool {
        guard !entries.isEmpty else { return true }
        let isListed = entries.contains { matches($0, hca) && ($0.port ?? port) == port }
        return isListed != excludes
    }

    func matches(_ entry: Entry, _ hca: String) -> Bool { isExact ? entry.name == hca : hca.hasPrefix(entry.name) }
}

/// A port with the device it belongs to.
struct FabricPort: Hashable {
    let hca: HCA
    let port: RDMAPort

    /// `mlx5_2 port 1`
    var title: String { "\(hca.name) port \(port.number)" }

    /// The interface that the port is, where there is one.
    var netdev: String? {
        port.netdev ?? hca.attributes["device/net"].flatMap { Cut.words($0).first }
    }

    /// `mlx5_2 port 1 (ens1f1np1)`
    var titleWithInterface: String { title + (netdev.map { " (\($0))" } ?? "") }
}

extension ExaminedNode {
    /// The selection that the unit will run with; nothing where all devices are taken.
    var filter: HCAFilter? {
        if let text = environment["NCCL_IB_HCA"] { return HCAFilter(text) }
        return hcas.map { HCAFilter(names: $0.value) }
    }

    /// What in the file makes the selection: the variable, where it stands in `env`, and the key else.
    var selectionSource: String { environmentEntry("NCCL_IB_HCA") == nil ? "`rdma_hcas`" : "`NCCL_IB_HCA`" }

    /// All ports of physical devices.
    var ports: [FabricPort] { (hcasFound ?? []).flatMap { hca in hca.ports.map { FabricPort(hca: hca, port: $0) } } }

    /// The ports that NCCL will use: it leaves out, without a word, every one that is not ACTIVE.
    var usedPorts: [FabricPort] {
        let filter = filter
        return ports.filter { $0.port.isActive && filter?.takes($0.hca.name, port: $0.port.number) ?? true }
    }

    /// A subject for one port or several.
    static func subject(_ ports: [FabricPort], of all: Int) -> String {
        ports.count == 1 ? ports[0].title : "\(ports.count) of \(all) RDMA ports"
    }
}
