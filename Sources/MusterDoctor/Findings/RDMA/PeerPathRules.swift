import MusterSpec

/// Whether NICs reach GPU memory without a detour.
enum PeerPathRules {
    static let all: [ClusterRule] = [Rules.eachGang(noDirectPath), Rules.each(accessControl), Rules.each(translation)]

    /// DMA-BUF needs this kernel, and NVIDIA's open kernel modules.
    private static let firstKernelWithDMABuf = (major: 5, minor: 12)

    /// One of two ways: the module that registers GPU memory with the RDMA stack, or DMA-BUF. A path here is no proof
    /// that it is used: that is in NCCL's log (nccl#1537).
    static func noDirectPath(_ nodes: [ExaminedNode]) -> [Finding] {
        let judged = nodes.compactMap { node in
            node.usedPorts.isEmpty ? nil : hasPath(node).map { (node: node, has: $0) }
        }
        let having = judged.filter(\.has).map(\.node.name)
        return judged.filter { !$0.has }.map { node, _ in
            node.finding(
                .noGPUDirect,
                having.isEmpty ? .warning : .error,
                on: nil,
                "NICs cannot reach GPU memory by themselves",
                measured: "no module `nvidia_peermem`, and no DMA-BUF: \(driver(node)), kernel \(kernel(node))",
                expected: "one of both" + (having.isEmpty ? "" : ", as on \(Names.list(having))"),
                change: "run `modprobe nvidia-peermem` and name it in `/etc/modules-load.d/`, "
                    + "or use NVIDIA's open kernel modules"
            )
        }
    }

    private static func hasPath(_ node: ExaminedNode) -> Bool? {
        guard let modules = node.inventory.modules.value else { return nil }
        if modules.contains("nvidia_peermem") || modules.contains("nv_peer_mem") { return true }
        guard let driver = node.inventory.moduleFacts["driver"], let kernel = node.inventory.host.value?.kernel else {
            return nil
        }
        let numbers = Cut.split(kernel, UInt8(ascii: ".")).prefix(2).compactMap { part in
            Int(String(decoding: part.utf8.prefix(while: Digits.isDigit), as: UTF8.self))
        }
        guard numbers.count == 2 else { return nil }
        return Cut.contains(driver, "Open Kernel Module")
            && (numbers[0], numbers[1]) >= (firstKernelWithDMABuf.major, firstKernelWithDMABuf.minor)
    }

    private static func driver(_ node: ExaminedNode) -> String {
        Cut.contains(node.inventory.moduleFacts["driver"] ?? "", "Open Kernel Module")
            ? "open kernel modules" : "proprietary kernel modules"
    }

    private static func kernel(_ node: ExaminedNode) -> String { node.inventory.host.value?.kernel ?? "unknown" }

    /// Only root sees the capability. Bridges above GPUs and NICs matter, others do not.
    static func accessControl(_ node: ExaminedNode) -> [Finding] {
        guard let listing = node.inventory.accessControl.value, let hcas = node.hcasFound, !hcas.isEmpty else {
            return []
        }
        let devices = node.inventory.pci.value?.devices ?? []
        let paths = hcas.compactMap(\.path) + devices.filter(\.isNVIDIAGPU).compactMap(\.path)
        let above = Set(paths.flatMap { $0.addresses.dropLast() })
        let bridges = listing.functions.filter { $0.redirectsPeers == true && above.contains($0.address) }
        guard !bridges.isEmpty else { return [] }
        return [
            node.finding(
                .accessControlRedirects,
                .warning,
                on: "PCIe bridges",
                "transfers between GPUs and NICs make a detour through the CPU",
                measured: "access control redirects at \(Names.list(bridges.map(\.address.description)))",
                expected: "ReqRedir- and SrcValid- on bridges above GPUs and NICs",
                change:
                    "switch ACS off in the firmware setup, or with "
                    + "`setpci -s BRIDGE ECAP_ACS+0x6.w=0000` after each boot; "
                    + "in a virtual machine it has to stay on"
            )
        ]
    }

    /// Translation that is not passed through halves transfers between devices.
    static func translation(_ node: ExaminedNode) -> [Finding] {
        guard let words = node.inventory.host.value?.commandLine, node.hcasFound?.isEmpty == false,
            node.inventory.host.value?.iommuGroups != 0
        else { return [] }
        let on = words.filter { ["intel_iommu=on", "amd_iommu=on", "iommu=force"].contains($0) }
        guard let first = on.first, !words.contains("iommu=pt"), !words.contains("iommu.passthrough=1") else {
            return []
        }
        return [
            node.finding(
                .iommuTranslates,
                .warning,
                on: "IOMMU",
                "the IOMMU translates transfers between GPUs and NICs",
                measured: "`\(first)` on the kernel's command line, without `iommu=pt`",
                expected: "`iommu=pt`, or no IOMMU",
                change: "add `iommu=pt` to the kernel's command line and restart the machine"
            )
        ]
    }
}
