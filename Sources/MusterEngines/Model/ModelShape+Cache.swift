extension ModelShape {
    /// Bytes of cache that a token takes on one GPU; nothing where layers differ or sizes are not known.
    ///
    /// - Parameters:
    ///   - layers: How many the GPU has.
    ///   - attention: Ranks that share a layer's attention.
    ///   - bits: Of one number.
    /// - Returns: Keys and values of all these layers together.
    package func tokenBytes(layers: Int, attention: Int, bits: Int) -> Int? {
        guard let shape = self.attention, !irregularities.contains(where: \.hidesCache), attention > 0,
            (1...Self.mostLayers).contains(layers)
        else { return nil }
        switch shape {
        case .grouped(_, let heads, let size):
            // Heads that are fewer than the ranks are repeated.
            return 2 * layers * ((heads + attention - 1) / attention) * size * bits / 8
        case .latent(let latent):
            // The compressed vector belongs to all heads, so every rank has it.
            return (latent.keyValueRank + latent.rotary) * layers * bits / 8
        }
    }

    /// Whether some layers have a dense MLP.
    var hasDenseLayers: Bool {
        guard let experts else { return true }
        guard let layers else { return experts.firstSparse > 0 || experts.step > 1 || !experts.denseLayers.isEmpty }
        return (0..<layers).contains { !experts.areIn(layer: $0) }
    }
}
