import MusterEngines
import MusterSpec

/// What tools write about quantisation, each in its own words.
enum QuantisationFields {
    /// `quantization_config` of `config.json`.
    static func inside(_ json: JSONValue) -> Quantisation? {
        guard case .object = json else { return nil }
        let method = (json["quant_method"] ?? json["quant_algo"])?.text ?? "an unknown method"
        let ignored = json["modules_to_not_convert"] ?? json["ignore"] ?? json["exclude_modules"]
        return Quantisation(
            method: Cut.short(method),
            scheme: scheme(json, method),
            leavesLayersOut: leavesLayersOut(ignored),
            cache: cache(json)
        )
    }

    /// `hf_quant_config.json` of ModelOpt, or the older `quantize_config.json` of GPTQ tools.
    static func separate(_ json: JSONValue) -> Quantisation? {
        if let inner = json["quantization"], case .object = inner {
            guard let algorithm = inner["quant_algo"]?.text else { return nil }
            return Quantisation(
                method: "modelopt",
                scheme: modelOpt(algorithm, inner),
                leavesLayersOut: leavesLayersOut(inner["exclude_modules"]),
                cache: cache(inner)
            )
        }
        guard json["bits"]?.count != nil else { return nil }
        return Quantisation(method: "gptq", scheme: grouped(json))
    }

    private static func scheme(_ json: JSONValue, _ method: String) -> Quantisation.Scheme? {
        if let block = block(json["weight_block_size"]) {
            return .block(rows: block.rows, columns: block.columns, bits: 8)
        }
        // Blocks in a form that is not known here are no other scheme.
        if let size = json["weight_block_size"], size != .null { return nil }
        switch method {
        case "fp8": return .tensor(bits: 8)
        case "fbgemm_fp8", "w8a8_int8", "w8a8_fp8": return .channel(bits: 8)
        case "awq", "gptq": return grouped(json)
        case "compressed-tensors": return compressed(json)
        case "modelopt", "modelopt_fp4", "modelopt_fp8":
            return json["quant_algo"]?.text.flatMap { modelOpt($0, json) }
        default: return nil
        }
    }

    private static func block(_ value: JSONValue?) -> (rows: Int, columns: Int)? {
        let sizes = (value?.elements ?? []).compactMap(\.count)
        guard sizes.count == 2, value?.elements.count == 2, sizes.allSatisfy({ (1...65_536).contains($0) }) else {
            return nil
        }
        return (sizes[0], sizes[1])
    }

    /// A scale of 16 bits for each group, and a zero point of the weights' own width.
    private static func grouped(_ json: JSONValue) -> Quantisation.Scheme? {
        guard let bits = (json["bits"] ?? json["w_bit"])?.count, [2, 3, 4, 8].contains(bits) else { return nil }
        switch json["group_size"] ?? json["q_group_size"] {
        case .integer(-1): return .channel(bits: bits)
        case .integer(let size) where (1...65_536).contains(size):
            return .group(size: size, bits: bits, overhead: 16 + bits)
        default: return nil
        }
    }

    /// One group of layers, or several that are stored alike.
    private static func compressed(_ json: JSONValue) -> Quantisation.Scheme? {
        let groups = (json["config_groups"]?.members ?? []).map { compressed(weights: $0.value["weights"]) }
        guard let first = groups.first, groups.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    private static func compressed(weights: JSONValue?) -> Quantisation.Scheme? {
        guard let weights, let bits = weights["num_bits"]?.count, [4, 8].contains(bits) else { return nil }
        switch weights["strategy"]?.text {
        case "tensor": return .tensor(bits: bits)
        case "channel": return .channel(bits: bits)
        case "block":
            return block(weights["block_structure"]).map { .block(rows: $0.rows, columns: $0.columns, bits: bits) }
        case "group":
            guard let size = weights["group_size"]?.count, (1...65_536).contains(size) else { return nil }
            return .group(size: size, bits: bits, overhead: 16 + (weights["symmetric"]?.flag == false ? bits : 0))
        default: return nil
        }
    }

    /// NVFP4 has a scale of eight bits for every 16 weights.
    private static func modelOpt(_ algorithm: String, _ json: JSONValue) -> Quantisation.Scheme? {
        switch algorithm {
        case "FP8": return .tensor(bits: 8)
        case "NVFP4": return .group(size: 16, bits: 4, overhead: 8)
        case "W4A16_AWQ":
            guard let size = json["group_size"]?.count, (1...65_536).contains(size) else { return nil }
            return .group(size: size, bits: 4, overhead: 16)
        default: return nil
        }
    }

    private static func cache(_ json: JSONValue) -> NumberFormat? {
        let isEightBits = json["kv_cache_quant_algo"]?.text == "FP8"
        if case .object? = json["kv_cache_scheme"] { return .float8 }
        return isEightBits ? .float8 : nil
    }

    /// What is left out of every checkpoint, whatever the scheme: all else makes the matrices differ.
    private static let usual = [
        "lm_head", "embed", "router", "norm", "vis", "mtp", "eh_proj", "shared_head", "nextn", "rotary", "indexer",
    ]

    private static func leavesLayersOut(_ ignored: JSONValue?) -> Bool {
        (ignored?.elements ?? []).compactMap(\.text).contains { name in
            // `mlp.gate` is the router, `mlp.gate_proj` is half of the MLP.
            let isRouter = Cut.contains(name, "gate") && !Cut.contains(name, "gate_") && !Cut.contains(name, "gate-")
            return !isRouter && !usual.contains { Cut.contains(name, $0) }
        }
    }
}
