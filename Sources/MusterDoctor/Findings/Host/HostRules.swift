import MusterSpec

/// Whether the machine is set up for steady work.
enum HostRules {
    static let all: [ClusterRule] = [clocks, Rules.each(memory), Rules.each(governor), Rules.each(balancing)]

    /// Logs of several nodes are put in one order by their clocks.
    static let clockWarning = 1.0
    /// TLS and tokens fail.
    static let clockError = 60.0

    /// Against the middle of all clocks where there are enough of them: this machine's own may be the wrong one.
    static func clocks(_ cluster: ExaminedCluster) -> [Finding] {
        let offsets = cluster.nodes.compactMap { $0.inventory.clock.value?.offset }.sorted()
        let middle = offsets.count >= 3 ? offsets[offsets.count / 2] : 0
        return cluster.nodes.compactMap { node in
            guard let clock = node.inventory.clock.value else { return nil }
            let off = clock.offset - middle
            guard abs(off) - clock.uncertainty > clockWarning else { return nil }
            let whose = offsets.count >= 3 ? "the other nodes" : "this machine"
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

    /// Each rank reads a shard at a time through the page cache.
    static func memory(_ node: ExaminedNode) -> [Finding] {
        guard let available = node.inventory.memory.value?.available, let model = node.inventory.model.value,
            let largest = model.files.filter({ $0.key.hasSuffix(".safetensors") }).values.max(), largest > 0,
            !node.runsDeployment
        else { return [] }
        let needed = ByteCount(bytes: largest.multipliedReportingOverflow(by: node.gpusNeeded).partialValue)
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
