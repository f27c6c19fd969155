/// The sizes of a model as its `config.json` gives them. What the file does not say, or says in a form that is not
/// known here, is nothing: whoever needs it is silent.
package struct ModelShape: Hashable, Sendable {
    /// Something the arithmetic here does not cover.
    package enum Irregularity: String, Hashable, Sendable, CaseIterable {
        /// Some layers keep the last tokens only.
        case slidingWindow = "sliding window"
        /// Layers without attention, or with attention of another kind.
        case mixedLayers = "layers of different kinds"
        /// Lists where there is one number for all layers otherwise.
        case sizesByLayer = "sizes that differ from layer to layer"
        /// A second cache, for choosing the tokens to attend to.
        case indexer = "sparse attention with an index"
        /// Towers for pictures or sound beside the language model.
        case towers = "towers for other media"
        case encoder = "an encoder"

        /// Whether the weights of a rank cannot be counted with it.
        var hidesWeights: Bool { self == .mixedLayers || self == .sizesByLayer || self == .encoder }
        /// Whether the bytes of a token cannot be.
        var hidesCache: Bool { self != .towers }
    }

    /// `rope_scaling`, as far as it changes how many positions there are.
    package struct PositionScaling: Hashable, Sendable {
        /// `yarn`, `linear`, `llama3`.
        package var type: String
        package var factor: Double
        /// `original_max_position_embeddings`
        package var original: Int?

        package init(type: String, factor: Double, original: Int?) {
            self.type = type
            self.factor = factor
            self.original = original
        }
    }

    package var architectures: [String] = []
    package var modelType: String?
    package var layers: Int?
    package var hidden: Int?
    /// Width of a dense MLP.
    package var intermediate: Int?
    package var attention: AttentionShape?
    /// Nothing for a dense model.
    package var experts: ExpertShape?
    package var vocabulary: Int?
    /// Whether the head is the embedding; nothing where the file leaves it to the family.
    package var tiesEmbeddings: Bool?
    /// Layers for predicting several tokens: in the checkpoint behind the others, and not loaded by default.
    package var predictionLayers = 0
    /// Of the checkpoint, where nothing is quantised.
    package var format: NumberFormat?
    package var quantisation: Quantisation?
    /// `max_position_embeddings`
    package var positions: Int?
    package var scaling: PositionScaling?
    package var irregularities: Set<Irregularity> = []

    package init() {}

    /// Sizes beyond these are no model's, and products of those within fit an integer.
    package static let largestSize = 1 << 24
    package static let mostLayers = 10_000
    /// Heads of a layer, and the size of one.
    package static let mostHeads = 1 << 16
    package static let mostExperts = 1 << 16
}
