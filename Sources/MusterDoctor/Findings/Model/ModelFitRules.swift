import MusterEngines
import MusterSpec

/// Whether the model fits the layout and the cards: shapes against sizes, weights and cache against memory.
enum ModelFitRules {
    static let all: [ClusterRule] = [Rules.eachGang(fit)]

    static func fit(_ nodes: [ExaminedNode]) -> [Finding] {
        guard let fit = assess(nodes), let first = nodes.first else { return [] }
        let named = nodes.filter { !$0.isSpare }.map(\.name)
        return fit.problems.map { problem in
            var finding = first.finding(
                problem.code,
                problem.severity,
                on: problem.subject,
                problem.message,
                measured: problem.measured,
                expected: problem.expected,
                change: problem.change,
                at: problem.span,
                edit: problem.edit.map { FileEdit(path: $0.path, value: $0.value) }
            )
            finding.nodes = named
            return finding
        }
    }

    /// The model of a replica against its GPUs; nothing where no node has a configuration that can be read, and where
    /// the file is in error, since its sizes may be what is wrong.
    static func assess(_ nodes: [ExaminedNode]) -> ModelFit? {
        let taking = nodes.filter { $0.unit != nil }
        // A copy that differs is a finding of its own, so one of them stands for all.
        guard let (node, model, shape) = taking.lazy.compactMap(readable).first else { return nil }
        return ModelFit(spec: node.file, shape: shape, checkpoint: model.weightBytes, card: card(taking))
    }

    private static func readable(_ node: ExaminedNode) -> (ExaminedNode, ModelFiles, ModelShape)? {
        guard ModelFileRules.isPath(node.file.model.value), let model = node.inventory.model.value, model.exists else {
            return nil
        }
        return model.configuration?.value.map { (node, model, $0) }
    }

    /// What a card of the smallest kind has when nobody uses it. Who holds memory, and a card that is odd among equal
    /// ones, are findings of their own.
    static func card(_ nodes: [ExaminedNode]) -> CardMemory? {
        let cards = nodes.flatMap { node in (node.gpus ?? []).compactMap(\.emptyMemory) }
        guard let smallest = cards.map(\.total).min() else { return nil }
        return cards.filter { $0.total == smallest }.max { $0.free < $1.free }
    }

    /// What could not be judged of models whose sizes are given.
    static func unjudged(_ cluster: ExaminedCluster) -> [Unjudged] {
        cluster.gangs.flatMap { nodes -> [Unjudged] in
            guard let fit = assess(nodes), fit.shape.layers != nil, fit.card != nil else { return [] }
            let named = nodes.filter { !$0.isSpare }.map(\.name)
            return fit.unjudged.map { Unjudged(what: "the memory that the model needs", reason: $0, nodes: named) }
        }
    }
}

extension GPURecord {
    /// `nvidia-smi` counts what the driver keeps neither as free nor as used.
    fileprivate var emptyMemory: CardMemory? {
        guard let total = memoryTotal.value, total.bytes > 0 else { return nil }
        guard let free = memoryFree.value, let used = memoryUsed.value, free.bytes <= total.bytes,
            used.bytes <= total.bytes
        else {
            return CardMemory(total: total)
        }
        return CardMemory(total: total, free: ByteCount(bytes: min(total.bytes, free.bytes + used.bytes)))
    }
}
