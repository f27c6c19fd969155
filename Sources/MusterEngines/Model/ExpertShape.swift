/// The experts of a model, and which layers have them.
package struct ExpertShape: Hashable, Sendable {
    /// Experts that tokens are routed to.
    package var count: Int
    /// Width of one.
    package var intermediate: Int?
    /// Width of what every token passes besides, all shared experts together; 0 for none.
    package var sharedIntermediate: Int
    /// `first_k_dense_replace`: layers before it are dense.
    package var firstSparse: Int
    /// Every so many layers have experts...
    package var step: Int
    /// ...counted so that this many layers come first: 0 in DeepSeek, `step - 1` in Qwen.
    package var offset: Int
    /// `mlp_only_layers`
    package var denseLayers: Set<Int>

    package init(
        count: Int,
        intermediate: Int?,
        sharedIntermediate: Int = 0,
        firstSparse: Int = 0,
        step: Int = 1,
        offset: Int = 0,
        denseLayers: Set<Int> = []
    ) {
        self.count = count
        self.intermediate = intermediate
        self.sharedIntermediate = sharedIntermediate
        self.firstSparse = firstSparse
        self.step = max(1, step)
        self.offset = offset
        self.denseLayers = denseLayers
    }

    /// Whether a layer, counted from 0, has experts.
    package func areIn(layer: Int) -> Bool {
        layer >= firstSparse && layer % step == offset % step && !denseLayers.contains(layer)
    }
}
