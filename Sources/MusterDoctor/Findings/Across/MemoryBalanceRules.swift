import MusterSpec

/// Whether the GPUs of a gang have about the same memory free: the least of them decides for all.
enum MemoryBalanceRules {
    static let all: [ClusterRule] = [Rules.eachGang(unbalanced)]

    /// SGLang's own check (sglang#1533).
    static let least = 0.9
    /// It aborted up to this release, and only says so since (sglang PR 5426).
    private static let lastStrict = EngineVersion.known("0.4.5")

    static func unbalanced(_ nodes: [ExaminedNode]) -> [Finding] {
        guard !nodes.contains(where: \.runsDeployment) else { return [] }
        let cards = nodes.flatMap { node in
            (node.gpus ?? []).compactMap { gpu in
                gpu.memoryFree.value.flatMap { free in gpu.index.value.map { (node: node, index: $0, free: free) } }
            }
        }
        guard let most = cards.map(\.free).max(), let engine = nodes.first?.file.engine else { return [] }
        let low = cards.filter { Double($0.free.bytes) < least * Double(most.bytes) }
        let isStrict = engine.kind.value == .sglang && engine.version.value <= lastStrict
        let byNode = Dictionary(grouping: low) { $0.node.name }
        return nodes.compactMap { node in
            guard let cards = byNode[node.name], let worst = cards.map(\.free).min() else { return nil }
            return node.finding(
                .memoryUnbalanced,
                isStrict ? .error : .warning,
                on: Names.gpus(cards.map(\.index)),
                "some GPUs have less memory free than others",
                measured: "\(Amount.text(worst)) free",
                expected: "at least 90 % of \(Amount.text(most)), the most of any GPU"
                    + (isStrict ? ": SGLang \(engine.version.value) aborts below" : ""),
                change: "free the memory of these GPUs: `nvidia-smi` on the node shows who holds it"
            )
        }
    }
}
