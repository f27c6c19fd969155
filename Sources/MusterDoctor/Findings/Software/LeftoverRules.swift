import MusterSpec

/// Engine processes that nobody looks after.
enum LeftoverRules {
    static let all: [ClusterRule] = [Rules.each(leftovers)]

    /// Titles that engines give themselves, and their launchers' command lines.
    private static let titles = ["sglang::", "sglang.launch_server", "VLLM::", "vllm serve", "vllm.entrypoints"]

    static func isEngine(_ title: String) -> Bool { titles.contains { Cut.contains(title, $0) } }

    /// One that a deployment of muster's answers for is not left over.
    static func isLeftover(_ process: NodeProcess, of node: ExaminedNode) -> Bool {
        process.deployment == nil && isEngine(process.title)
    }

    static func leftovers(_ node: ExaminedNode) -> [Finding] {
        let found = (node.inventory.processes.value ?? []).filter { isLeftover($0, of: node) }
        guard let oldest = found.max(by: { $0.age < $1.age }) else { return [] }
        let pids = found.map(\.pid).sorted().map(String.init)
        let orphans = found.count { $0.parent == 1 }
        return [
            node.finding(
                .engineLeftOver,
                on: "engine processes",
                "processes of an engine run that belong to no deployment",
                measured:
                    "\(found.count) process\(found.count == 1 ? "" : "es"), the oldest \(Amount.age(oldest.age)) old"
                    + (orphans > 0 ? ", \(orphans) without a parent" : "")
                    + ": \(Names.list(pids)) `\(GPUUseRules.shown(oldest.title))`",
                expected: "none",
                change: "end them: `kill \(pids.prefix(16).joined(separator: " "))`, and with `-9` after ten seconds",
                at: node.spec.span
            )
        ]
    }
}
