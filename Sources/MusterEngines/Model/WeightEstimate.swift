import MusterSpec

/// Why something is not judged.
package struct Unjudgeable: Error, Hashable, Sendable {
    package let reason: String
}

/// What a model weighs, on disk and on a rank.
struct WeightEstimate {
    /// How far the files may be from the count before it is taken for no description of them.
    static let trust = 0.1

    private let shape: ModelShape
    private let split: ModelSplit
    private let settings: ServingSettings
    private let layers: Int
    /// The files against the count; 1 where the files are not known.
    private let ratio: Double
    /// Bytes of the checkpoint by the count.
    let counted: Double

    /// - Parameters:
    ///   - shape: The model.
    ///   - split: Who shares what.
    ///   - settings: What the file asks for.
    ///   - checkpoint: Bytes of the weights on disk, where they are known.
    /// - Throws: `Unjudgeable` where the sizes do not suffice, or the files say something else.
    init(
        _ shape: ModelShape,
        _ split: ModelSplit,
        _ settings: ServingSettings,
        checkpoint: ByteCount?
    ) throws(Unjudgeable) {
        if let flag = settings.unknown { throw Unjudgeable(reason: "what `\(flag)` does to memory is not known") }
        if let flag = settings.unreadable { throw Unjudgeable(reason: "the number of `\(flag)` cannot be read") }
        guard shape.isCountable, let layers = shape.layers else {
            throw Unjudgeable(reason: shape.uncountable)
        }
        if case .unknown = settings.quantisation {
            throw Unjudgeable(reason: "what `quantization` makes of the weights is not known")
        }
        if let quantisation = shape.quantisation, quantisation.scheme == nil {
            throw Unjudgeable(reason: "how `\(quantisation.method)` stores the weights is not known")
        }
        guard let counted = shape.checkpointBytes(layers, settings), counted > 0 else {
            throw Unjudgeable(reason: "`config.json` does not give all sizes")
        }
        var ratio = 1.0
        if let checkpoint {
            ratio = Double(checkpoint.bytes) / counted
            guard abs(ratio - 1) <= Self.trust else {
                throw Unjudgeable(
                    reason: "`config.json` counts \(SizeText.gibibytes(counted)) of weights, the files have "
                        + SizeText.gibibytes(Double(checkpoint.bytes))
                )
            }
        } else if shape.quantisation?.leavesLayersOut == true || shape.irregularities.contains(.towers) {
            throw Unjudgeable(reason: "`config.json` alone does not say what all weights take")
        }
        self.shape = shape
        self.split = split
        self.settings = settings
        self.layers = layers
        self.ratio = ratio
        self.counted = counted
    }

    /// Bytes of weights on each rank of a pipeline stage.
    func bytes(onRankOf stage: Range<Int>) -> Double {
        let scheme = shape.loadedScheme(settings)
        func bytes(_ matrices: [WeightMatrix]?) -> Double {
            (matrices ?? []).reduce(0) { $0 + $1.bytes(split, scheme, plain: settings.plainBytes) }
        }
        let attention = bytes(shape.attentionMatrices) + 2 * Double(shape.hidden ?? 0) * settings.plainBytes
        let (dense, sparse) = (bytes(shape.denseMatrices), bytes(shape.expertMatrices))
        var sum = stage.reduce(0.0) { sum, layer in
            sum + attention + (shape.experts?.areIn(layer: layer) == true ? sparse : dense)
        }
        if stage.lowerBound == 0 { sum += bytes(shape.table(.embedding).map { [$0] }) }
        let hasHead = stage.upperBound == layers && !(shape.sharesEmbedding && stage.lowerBound == 0)
        if hasHead { sum += bytes(shape.table(.head).map { [$0] }) }
        return sum * ratio + Double(stage.count) * absorbed
    }

    /// Made while loading, so it is not on disk.
    private var absorbed: Double { shape.absorbedMatrix?.bytes(split, nil, plain: 2) ?? 0 }
}

extension ModelShape {
    /// Why parameters cannot be counted.
    fileprivate var uncountable: String {
        let hidden = irregularities.filter(\.hidesWeights).map(\.rawValue).sorted()
        if !hidden.isEmpty { return "the model has \(hidden.joined(separator: " and "))" }
        guard let modelType else { return "`config.json` names no `model_type`" }
        return ModelFamily.covers(modelType)
            ? "`config.json` does not give all sizes"
            : "the layers of the family `\(String(modelType.prefix(40)))` are not known"
    }

    /// How matrices lie in a GPU's memory.
    fileprivate func loadedScheme(_ settings: ServingSettings) -> Quantisation.Scheme? {
        switch settings.quantisation {
        case .storedBy(let scheme), .whileLoading(let scheme): scheme
        case .asStored, .unknown: quantisation?.scheme
        }
    }

    /// Bytes of the whole checkpoint, with the layers that predict further tokens.
    fileprivate func checkpointBytes(_ layers: Int, _ settings: ServingSettings) -> Double? {
        guard let hidden, let embedding = table(.embedding), let head = table(.head) else { return nil }
        let plain = Double(format?.bits ?? 16) / 8
        let scheme: Quantisation.Scheme? =
            if case .storedBy(let scheme) = settings.quantisation { scheme } else { quantisation?.scheme }
        func bytes(_ matrices: [WeightMatrix]) -> Double {
            matrices.reduce(0) { $0 + $1.bytes(nil, scheme, plain: plain) }
        }
        let norms = 2 * Double(hidden) * plain
        guard let attention = attentionMatrices else { return nil }
        let dense = denseMatrices.map(bytes)
        let sparse = expertMatrices.map(bytes)
        var sum = bytes([embedding]) + (sharesEmbedding ? 0 : bytes([head]))
        for layer in 0..<layers {
            guard let mlp = experts?.areIn(layer: layer) == true ? sparse : dense else { return nil }
            sum += bytes(attention) + norms + mlp
        }
        // Such a layer has the last layer's form, its own embedding and head, and a projection of both inputs.
        let projection = WeightMatrix("projection of both inputs", hidden, 2 * hidden, .everything, isPlain: true)
        for _ in 0..<predictionLayers {
            guard let mlp = sparse ?? dense else { return nil }
            sum += bytes(attention) + norms + mlp + bytes([embedding, head, projection])
        }
        return sum
    }
}
