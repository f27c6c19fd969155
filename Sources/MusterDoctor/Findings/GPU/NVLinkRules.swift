import MusterSpec

/// Whether the NVLinks of each GPU are up.
enum NVLinkRules {
    static let all: [ClusterRule] = [down]

    /// No absolute rule: with bridges some cards of a machine are joined and others are not. A GPU is compared with the
    /// same GPU of the other nodes, and where there are NVSwitches, which join all cards alike, with those beside it.
    static func down(_ cluster: ExaminedCluster) -> [Finding] {
        let links = cluster.nodes.map { node in
            (
                node: node,
                gpus: (node.inventory.nvlinks.value?.gpus ?? []).filter { !$0.links.isEmpty && $0.reason == nil }
            )
        }
        var byIndex: [Int: [(node: String, value: Int)]] = [:]
        for (node, gpus) in links {
            for gpu in gpus { byIndex[gpu.index, default: []].append((node.name, gpu.activeLinks)) }
        }
        let usual = byIndex.compactMapValues { counts in counts.count > 2 ? Groups(counts).majority : nil }
        return links.flatMap { node, gpus in
            let hasSwitches = node.gpus?.contains { $0.fabricState.value != nil } ?? false
            let most = hasSwitches ? gpus.map(\.activeLinks).max() ?? 0 : 0
            return gpus.compactMap { gpu -> Finding? in
                if let usual = usual[gpu.index], gpu.activeLinks < usual.value {
                    return finding(node, gpu, "\(usual.value) active as on \(Names.list(usual.nodes))")
                }
                return gpu.activeLinks < most ? finding(node, gpu, "\(most) active as of the GPUs beside it") : nil
            }
        }
    }

    private static func finding(_ node: ExaminedNode, _ gpu: NVLinks.GPU, _ expected: String) -> Finding {
        node.finding(
            .gpuLinkNarrow,
            // With some of them down it is slower, with none it takes the way over PCIe.
            gpu.activeLinks == 0 ? .error : .warning,
            on: "GPU \(gpu.index)",
            "NVLinks of a GPU are down",
            measured: "\(gpu.activeLinks) of \(gpu.links.count) NVLinks active",
            expected: expected,
            change: "look at `nvidia-smi nvlink -s -i \(gpu.index)` and `dmesg | grep -i xid`; restart the machine, "
                + "then reseat the bridge or have the board looked at"
        )
    }
}
