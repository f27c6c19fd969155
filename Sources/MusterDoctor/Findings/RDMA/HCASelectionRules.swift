import MusterSpec
import OrderedCollections

/// Whether the devices that the file selects are there, and nothing switches them off.
enum HCASelectionRules {
    static let all: [ClusterRule] = [
        Rules.eachGang(missing), Rules.each(withoutVerbs), unknown, Rules.each(switchedOff),
    ]

    static func missing(_ nodes: [ExaminedNode]) -> [Finding] {
        let having = nodes.filter { $0.ports.contains(where: \.port.isActive) }.map(\.name)
        return nodes.compactMap { node in
            guard let hcas = node.hcasFound, hcas.isEmpty, node.wantsRDMA || !having.isEmpty, !isSwitchedOff(node)
            else {
                return nil
            }
            return node.finding(
                .rdmaDeviceMissing,
                node.wantsRDMA ? .error : .warning,
                on: nil,
                "the node has no RDMA device",
                measured: "nothing below `/sys/class/infiniband`",
                expected: having.isEmpty
                    ? "a device, as the file asks for RDMA" : "devices as on \(Names.list(having))",
                change: "look for the card with `lspci -d 15b3:`, and load its driver with `modprobe mlx5_ib`",
                at: node.hcas?.span ?? node.gidIndex?.span
            )
        }
    }

    /// Without its files in `/dev`, or without the library, NCCL finds no device and takes TCP, without a word.
    static func withoutVerbs(_ node: ExaminedNode) -> [Finding] {
        let software = node.inventory.rdmaSoftware
        guard !node.usedPorts.isEmpty, !software.isEmpty else { return [] }
        let hasFiles = Cut.contains(software["devices"] ?? "", "uverbs")
        guard !hasFiles || software["ibverbs"] == nil else { return [] }
        return [
            node.finding(
                .verbsMissing,
                // An engine's environment may bring a library of its own.
                hasFiles ? .warning : .error,
                on: hasFiles ? "libibverbs" : "/dev/infiniband",
                "programs cannot use the RDMA devices",
                measured: hasFiles ? "no `libibverbs.so.1` below `/usr/lib`" : "no `/dev/infiniband/uverbs*`",
                expected: "both, or NCCL takes TCP without a word",
                change: hasFiles
                    ? "install rdma-core" : "run `modprobe ib_uverbs`; in a container add `--device=/dev/infiniband`"
            )
        ]
    }

    static func unknown(_ cluster: ExaminedCluster) -> [Finding] {
        cluster.nodes.flatMap { node -> [Finding] in
            guard let found = node.inventory.rdma.value?.hcas, !found.isEmpty, let filter = node.filter,
                !filter.excludes
            else { return [] }
            let names = found.map(\.name)
            let entry = node.environmentEntry("NCCL_IB_HCA")
            let span = node.hcas?.span ?? entry?.span
            let absent = filter.entries.filter { entry in !names.contains { filter.matches(entry, $0) } }.map(\.name)
            if !absent.isEmpty {
                // A file with both is refused, so the names are changed where they stand.
                let edit =
                    entry == nil
                    ? cluster.edit("rdma_hcas", of: node) { active($0).map { "[\($0.joined(separator: ", "))]" } }
                    : cluster.edit(variable: "NCCL_IB_HCA", of: node) {
                        active($0).map { "\"=\($0.joined(separator: ","))\"" }
                    }
                return [
                    node.finding(
                        .hcaUnknown,
                        on: absent.joined(separator: ", "),
                        "the file names an RDMA device that the node does not have",
                        measured: "devices \(Names.list(names))",
                        expected: absent.map { "`\($0)`" }.joined(separator: ", "),
                        change: edit?.words ?? "correct the names in \(node.selectionSource)",
                        at: span,
                        edit: edit
                    )
                ]
            }
            let wide = filter.entries.filter { entry in
                names.count { filter.matches(entry, $0) } > 1 && names.contains(entry.name)
            }
            guard let first = wide.first else { return [] }
            return [
                node.finding(
                    .hcaUnknown,
                    on: first.name,
                    "the name of an RDMA device is also the beginning of others",
                    measured:
                        "`\(first.name)` takes \(names.filter { filter.matches(first, $0) }.joined(separator: ", "))",
                    expected: "that one device",
                    change: "begin the value with `=`, or write `rdma_hcas: [\(first.name)]` in its place",
                    at: span
                )
            ]
        }
    }

    /// The devices with an ACTIVE port; nothing where there is none.
    private static func active(_ node: ExaminedNode) -> [String]? {
        let names = (node.hcasFound ?? []).filter { $0.ports.contains(where: \.isActive) }.map(\.name)
        return names.isEmpty ? nil : names
    }

    /// Whether a variable keeps NCCL off RDMA.
    static func isSwitchedOff(_ node: ExaminedNode) -> Bool {
        let environment = node.environment
        return environment["NCCL_IB_DISABLE"].map { $0 != "0" } ?? false
            || environment["NCCL_NET"].map { $0.lowercased() == "socket" } ?? false
    }

    static func switchedOff(_ node: ExaminedNode) -> [Finding] {
        guard node.wantsRDMA, isSwitchedOff(node) else { return [] }
        let isDisabled = node.environment["NCCL_IB_DISABLE"].map { $0 != "0" } ?? false
        let name = isDisabled ? "NCCL_IB_DISABLE" : "NCCL_NET"
        let entry = node.environmentEntry(name)
        let edit = entry.map { FileEdit(path: $0.path, value: isDisabled ? "0" : "IB") }
        return [
            node.finding(
                .rdmaSwitchedOff,
                on: name,
                "the file asks for RDMA and switches it off",
                measured: "`\(name)=\(node.environment[name] ?? "")`",
                expected: isDisabled ? "no such variable" : "`IB`, or no such variable",
                change: "remove `\(name)` from `env`",
                at: entry?.span,
                edit: edit
            )
        ]
    }
}
