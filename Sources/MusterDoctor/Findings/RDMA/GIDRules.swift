import MusterSpec

/// Whether the GID index that a unit runs with leads to an address that other nodes can reach.
enum GIDRules {
    static let all: [ClusterRule] = [unusable]

    /// From here on NCCL chooses an index for each port by itself; before, unset means 0, which is link-local.
    static let automaticSince = EngineVersion.known("2.21")

    private static let variable = "NCCL_IB_GID_INDEX"
    /// NCCL's word for choosing by itself.
    private static let automatic = "-1"

    private static func span(_ node: ExaminedNode) -> SourceSpan? {
        node.gidIndex?.span ?? node.environmentEntry(variable)?.span
    }

    static func unusable(_ cluster: ExaminedCluster) -> [Finding] {
        cluster.nodes.compactMap { node in
            guard !HCASelectionRules.isSwitchedOff(node) else { return nil }
            let ports = node.usedPorts
            let bad = ports.filter { !isUsable($0, index(of: $0, on: node), node) }
            guard !bad.isEmpty else { return nil }
            let barren = bad.filter { GIDChoice.usable(of: $0.port) == nil }
            if !barren.isEmpty { return withoutAddress(node, barren) }
            guard let right = common(node) else { return withoutCommon(node, ports) }
            let isVariable = node.environmentEntry(variable) != nil
            // A file with both is refused, so the value is changed where it stands.
            let edit =
                isVariable
                ? cluster.edit(variable: variable, of: node) { common($0).map(String.init) }
                : cluster.edit("rdma_gid_index", of: node) { common($0).map(String.init) }
            return node.finding(
                .gidUnusable,
                on: ExaminedNode.subject(bad, of: node.ports.count),
                "the GID index leads to no address that other nodes can reach",
                measured: describe(bad, on: node),
                expected: "index \(right): RoCE v2 with an IPv4 address",
                change: edit?.words ?? "write another `\(isVariable ? variable : "rdma_gid_index")`",
                at: span(node),
                edit: edit
            )
        }
    }

    /// The index that a port will run with.
    static func index(of entry: FabricPort, on node: ExaminedNode) -> Int {
        if let index = configured(node) { return index }
        return choosesItself(node) ? GIDChoice.automatic(of: entry.port) : 0
    }

    private static func configured(_ node: ExaminedNode) -> Int? {
        node.environment[variable].flatMap(Digits.count) ?? node.gidIndex?.value
    }

    /// Whether the NCCL of this node chooses an index; where its release is not known it is taken for a recent one.
    private static func choosesItself(_ node: ExaminedNode) -> Bool {
        guard let version = node.ncclVersion.flatMap({ EngineVersion($0) }) else { return true }
        return version >= automaticSince
    }

    private static func isUsable(_ entry: FabricPort, _ index: Int, _ node: ExaminedNode) -> Bool {
        switch GIDChoice.judge(index, of: entry.port) {
        case .usable: true
        case .ipv6: node.environment["NCCL_IB_ADDR_FAMILY"] == "AF_INET6"
        case .version1, .linkLocal, .unassigned, .unknownVersion, .absent: false
        }
    }

    /// The lowest index that is right for every port in use.
    static func common(_ node: ExaminedNode) -> Int? {
        guard let first = node.usedPorts.first else { return nil }
        return first.port.gids.map(\.index).sorted().first { index in
            node.usedPorts.allSatisfy { GIDChoice.judge(index, of: $0.port) == .usable }
        }
    }

    private static func withoutAddress(_ node: ExaminedNode, _ ports: [FabricPort]) -> Finding {
        let hasIPv6 = ports.allSatisfy { entry in
            entry.port.gids.contains { GIDChoice.judge($0.index, of: entry.port) == .ipv6 }
        }
        let names = ports.map { $0.netdev ?? $0.hca.name }.joined(separator: ", ")
        return node.finding(
            .gidUnusable,
            on: ExaminedNode.subject(ports, of: node.ports.count),
            "an RDMA port has no address that other nodes can reach",
            measured: describe(ports, on: node),
            expected: "a RoCE v2 entry with an IPv4 address",
            change: "give \(names) an IPv4 address on the RDMA subnet"
                + (hasIPv6 ? ", or set `NCCL_IB_ADDR_FAMILY: AF_INET6` in `env`" : ""),
            at: span(node)
        )
    }

    private static func withoutCommon(_ node: ExaminedNode, _ ports: [FabricPort]) -> Finding {
        let edit =
            node.environmentEntry(variable).map { FileEdit(path: $0.path, value: "\"\(automatic)\"") }
            ?? node.gidIndex.map { FileEdit(path: $0.path, value: "auto") }
        let right = ports.compactMap { entry in
            GIDChoice.usable(of: entry.port).map { "\(entry.title): index \($0)" }
        }
        return node.finding(
            .gidIndexNotCommon,
            on: "GID index",
            "no GID index is right for all RDMA ports of the node",
            measured: right.joined(separator: "; "),
            expected: "one index: a process has one `NCCL_IB_GID_INDEX` for all ports",
            change: choosesItself(node)
                ? (edit?.words ?? "write `rdma_gid_index: auto`") + ", and NCCL chooses for each port; "
                    + "or name fewer devices in \(node.selectionSource)"
                : "name devices with equal tables in \(node.selectionSource), or use NCCL \(automaticSince) or later",
            at: span(node),
            edit: choosesItself(node) ? edit : nil
        )
    }

    /// `index 2 is RoCE v1 on mlx5_0 port 1, mlx5_1 port 1`. The addresses differ between nodes that are wrong in the
    /// same way, and stand in the fabric table.
    private static func describe(_ ports: [FabricPort], on node: ExaminedNode) -> String {
        var order: [String] = []
        var titles: [String: [String]] = [:]
        for entry in ports {
            let index = index(of: entry, on: node)
            let text = "index \(index) is \(word(GIDChoice.judge(index, of: entry.port)))"
            if titles[text] == nil { order.append(text) }
            titles[text, default: []].append(entry.title)
        }
        return order.map { "\($0) on \(Names.list(titles[$0] ?? []))" }.joined(separator: "; ")
    }

    private static func word(_ judgement: GIDChoice.Judgement) -> String {
        switch judgement {
        case .usable: "right"
        case .ipv6: "RoCE v2 with an IPv6 address"
        case .version1: "RoCE v1"
        case .linkLocal: "link-local"
        case .unassigned: "RoCE v2 with an address of 169.254.0.0/16"
        case .unknownVersion: "of an unknown version"
        case .absent: "empty"
        }
    }
}

extension ExaminedNode {
    /// The release of NCCL that the engine brings, from the package that holds it.
    var ncclVersion: String? {
        inventory.software.value?.packages.sorted { $0.key < $1.key }.first { $0.key.hasPrefix("nvidia-nccl-cu") }?
            .value
    }
}
