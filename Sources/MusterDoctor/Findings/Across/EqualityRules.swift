import MusterSpec

/// What has to be equal on the nodes of one launch. Equal things are not told; of others the minority is named.
enum EqualityRules {
    static let all: [ClusterRule] = [Rules.eachGang(all), Rules.eachGang(interfaceMTUs), Rules.eachGang(images)]

    private struct Item {
        let subject: String
        let code: DiagnosticCode
        let severity: Severity
        let change: String
        let value: @Sendable (ExaminedNode) -> String?
    }

    private static let items: [Item] = [
        Item(subject: "GPU model", code: .gpusDiffer, severity: .error, change: "use nodes with the same GPUs") {
            node in
            let names = (node.gpus ?? []).compactMap(\.name.value)
            return names.isEmpty ? nil : Names.list(Set(names).sorted())
        },
        Item(
            subject: "GPU memory",
            code: .gpusDiffer,
            severity: .warning,
            change: "compare ECC (`nvidia-smi -q -d ECC`) and the cards' variants"
        ) { node in
            let sizes = Set((node.gpus ?? []).compactMap(\.memoryTotal.value)).sorted()
            return sizes.isEmpty ? nil : sizes.map(Amount.text).joined(separator: ", ")
        },
        Item(
            subject: "NVIDIA driver",
            code: .hostsDiffer,
            severity: .warning,
            change: "install one release of the driver on all nodes"
        ) { $0.gpus?.first?.driverVersion.value },
        Item(subject: "kernel", code: .hostsDiffer, severity: .warning, change: "bring all nodes to one kernel") {
            $0.inventory.host.value?.kernel
        },
        Item(subject: "OFED", code: .hostsDiffer, severity: .warning, change: "install one release of OFED everywhere")
        {
            $0.inventory.rdmaSoftware["ofed"]
        },
        Item(subject: "engine", code: .softwareDiffers, severity: .error, change: "install one release everywhere") {
            node in
            node.inventory.software.value?.packages[node.file.engine.kind.value.rawValue]
        },
        Item(subject: "torch", code: .softwareDiffers, severity: .error, change: "install one release everywhere") {
            $0.inventory.software.value?.packages["torch"]
        },
        Item(subject: "CUDA of torch", code: .softwareDiffers, severity: .error, change: "install one build of torch") {
            $0.inventory.software.value?.torchCUDA
        },
        Item(
            subject: "NCCL library",
            code: .softwareDiffers,
            severity: .error,
            change: "install the same package everywhere: builds of one release differ, too (vllm#46097)"
        ) { node in
            let version = node.ncclVersion.map { "\($0) " } ?? ""
            return node.inventory.software.value?.nccl.map { "\(version)(\($0.head))" } ?? node.ncclVersion
        },
    ]

    static func all(_ nodes: [ExaminedNode]) -> [Finding] {
        items.flatMap { item -> [Finding] in
            let groups = Groups(nodes.compactMap { node in item.value(node).map { (node: node.name, value: $0) } })
            return difference(groups, item.subject, item.code, item.severity, item.change, nodes)
        }
    }

    /// One finding for each group of the minority, or one for all where there is no majority.
    private static func difference(
        _ groups: Groups<String>,
        _ subject: String,
        _ code: DiagnosticCode,
        _ severity: Severity,
        _ change: String,
        _ nodes: [ExaminedNode]
    ) -> [Finding] {
        guard groups.differ, let first = nodes.first else { return [] }
        let message = "\(subject) differs between the nodes"
        guard let usual = groups.majority else {
            var finding = first.finding(
                code,
                severity,
                on: subject,
                message,
                measured: groups.text(\.self),
                expected: "the same on all nodes",
                change: change
            )
            finding.nodes = groups.named
            return [finding]
        }
        return groups.minority.map { group in
            var finding = first.finding(
                code,
                severity,
                on: subject,
                message,
                measured: group.value,
                expected: "\(usual.value) as on \(Names.list(usual.nodes))",
                change: change
            )
            finding.nodes = group.nodes
            return finding
        }
    }

    /// Big messages stall where packets are cut on the way (nccl#1524); TCP finds a size that fits by itself.
    static func interfaceMTUs(_ nodes: [ExaminedNode]) -> [Finding] {
        let tcp = nodes.compactMap { node -> (node: String, value: String)? in
            guard let name = node.chosenInterface, let mtu = node.inventory.interfaces.value?.interface(name)?.mtu
            else {
                return nil
            }
            return (node.name, "\(mtu)")
        }
        let rails = nodes.compactMap { node -> (node: String, value: String)? in
            let names = node.usedPorts.compactMap(\.netdev)
            let sizes = Set(names.compactMap { node.inventory.interfaces.value?.interface($0)?.mtu })
            return sizes.isEmpty ? nil : (node.name, sizes.sorted().map(String.init).joined(separator: " and "))
        }
        let change = "set one MTU on all nodes and switch ports"
        let rail = difference(Groups(rails), "MTU of RDMA interfaces", .interfaceMTUDiffers, .error, change, nodes)
        guard rail.isEmpty else { return rail }
        return difference(Groups(tcp), "MTU of the TCP interface", .interfaceMTUDiffers, .warning, change, nodes)
    }

    static func images(_ nodes: [ExaminedNode]) -> [Finding] {
        let digests = nodes.compactMap { node in
            (node.inventory.containerRuntime.value?.imageDigests.first).map { (node: node.name, value: $0) }
        }
        let change = "pull the image by its digest on all nodes"
        return difference(Groups(digests), "container image", .imagesDiffer, .error, change, nodes)
    }
}
