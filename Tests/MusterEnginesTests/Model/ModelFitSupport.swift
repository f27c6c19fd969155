import MusterSpec
import Testing

@testable import MusterEngines

extension CardMemory {
    /// A card of so many GiB, all but what the driver keeps free.
    static func gibibytes(_ total: Double, free: Double? = nil) -> CardMemory {
        let bytes = { (number: Double) in ByteCount(bytes: Int(number * Double(1 << 30))) }
        return CardMemory(total: bytes(total), free: bytes(free ?? total - 0.6))
    }

    static let l40s = gibibytes(44.99, free: 44.39)
    static let h800 = gibibytes(79.65, free: 79.1)
    static let h20 = gibibytes(95.58, free: 95)
}

/// A file for one engine, with as many nodes of eight GPUs as it needs, and the model it is about.
struct FitFile {
    var engine = "sglang"
    var version = "0.5.9"
    var tensor: Int
    var pipeline = 1
    /// Further lines of the file.
    var lines: [String] = []

    var text: String {
        let ranks = tensor * pipeline
        let nodes = max(1, ranks / 8)
        return clusterFile(
            engine,
            version,
            nodes: nodes,
            (["tp_size: \(tensor)", "pp_size: \(pipeline)", "gpus_per_node: \(ranks / nodes)"] + lines)
                .joined(separator: "\n")
        )
    }

    func fit(
        _ shape: ModelShape,
        card: CardMemory? = .h800,
        checkpoint: ByteCount? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ModelFit {
        let file = try #require(spec(text), sourceLocation: sourceLocation)
        return ModelFit(spec: file, shape: shape, checkpoint: checkpoint, card: card)
    }

    /// What is wrong with the sizes alone.
    func shapeProblems(_ shape: ModelShape) throws -> [FitProblem] {
        try fit(shape, card: nil).problems.filter { $0.code == .modelShapeUnfit }
    }
}
