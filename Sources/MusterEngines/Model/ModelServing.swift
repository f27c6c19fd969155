import MusterSpec
import OrderedCollections

/// What an engine makes of a model: who shares what, and what it keeps of a GPU's memory.
protocol ModelServing {
    var spec: ClusterSpec { get }
    var arguments: FileArguments { get }
    /// Nothing where the sizes do not divide, which the rules of the file say.
    var split: ModelSplit? { get }
    /// Into how many parts the TP group is cut for attention.
    var attentionParts: Int { get }
    /// Copies of experts beyond the model's own; nothing where the file gives them in a form that is not read here.
    var redundantExperts: Int? { get }
    func settings(for shape: ModelShape) -> ServingSettings
    /// The layers of each pipeline stage.
    func stages(layers: Int) -> [Range<Int>]?
    /// The longest request that the model is made for, in tokens, as this engine reads `config.json`.
    func positions(of shape: ModelShape) -> Int?
    /// The part of a GPU that may be used, where the file does not say.
    func usualFraction(_ card: CardMemory, _ settings: ServingSettings, _ shape: ModelShape) -> Double?
}

extension ModelServing {
    var version: EngineVersion { spec.engine.version.value }

    /// Sizes of the file, where they are sizes of a cluster.
    var sizes: (tensor: Int, pipeline: Int, data: Int, expert: Int)? {
        let sizes = [spec.tensorParallel, spec.pipelineParallel, spec.dataParallel, spec.expertParallel].map(\.value)
        guard sizes.allSatisfy({ (1...ModelSplit.most).contains($0) }) else { return nil }
        return (sizes[0], sizes[1], sizes[2], sizes[3])
    }

    /// The variable that gives each pipeline stage its layers.
    var partitionVariable: String {
        switch spec.engine.kind.value {
        case .sglang: "SGLANG_PP_LAYER_PARTITION"
        case .vllm: "VLLM_PP_LAYER_PARTITION"
        }
    }

    /// The layers of each stage as the file's environment gives them; nothing where it is no partition.
    func givenStages(layers: Int) -> [Range<Int>]? {
        guard let text = spec.environment[partitionVariable]?.value else { return nil }
        let counts = text.split(separator: ",").compactMap { Int($0) }
        guard counts.count == spec.pipelineParallel.value, counts.allSatisfy({ (1...layers).contains($0) }),
            counts.reduce(0, +) == layers
        else { return nil }
        return Self.ranges(counts)
    }

    static func ranges(_ counts: [Int]) -> [Range<Int>] {
        var first = 0
        return counts.map { count in
            defer { first += count }
            return first..<(first + count)
        }
    }
}

/// The engine of a file as one that serves models.
func serving(_ spec: ClusterSpec) -> any ModelServing {
    switch spec.engine.kind.value {
    case .sglang: SGLang(spec: spec)
    case .vllm: VLLM(spec: spec)
    }
}
