import MusterSpec

/// What has to be equal on the nodes of one launch. Equal things are not told; of others the minority is named.
enum EqualityRules {
    static let all: [ClusterRule] = [
        Rules.eachGang(all), Rules.eachGang(interfaceMTUs), Rules.eachGang(images), Rules.eachGang(firmware),
    ]

    private struct Item {
        let subject: String
        let code: DiagnosticCode
        let severity: Severity
        let change: String
        /// The item whose difference explains one of this, on the same nodes.
        var cause: String?
        let value: @Sendable (ExaminedNode) -> String?
    }

    private static let ecc = "ECC mode"

    private static let items: [Item] = [
        Item(subject: "GPU model", code: .gpusDiffer, severity: .error, change: "use nodes with the same GPUs") {
            node in
            let names = (node.gpus ?? []).compactMap(\.name.value)
            return names.isEmpty ? nil : Names.list(Set(names).sorted())
        },
        Item(
            subject: ecc,
            code: .gpusDiffer,
            severity: .warning,
            change: "compare ECC (`nvidia-smi -q -d ECC`), set it alike with `nvidia-smi -e`, and restart the machine"
        ) { node in
            let modes = Set((node.gpus ?? []).compactMap(\.isECCEnabled.value))
            return modes.isEmpty ? nil : modes.count == 2 ? "mixed" : modes.contains(true) ? "Enabled" : "Disabled"
        },
        Item(
            subject: "GPU memory",
            code: .gpusDiffer,
            severity: .warning,
            change: "compare ECC (`nvidia-smi -q -d ECC`) and the cards' variants",
            // Cards with GDDR keep a part of their memory for it.
            cause: ecc
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
        // What is too low on a node is a finding of its own.
        Item(
            subject: "memlock",
            code: .hostsDiffer,
            severity: .warning,
            change: "give all nodes one `memlock` in `/etc/security/limits.conf`, then log in anew"
        ) { node in
            guard LimitRules.lockedMemory(node).isEmpty else { return nil }
            return node.inventory.limits.value?.lockedMemory?.soft.text { Amount.text(ByteCount(bytes: $0)) }
        },
        Item(
            subject: "nofile",
            code: .hostsDiffer,
            severity: .warning,
            change: "give all nodes one `nofile` in `/etc/security/limits.conf`, then log in anew"
        ) { node in
            guard LimitRules.openFiles(node).isEmpty, let limit = node.inventory.limits.value?.openFiles else {
                return nil
            }
            return (limit.hard ?? limit.soft).text(String.init)
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
        var told: [String: Set<String>] = [:]
        return items.flatMap { item -> [Finding] in
            let groups = Groups(nodes.compactMap { node in item.value(node).map { (node: node.name, value: $0) } })
            guard groups.differ else { return [] }
            told[item.subject] = Set(groups.named)
            if let cause = item.cause.flatMap({ told[$0] }), cause.isSuperset(of: groups.named) { return [] }
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

    /// Of cards of one kind: which cards a node has is another matter.
    static func firmware(_ nodes: [ExaminedNode]) -> [Finding] {
        var kinds: [String: [(node: String, value: String)]] = [:]
        for node in nodes {
            let cards = Dictionary(grouping: node.hcasFound ?? []) { $0.type ?? "RDMA cards" }
            for (kind, cards) in cards {
                let releases = Set(cards.compactMap(\.firmware)).sorted()
                if !releases.isEmpty {
                    kinds[kind, default: []].append((node.name, releases.joined(separator: " and ")))
                }
            }
        }
        let change = "bring cards of one kind to one firmware with `mlxfwmanager`"
        return kinds.sorted { $0.key < $1.key }.flatMap { kind, values in
            difference(Groups(values), "firmware of \(kind)", .hostsDiffer, .warning, change, nodes)
        }
    }

    static func images(_ nodes: [ExaminedNode]) -> [Finding] {
        let digests = nodes.compactMap { node in
            (node.inventory.containerRuntime.value?.imageDigests.first).map { (node: node.name, value: $0) }
        }
        let change = "pull the image by its digest on all nodes"
        return difference(Groups(digests), "container image", .imagesDiffer, .error, change, nodes)
    }
}

extension ResourceLimits.Value {
    fileprivate func text(_ number: (Int) -> String) -> String {
        switch self {
        case .unlimited: "unlimited"
        case .limit(let limit): number(limit)
        }
    }
}
