extension ModelShape {
    /// The matrices of a layer's attention; nothing where its sizes are not known.
    var attentionMatrices: [WeightMatrix]? {
        guard let hidden, let attention else { return nil }
        switch attention {
        case .grouped(let heads, let keyValueHeads, let size):
            return [
                WeightMatrix("query projection", heads * size, hidden, .attention, pieces: heads),
                WeightMatrix(
                    "key and value projections",
                    keyValueHeads * size,
                    hidden,
                    .attention,
                    pieces: keyValueHeads,
                    copies: 2
                ),
                WeightMatrix("output projection", hidden, heads * size, .attention, cut: .columns, pieces: heads),
            ]
        case .latent(let latent):
            let queries = latent.heads * (latent.plain + latent.rotary)
            var matrices: [WeightMatrix] = []
            if let rank = latent.queryRank {
                matrices.append(WeightMatrix("query compression", rank, hidden, .everything))
                matrices.append(WeightMatrix("query projection", queries, rank, .attention, pieces: latent.heads))
            } else {
                matrices.append(WeightMatrix("query projection", queries, hidden, .attention, pieces: latent.heads))
            }
            let outputs = latent.heads * (latent.plain + latent.value)
            return matrices + [
                WeightMatrix("key and value compression", latent.keyValueRank + latent.rotary, hidden, .everything),
                WeightMatrix(
                    "key and value projections",
                    outputs,
                    latent.keyValueRank,
                    .attention,
                    pieces: latent.heads
                ),
                WeightMatrix(
                    "output projection",
                    hidden,
                    latent.heads * latent.value,
                    .attention,
                    cut: .columns,
                    pieces: latent.heads
                ),
            ]
        }
    }

    /// The matrices of a dense layer's MLP.
    var denseMatrices: [WeightMatrix]? { mlp("dense layers", intermediate, .dense) }

    /// The matrices of a layer's experts, the shared ones among them, and its router.
    var expertMatrices: [WeightMatrix]? {
        guard let hidden, let experts,
            let routed = mlp("experts", experts.intermediate, .experts, experts: experts.count),
            let shared = experts.sharedIntermediate == 0
                ? [] : mlp("shared experts", experts.sharedIntermediate, .sharedExperts)
        else { return nil }
        return routed + shared + [WeightMatrix("router", experts.count, hidden, .everything, isPlain: true)]
    }

    private func mlp(
        _ name: String,
        _ width: Int?,
        _ share: ModelSplit.Share,
        experts: Int = 1
    ) -> [WeightMatrix]? {
        guard let hidden, let width else { return nil }
        return [
            WeightMatrix(name, width, hidden, share, copies: 2, experts: experts),
            WeightMatrix(name, hidden, width, share, cut: .columns, experts: experts),
        ]
    }

    /// What MLA keeps a second time, in BF16, so that a token's cache stays compressed.
    var absorbedMatrix: WeightMatrix? {
        guard case .latent(let latent)? = attention else { return nil }
        return WeightMatrix(
            "absorbed projections",
            latent.heads * (latent.plain + latent.value),
            latent.keyValueRank,
            .attention,
            pieces: latent.heads,
            isPlain: true
        )
    }

    /// The embedding, or the head, which has its sizes.
    func table(_ share: ModelSplit.Share) -> WeightMatrix? {
        guard let vocabulary, let hidden else { return nil }
        return WeightMatrix(share.rawValue, vocabulary, hidden, share, isPlain: true)
    }

    /// All parameters without the layers that predict further tokens; nothing where they cannot be counted.
    package var parameters: Double? {
        guard isCountable, let layers, let hidden, let embedding = table(.embedding) else { return nil }
        var sum = embedding.parameters * (sharesEmbedding ? 1 : 2) + Double(hidden)
        for layer in 0..<layers {
            guard let matrices = matrices(ofLayer: layer) else { return nil }
            sum += matrices.reduce(2 * Double(hidden)) { $0 + $1.parameters }
        }
        return sum
    }

    func matrices(ofLayer layer: Int) -> [WeightMatrix]? {
        guard let attention = attentionMatrices,
            let others = experts?.areIn(layer: layer) == true ? expertMatrices : denseMatrices
        else { return nil }
        return attention + others
    }
}
