/// What becomes of the memory of each GPU of one pipeline stage.
package struct MemoryBudget: Hashable, Sendable {
    /// What memory is taken for.
    package enum Purpose: String, Hashable, Sendable {
        /// The CUDA context and NCCL's buffers.
        case runtime
        case weights
        /// Activations and graphs that the engine measures before it makes the cache.
        case activations
        case cache
        /// SGLang's table of which token of a request lies where.
        case requests
        /// What is left for activations and graphs; less than nothing where there is not enough.
        case rest
    }

    /// One part of the card.
    package struct Term: Hashable, Sendable {
        package let purpose: Purpose
        /// May be negative for what is left.
        package let bytes: Int
        /// How it comes about, in figures.
        package let formula: String
    }

    /// How many tokens the cache holds on a GPU.
    package struct Tokens: Hashable, Sendable {
        /// With 3 % more weights and larger reserves.
        package let least: Int
        package let likely: Int
        /// With 3 % less weights and the smallest reserves: what is more than this fails.
        package let most: Int
    }

    /// Counted from 0.
    package let stage: Int
    /// Counted from 0.
    package let layers: Range<Int>
    package let card: CardMemory
    /// The part of the card for weights and cache.
    package let fraction: Double
    /// Whether the file gives it.
    package let isFractionGiven: Bool
    /// In the order in which they are taken; together they are the card.
    package let terms: [Term]
    /// Bytes of cache for one token on one GPU; nothing where it cannot be told.
    package let tokenBytes: Int?
    package let tokens: Tokens?
    /// What is there for weights and cache together.
    package let pool: Int
    /// Bytes of weights, by the likely figure.
    package let weights: Int

    /// How far the weights of a rank may be from the count.
    package static let margin = 0.03

    package func bytes(_ purpose: Purpose) -> Int { terms.first { $0.purpose == purpose }?.bytes ?? 0 }
}
