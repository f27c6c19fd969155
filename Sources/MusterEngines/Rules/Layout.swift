import MusterSpec

/// The arithmetic of how ranks spread over nodes, shared by the engines.
struct Layout {
    let spec: ClusterSpec
    /// GPU workers in the gang.
    let world: Int
    /// What multiplies up to `world`, as a person would write it.
    let product: String

    var nodeCount: Int { spec.nodes.count }
    var gpus: Int { nodeCount * spec.gpusPerNode.value }
    private var inEach: String { spec.replicas.value > 1 ? " in each replica" : "" }

    /// What is wrong with the sizes, the nearest to the cause first and alone: one mistake breaks several rules.
    func check(_ source: String) -> [Diagnostic] {
        let sizes: Set = ["tp_size", "pp_size", "dp_size", "gpus_per_node", "nodes"]
        guard spec.unreadable.isDisjoint(with: sizes) else { return [] }
        let uneven = dividesOverNodes(source)
        return uneven.isEmpty ? fillsGPUs() : uneven
    }

    /// The world must use exactly the GPUs of the file: fewer leaves paid-for GPUs dark, more fails in `set_device`
    /// minutes into the launch.
    private func fillsGPUs() -> [Diagnostic] {
        guard world != gpus else { return [] }
        return [
            Diagnostic(
                .layoutDoesNotFillGPUs,
                "the parallel sizes do not use the GPUs there are",
                at: spec.tensorParallel.span,
                found: "\(product) = \(world) ranks",
                expected: "\(gpus) ranks: \(nodeCount) node\(nodeCount == 1 ? "" : "s") of "
                    + "\(spec.gpusPerNode.value) GPUs\(inEach)",
                notes: [.init(message: "the nodes are listed here", span: spec.nodesSpan)],
                hint: hint
            )
        ]
    }

    private var hint: String {
        let others = max(1, world / max(1, spec.tensorParallel.value))
        if gpus % others == 0, gpus / others > 0 {
            return "write `tp_size: \(gpus / others)`, or change \(nodeKeys) or `gpus_per_node`"
        }
        return "change `tp_size`, `pp_size`, \(nodeKeys) or `gpus_per_node`"
    }

    /// What decides how many nodes a gang has.
    private var nodeKeys: String { spec.replicas.value > 1 ? "`replicas`, `nodes`" : "`nodes`" }

    /// Each node holds the same number of ranks.
    private func dividesOverNodes(_ source: String) -> [Diagnostic] {
        guard world % nodeCount != 0 else { return [] }
        return [
            Diagnostic(
                .worldNotDivisible,
                "\(world) rank\(world == 1 ? "" : "s") cannot be spread evenly over \(nodeCount) nodes\(inEach)",
                at: spec.tensorParallel.span,
                found: "\(product) = \(world)",
                expected: "a multiple of \(nodeCount) (\(source))",
                hint: "choose sizes whose product is a multiple of the number of nodes"
            )
        ]
    }
}
