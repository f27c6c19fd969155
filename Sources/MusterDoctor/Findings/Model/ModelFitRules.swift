/// Whether the model fits the layout and the cards: shapes against sizes, weights and cache against free memory.
enum ModelFitRules {
    /// The place for them.
    static let all: [ClusterRule] = []
}
