import MusterSpec

/// Whether the machine is set up for steady work.
enum HostRules {
    static let all: [ClusterRule] = [clocks, Rules.each(memory), Rules.each(governor), Rules.each(balancing)]

    /// Logs of several nodes are put in one order by their clocks.
    static let clockWarning = 1.0
    /// TLS and tokens fail.
    static let clockError = 60.0

    /// Against the clocks of the other nodes where most of them agree: this machine's own may be the wrong one.
    static func clocks(_ cluster: ExaminedCluster) -> [Finding] {
        let agreed = agreed(cluster.nodes.compactMap { $0.inventory.clock.value })
        let middle = agreed ?? 0
        return cluster.nodes.compactMap { node in
            guard let clock = node.inventory.clock.value else { return nil }
            let off = clock.offset - middle
            guard abs(off) - clock.uncertainty > clockWarning else { return nil }
            let whose = agreed == nil ? "this machine" : "the other nodes"
            return node.finding(
                .clockOff,
                abs(off) > clockError ? .error : .warning,
                on: "clock",
                "the clock is wrong",
                measured: "\(Amount.text(abs(off))) s \(off > 0 ? "ahead of" : "behind") \(whose)",
                expected: "less than \(Amount.text(clockWarning)) s",
                change: "run `timedatectl set-ntp true`, or mend chrony"
            )
        }
    }

    /// The middle of all offsets, in seconds; nothing where not more than half of them are near it.
    private static func agreed(_ clocks: [NodeClock]) -> Double? {
        guard clocks.count >= 3 else { return nil }
        let middle = clocks.map(\.offset).sorted()[clocks.count / 2]
        let near = clocks.count { abs($0.offset - middle) - $0.uncertainty <= clockWarning }
        return near * 2 > clocks.count ? middle : nil
    }

    /// Each rank reads a shard at a time through the page cache.
    static func memory(_ node: ExaminedNode) -> [Finding] {
        guard let available = node.inventory.memory.value?.available, let model = node.inventory.model.value,
            let largest = model.files.filter({ $0.key.hasSuffix(".safetensors") }).values.max(), largest > 0,
            !node.runsDeployment
        else { return [] }
        let (shards, isTooMuch) = largest.multipliedReportingOverflow(by: node.gpusNeeded)
        let needed = ByteCount(bytes: isTooMuch ? .max : shards)
        guard available < needed else { return [] }
        return [
            node.finding(
                .hostMemoryLow,
                .warning,
                on: "memory",
                "the host may not have the memory to load the model",
                measured: "\(Amount.text(available)) available",
                expected: "\(Amount.text(needed)): the largest shard for each of \(node.gpusNeeded) ranks",
                change: "end what uses it (`ps aux --sort -rss | head`), or expect a slow load"
            )
        ]
    }

    static func governor(_ node: ExaminedNode) -> [Finding] {
        guard node.inventory.host.value?.governor == "powersave" else { return [] }
        return [
            node.finding(
                .governorPowersave,
                .warning,
                on: "CPU governor",
                "the processors save power",
                measured: "`powersave`",
                expected: "`performance`",
                change: "run `cpupower frequency-set -g performance`"
            )
        ]
    }

    /// On one socket there is nothing to balance.
    static func balancing(_ node: ExaminedNode) -> [Finding] {
        guard node.inventory.host.value?.isNUMABalancing == true else { return [] }
        let nodes = Set((node.inventory.pci.value?.devices ?? []).compactMap(\.numaNode))
        guard nodes.count > 1 else { return [] }
        return [
            node.finding(
                .numaBalancing,
                .warning,
                on: "NUMA balancing",
                "the kernel moves memory between sockets while ranks use it",
                measured: "kernel.numa_balancing = 1",
                expected: "0",
                change: "run `sysctl kernel.numa_balancing=0`, and put it in `/etc/sysctl.d/`"
            )
        ]
    }
}
