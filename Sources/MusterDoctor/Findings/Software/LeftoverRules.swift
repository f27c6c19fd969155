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

    /// One finding for each owner: what is ours may be ended, what somebody else started may be in use.
    static func leftovers(_ node: ExaminedNode) -> [Finding] {
        let found = (node.inventory.processes.value ?? []).filter { isLeftover($0, of: node) }
        return Dictionary(grouping: found, by: \.owner).sorted { ($0.key ?? "") < ($1.key ?? "") }
            .compactMap { owner, processes in finding(node, owner, processes) }
    }

    private static func finding(_ node: ExaminedNode, _ owner: String?, _ processes: [NodeProcess]) -> Finding? {
        guard let oldest = processes.max(by: { $0.age < $1.age }) else { return nil }
        let pids = processes.map(\.pid).sorted().map(String.init)
        let orphans = processes.count { $0.parent == 1 }
        let isOwn = processes.allSatisfy { isStarted($0, byUserOf: node) }
        var memory = 0
        for app in node.inventory.computeApps.value?.processes ?? []
        where processes.contains(where: { $0.pid == app.pid.value }) {
            memory.add(app.memory.value?.bytes ?? 0)
        }
        let kill = "end them: `kill \(pids.prefix(16).joined(separator: " "))`, and with `-9` after ten seconds"
        let change: String
        switch (isOwn, orphans == processes.count) {
        case (true, _): change = kill
        case (false, true): change = "ask their owner, or \(kill)"
        case (false, false): change = "ask their owner, or take the node out of `nodes`: they may be in use"
        }
        return node.finding(
            .engineLeftOver,
            on: isOwn ? "engine processes" : "engine processes of \(owner ?? "another user")",
            "processes of an engine run that belong to no deployment",
            measured: Names.count(processes.count, "process", plural: "processes")
                + ", the oldest \(Amount.age(oldest.age)) old"
                + (orphans > 0 ? ", \(orphans) without a parent" : "")
                + ": \(Names.list(pids)) `\(GPUUseRules.shown(oldest.title))`"
                + (owner.map { ", \($0)" } ?? "")
                + (memory > 0 ? ", \(Amount.text(ByteCount(bytes: memory))) of GPU memory" : ""),
            expected: "none",
            change: change,
            at: node.spec.span
        )
    }

    /// Whether it belongs to the user that muster connects as.
    private static func isStarted(_ process: NodeProcess, byUserOf node: ExaminedNode) -> Bool {
        guard let host = node.inventory.host.value else { return false }
        if let uid = process.uid, let own = host.uid { return uid == own }
        return process.user != nil && process.user == host.user
    }
}

extension NodeProcess {
    /// `ada`, or `uid 1001` where the node knows no name.
    var owner: String? { user ?? uid.map { "uid \($0)" } }
}
