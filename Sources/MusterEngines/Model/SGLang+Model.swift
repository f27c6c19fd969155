import MusterSpec

extension SGLang: ModelServing {
    /// Attention DP and context parallelism take their part of TP; experts are spread over ep, and each shared by what
    /// is left (0.5.23 layers/dp_attention.py, moe/ep_moe).
    var split: ModelSplit? {
        guard let sizes else { return nil }
        let attentionData = attentionParts
        let context = arguments.integer("attn-cp-size")?.value ?? 1
        let expertData = arguments.integer("moe-dp-size")?.value ?? 1
        let expert = spreadsExperts ? sizes.tensor : sizes.expert
        guard [attentionData, context, expertData].allSatisfy({ (1...ModelSplit.most).contains($0) }),
            sizes.tensor % (attentionData * context) == 0, sizes.tensor % (expert * expertData) == 0
        else { return nil }
        var split = ModelSplit(tensor: sizes.tensor)
        split.attention = sizes.tensor / (attentionData * context)
        split.expertParallel = expert
        split.expertTensor = sizes.tensor / (expert * expertData)
        split.redundantExperts = min(max(0, redundantExperts ?? 0), 1 << 16)
        if let dense = arguments.integer("moe-dense-tp-size")?.value {
            guard dense == 1 || dense == sizes.tensor else { return nil }
            split.dense = dense
        }
        // Tokens travel to the experts, so what every token passes is not cut.
        if usesAllToAll { split.sharedExperts = 1 }
        if attentionData > 1 {
            // Whole on each rank up to 0.5.8, where DeepSeek's alone is cut already.
            split.embedding = version < .known("0.5.9") ? 1 : split.attention
            if arguments.has("enable-dp-lm-head") { split.head = split.attention }
        }
        return split
    }

    var redundantExperts: Int? { arguments.integer("ep-num-redundant-experts")?.value ?? 0 }

    /// Experts are whole on their ranks, over all of TP, whatever ep_size says (0.5.23 arg_groups).
    var spreadsExperts: Bool { usesAllToAll || arguments.has("enable-ep-moe") }

    private var usesAllToAll: Bool {
        if arguments.has("enable-deepep-moe") { return true }
        guard let backend = arguments.text("moe-a2a-backend")?.value else { return false }
        return backend != "none"
    }

    func settings(for shape: ModelShape) -> ServingSettings {
        let arguments = arguments
        var settings = ServingSettings(contextFlag: "context-length", fractionFlag: "mem-fraction-static")
        if let given = arguments.text("context-length") {
            let tokens = arguments.integer("context-length")?.value
            settings.context = tokens.map { $0 > 0 ? .given($0) : .unreadable } ?? .unreadable
            settings.contextKey = (given.name, given.span)
        } else if arguments.has("context-length") {
            settings.context = .unreadable
        }
        settings.fraction = arguments.fraction("mem-fraction-static")
        settings.takeQuantisation(arguments, shape)
        settings.takeCache(arguments, shape)
        settings.takeFormat(arguments)
        settings.page = arguments.integer("page-size")
        settings.chunk = arguments.integer("chunked-prefill-size")
        settings.mostRequests = arguments.integer("max-running-requests")?.value
        settings.mostTokens = arguments.integer("max-total-tokens")?.value
        settings.unreadable = arguments.unreadable(
            "page-size",
            "chunked-prefill-size",
            "max-running-requests",
            "max-total-tokens",
            "ep-num-redundant-experts",
            "attn-dp-size",
            "attn-cp-size",
            "moe-dp-size",
            "moe-dense-tp-size",
            "cuda-graph-max-bs",
            "max-prefill-tokens"
        )
        let isOff = arguments.has("disable-cuda-graph")
        settings.graphs.decode = !isOff && arguments.text("cuda-graph-backend-decode")?.value != "disabled"
        settings.graphs.prefill = !isOff && arguments.text("cuda-graph-backend-prefill")?.value != "disabled"
        settings.setAside(
            [
                "json-model-override-args", "cpu-offload-gb", "torchao-config", "lora-paths",
                "enable-lora", "speculative-algorithm", "enable-memory-saver", "model-impl", "dcp-size",
                "cuda-graph-config",
            ],
            arguments
        )
        return settings
    }

    /// What does not divide goes to the last stages, one layer each, and up to 0.5.5 all of it to the very last
    /// (distributed/utils.py of 0.4.6.post5 to 0.5.5.post3, and of 0.5.6 to 0.5.23).
    func stages(layers: Int) -> [Range<Int>]? {
        let count = spec.pipelineParallel.value
        guard (1...layers).contains(count) else { return nil }
        if let given = givenStages(layers: layers) { return given }
        let rest = layers % count
        let spread = version < .known("0.5.6") ? 1 : rest
        return Self.ranges((0..<count).map { layers / count + ($0 >= count - spread && rest > 0 ? rest / spread : 0) })
    }

    /// A factor counts where the file does not name the original length beside it (hf_transformers_utils.py).
    func positions(of shape: ModelShape) -> Int? {
        guard let positions = shape.positions else { return nil }
        guard let scaling = shape.scaling, scaling.original == nil, scaling.type != "llama3" else { return positions }
        return scaled(positions, scaling.factor)
    }

    func usualFraction(_ card: CardMemory, _ settings: ServingSettings, _ shape: ModelShape) -> Double? {
        // Pictures are decoded on the GPU, and the reserve for them is another matter.
        guard let sizes, !shape.irregularities.contains(.towers) else { return nil }
        var chunk = settings.chunk?.value
        if let given = chunk, given <= 0 { chunk = arguments.integer("max-prefill-tokens")?.value ?? 16384 }
        return StaticFraction(
            version: version,
            mebibytes: Double(card.total.bytes) / Double(1 << 20),
            tensor: sizes.tensor,
            pipeline: sizes.pipeline,
            attentionData: attentionParts,
            chunk: chunk,
            graphRequests: arguments.integer("cuda-graph-max-bs", "cuda-graph-max-bs-decode")?.value,
            graphs: settings.graphs,
            isLatent: shape.isLatent
        ).value
    }
}

extension ModelShape {
    var isLatent: Bool { if case .latent? = attention { true } else { false } }
}

/// A number of positions times a factor, where that is one.
func scaled(_ positions: Int, _ factor: Double) -> Int? {
    let product = Double(positions) * factor
    return product >= 1 && product < 1e12 ? Int(product) : nil
}
