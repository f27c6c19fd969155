import MusterSpec

extension VLLM: ModelServing {
    /// Experts are shared by all of TP x DP, whole with expert parallelism and cut without
    /// (0.33.0 fused_moe/config.py).
    var split: ModelSplit? {
        // Prefill context parallelism multiplies the world, and who shares what with it is not known here.
        guard let sizes, !arguments.changes("prefill-context-parallel-size") else { return nil }
        let all = sizes.tensor * sizes.data
        guard all <= ModelSplit.most else { return nil }
        var split = ModelSplit(tensor: sizes.tensor)
        split.expertParallel = sizes.expert > 1 ? all : 1
        split.expertTensor = sizes.expert > 1 ? 1 : all
        // 0.10.0 and before (determine_expert_map), 0.10.1.1 and later.
        split.lastHasRemainder = version < .known("0.10.1")
        split.redundantExperts = min(max(0, redundantExperts ?? 0), 1 << 16)
        return split
    }

    /// Copies of the whole, each with its attention undivided further.
    var attentionParts: Int { 1 }

    /// Since 0.10.2 a member of a JSON value, before a flag of its own; nothing where it cannot be read.
    var redundantExperts: Int? {
        arguments.integer("num-redundant-experts")?.value ?? arguments.count("eplb-config", "num_redundant_experts")
    }

    func settings(for shape: ModelShape) -> ServingSettings {
        let arguments = arguments
        var settings = ServingSettings(contextFlag: "max-model-len", fractionFlag: "gpu-memory-utilization")
        if let given = arguments.text("max-model-len") {
            settings.context = context(given.value)
            settings.contextKey = (given.name, given.span)
        } else if arguments.has("max-model-len") {
            settings.context = .unreadable
        }
        settings.fraction = arguments.fraction("gpu-memory-utilization")
        settings.takeQuantisation(arguments, shape)
        settings.takeCache(arguments, shape)
        settings.takeFormat(arguments)
        settings.page = arguments.integer("block-size")
        settings.mostRequests = arguments.integer("max-num-seqs")?.value
        settings.cacheBytes = arguments.integer("kv-cache-memory-bytes")?.value
        settings.unreadable = arguments.unreadable(
            "block-size",
            "max-num-seqs",
            "kv-cache-memory-bytes",
            "num-redundant-experts"
        )
        if arguments.has("enforce-eager") { settings.graphs = .init(decode: false, prefill: false) }
        settings.setAside(
            [
                "hf-overrides", "rope-scaling", "cpu-offload-gb", "enable-lora", "speculative-config",
                "num-gpu-blocks-override", "model-impl", "decode-context-parallel-size",
            ],
            arguments
        )
        if settings.unknown == nil, redundantExperts == nil { settings.unknown = "eplb-config" }
        return settings
    }

    /// `32k` is 32,000 and `32K` is 32,768; `auto` and -1 take what fits (since 0.14.1).
    private func context(_ text: String) -> ServingSettings.Context {
        if text.lowercased() == "auto" || text == "-1" { return .automatic }
        return arguments.integer("max-model-len").map { $0.value > 0 ? .given($0.value) : .unreadable } ?? .unreadable
    }

    /// What does not divide goes to later stages, the last one excepted, which has the head
    /// (0.33.0 distributed/utils.py).
    func stages(layers: Int) -> [Range<Int>]? {
        let count = spec.pipelineParallel.value
        guard (1...layers).contains(count) else { return nil }
        if let given = givenStages(layers: layers) { return given }
        var counts = Array(repeating: layers / count, count: count)
        for place in 0..<(layers % count) { counts[count - 2 - place] += 1 }
        return Self.ranges(counts)
    }

    /// `yarn` counts from the original length; some kinds keep what the file says (config/model.py).
    func positions(of shape: ModelShape) -> Int? {
        guard let positions = shape.positions else { return nil }
        guard let scaling = shape.scaling, !["su", "longrope", "llama3", "mrope", "default"].contains(scaling.type)
        else { return positions }
        if scaling.type == "yarn", let original = scaling.original { return scaled(original, scaling.factor) }
        return scaled(positions, scaling.factor)
    }

    func usualFraction(_ card: CardMemory, _ settings: ServingSettings, _ shape: ModelShape) -> Double? {
        version >= .known("0.20") ? 0.92 : 0.90
    }
}
