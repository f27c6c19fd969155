package import MusterEngines
package import MusterSpec

extension ModelShape: DocumentValue {
    package var json: JSONValue {
        [
            "model_type": .optional(modelType), "architectures": .array(architectures.map(JSONValue.string)),
            "parameters": parameters.flatMap { Int(exactly: $0.rounded()) }.map(JSONValue.integer) ?? .null,
            "layers": .optional(layers), "hidden": .optional(hidden), "intermediate": .optional(intermediate),
            "vocabulary": .optional(vocabulary), "positions": .optional(positions),
            "dtype": .optional(format?.rawValue),
            "irregularities": .array(irregularities.map(\.rawValue).sorted().map(JSONValue.string)),
            "attention": attention?.json ?? .null, "experts": experts?.json ?? .null,
            "quantisation": quantisation?.json ?? .null,
        ]
    }

    package var sections: [DocumentSection] {
        [DocumentSection(nil, columns: [], rows: rows.map { [.init($0.0, .faint), $0.1] })]
    }

    private var rows: [(String, DocumentSection.Cell)] {
        func cell(_ text: String?) -> DocumentSection.Cell { text.map { .init($0) } ?? .init("?", .faint) }
        var rows: [(String, DocumentSection.Cell)] = [
            ("model", .init(modelType ?? architectures.first ?? "?", .strong)),
            ("parameters", cell(parameters.map(Amount.parameters))),
            ("layers", cell(layers.map(String.init))), ("hidden", cell(hidden.map(String.init))),
            ("attention", cell(attention?.text)),
            ("dense mlp", cell(intermediate.map(String.init))),
        ]
        if let experts { rows.append(("experts", .init(experts.text))) }
        rows.append(("vocabulary", cell(vocabulary.map(String.init))))
        rows.append(("positions", cell(positions.map(String.init))))
        rows.append(("weights", cell(quantisation?.text ?? format?.rawValue)))
        return rows
    }
}

extension AttentionShape {
    fileprivate var json: JSONValue {
        switch self {
        case .grouped(let heads, let groups, let size):
            ["heads": .integer(heads), "key_value_heads": .integer(groups), "head_size": .integer(size)]
        case .latent(let latent):
            [
                "heads": .integer(latent.heads), "query_rank": .optional(latent.queryRank),
                "key_value_rank": .integer(latent.keyValueRank), "rotary": .integer(latent.rotary),
                "plain": .integer(latent.plain), "value": .integer(latent.value),
            ]
        }
    }

    var text: String {
        switch self {
        case .grouped(let heads, let groups, let size): "\(heads) heads of \(size), \(groups) for keys and values"
        case .latent(let latent):
            "\(latent.heads) heads over \(latent.keyValueRank) + \(latent.rotary) for keys and values (MLA)"
        }
    }
}

extension ExpertShape {
    fileprivate var json: JSONValue {
        [
            "count": .integer(count), "intermediate": .optional(intermediate),
            "shared_intermediate": .integer(sharedIntermediate), "first_sparse_layer": .integer(firstSparse),
            "step": .integer(step),
        ]
    }

    var text: String {
        let width = intermediate.map { " of \($0)" } ?? ""
        let shared = sharedIntermediate > 0 ? ", shared ones of \(sharedIntermediate)" : ""
        let first = firstSparse > 0 ? ", from layer \(firstSparse) on" : ""
        return "\(count)\(width)\(shared)\(first)"
    }
}

extension Quantisation {
    fileprivate var json: JSONValue {
        [
            "method": .string(method), "scheme": .optional(scheme?.text),
            "leaves_layers_out": .boolean(leavesLayersOut), "cache": .optional(cache?.rawValue),
        ]
    }

    var text: String { "\(method)\(scheme.map { ", \($0.text)" } ?? "")" }
}

extension Quantisation.Scheme {
    var text: String {
        switch self {
        case .block(let rows, let columns, let bits): "\(bits) bits in blocks of \(rows)x\(columns)"
        case .channel(let bits): "\(bits) bits by channel"
        case .tensor(let bits): "\(bits) bits by tensor"
        case .group(let size, let bits, _): "\(bits) bits in groups of \(size)"
        }
    }
}

extension Amount {
    /// `671.0 B`, `7.6 B`.
    static func parameters(_ count: Double) -> String {
        for (unit, size) in [("T", 1e12), ("B", 1e9), ("M", 1e6)] where count >= size {
            let tenths = (count / size * 10).rounded() / 10
            return "\(tenths) \(unit)"
        }
        return "\(count)"
    }
}
