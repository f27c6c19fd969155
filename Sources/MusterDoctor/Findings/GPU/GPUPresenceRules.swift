import MusterSpec

/// Whether the GPUs that the file counts on are there.
enum GPUPresenceRules {
    static let all: [ClusterRule] = [Rules.each(silent), Rules.each(lost), tooFew]

    /// `nvidia-smi` that is missing, fails or hangs: without it no engine starts either.
    static func silent(_ node: ExaminedNode) -> [Finding] {
        guard case .unknown(let reason) = node.inventory.gpus, node.inventory.gpus != .notAsked,
            // An answer that was cut off, or that cannot be read, says nothing about the driver.
            !reason.hasPrefix("the node's answer"), [nil, .failed].contains(node.inventory.damages["gpus"]?.reason)
        else { return [] }
        let hasDriver = node.inventory.moduleFacts["driver"] != nil
        let change: String
        if !hasDriver {
            change =
                "install the driver, or load it with `modprobe nvidia`; "
                + "`dmesg | grep NVRM` says why it is not there"
        } else if reason.hasSuffix("is not there") {
            change =
                "the driver is loaded: install its tools, of the same release, or put them on the PATH of SSH sessions"
        } else {
            change = "look at `dmesg | grep NVRM`; a driver that was updated under a running kernel needs a reboot"
        }
        return [
            node.finding(
                .gpuDriverSilent,
                on: nil,
                "the NVIDIA driver does not answer",
                measured: reason.isEmpty ? "`nvidia-smi` says nothing" : reason,
                expected: "a list of GPUs",
                change: change
            )
        ]
    }

    /// A GPU that fell off the bus stays away until the machine is restarted. Signs: Xid 79, the three lines that some
    /// drivers print instead (NVSentinel#155), and cells that read `GPU is lost`. A GPU that answers was lost in an
    /// earlier life of the machine, which the journal remembers too.
    static func lost(_ node: ExaminedNode) -> [Finding] {
        let records = (node.gpus ?? []).compactMap { gpu in
            gpu.address.value.map { (address: $0, isLost: isLost(gpu)) }
        }
        let answering = Set(records.filter { !$0.isLost }.map(\.address))
        var signs: [PCIAddress: String] = [:]
        for record in records where record.isLost { signs[record.address] = "`nvidia-smi` says that the GPU is lost" }
        for event in node.inventory.kernelLog.value?.events ?? [] {
            switch event.kind {
            case .xid(let xid) where xid.number == 79:
                if let address = xid.address { signs[address] = "Xid 79 in the kernel log" }
            case .fallenOffBus(let address?): signs[address] = "the kernel log says that it has fallen off the bus"
            case .driverFailure(let address?):
                signs[address] = signs[address] ?? "the kernel log says: \(event.message)"
            default: break
            }
        }
        // A message of the driver may leave the function out, which reads as 0 and is what GPUs have.
        return signs.filter { !answering.contains($0.key) }.sorted { $0.key < $1.key }.map { address, sign in
            let index = node.gpus?.first { $0.address.value == address }?.index.value
            return node.finding(
                .gpuLost,
                on: index.map { "GPU \($0)" } ?? "GPU at \(address)",
                "a GPU is lost",
                measured: "\(address): \(sign)",
                expected: "a GPU that answers",
                change: "restart the machine; if it happens again, reseat the card and its power cable, then replace it"
            )
        }
    }

    /// Other ways of not knowing say nothing: some cards have no value for half of the fields.
    private static func isLost(_ gpu: GPURecord) -> Bool {
        gpu.fields.names.contains { name in
            guard case .unknown(let reason) = gpu[name] else { return false }
            return Cut.contains(reason.lowercased(), "gpu is lost")
        }
    }

    /// More than are needed is fine.
    static func tooFew(_ cluster: ExaminedCluster) -> [Finding] {
        let lacking = cluster.nodes.filter { node in node.gpus.map { $0.count < node.gpusNeeded } ?? false }
        // Where no node has as many, it is the file that is wrong.
        let everywhere = lacking.count > 1 && lacking.count == cluster.nodes.filter { $0.gpus != nil }.count
        let counts = Set(lacking.compactMap { $0.gpus?.count })
        return lacking.compactMap { node in
            guard let gpus = node.gpus else { return nil }
            let hidden = hiddenGPUs(node, gpus)
            let bus = hidden.isEmpty ? "" : "; on the PCI bus without the driver: \(Names.list(hidden))"
            return node.finding(
                .tooFewGPUs,
                on: nil,
                "there are fewer GPUs than the file counts on",
                measured: Names.count(gpus.count, "GPU") + bus,
                expected: Names.count(node.gpusNeeded, "GPU"),
                change: everywhere && counts.count == 1
                    ? "write `gpus_per_node: \(gpus.count)` and sizes that fit it"
                    : "find the missing one with `lspci -d 10de:` and `dmesg | grep NVRM`, "
                        + "or take the node out of `nodes`",
                at: everywhere ? node.file.gpusPerNode.span : node.spec.span
            )
        }
    }

    /// NVIDIA GPUs on the bus that `nvidia-smi` does not list.
    private static func hiddenGPUs(_ node: ExaminedNode, _ gpus: [GPURecord]) -> [String] {
        let listed = Set(gpus.compactMap(\.address.value))
        guard listed.count == gpus.count else { return [] }
        return (node.inventory.pci.value?.devices ?? [])
            .filter { $0.isNVIDIAGPU && !listed.contains($0.address) }
            .map(\.address.description)
    }
}
