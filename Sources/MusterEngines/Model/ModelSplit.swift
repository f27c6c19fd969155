/// How many ranks share each kind of weights, within one pipeline stage.
package struct ModelSplit: Hashable, Sendable {
    /// What is shared together.
    package enum Share: String, Hashable, Sendable {
        case attention, dense, sharedExperts, experts, embedding, head
        /// By nobody: each rank has a copy.
        case everything
    }

    /// Ranks that share a layer's attention: TP without what attention DP takes of it.
    package var attention: Int
    package var dense: Int
    package var sharedExperts: Int
    /// Ranks that experts are spread over, whole.
    package var expertParallel: Int
    /// Ranks that share each expert.
    package var expertTensor: Int
    /// Copies of experts beyond the model's own.
    package var redundantExperts: Int
    /// Whether the last rank has all experts that do not divide, in place of one more on each of the first.
    package var lastHasRemainder: Bool
    package var embedding: Int
    package var head: Int

    package init(tensor: Int) {
        attention = tensor
        dense = tensor
        sharedExperts = tensor
        expertParallel = 1
        expertTensor = tensor
        redundantExperts = 0
        lastHasRemainder = false
        embedding = tensor
        head = tensor
    }

    /// Ranks that cut a matrix of this share into parts.
    func ways(_ share: Share) -> Int {
        switch share {
        case .attention: attention
        case .dense: dense
        case .sharedExperts: sharedExperts
        case .experts: expertTensor
        case .embedding: embedding
        case .head: head
        case .everything: 1
        }
    }

    /// Whole experts, or parts of them, on the fullest rank, copies among them.
    func expertsOnRank(of count: Int) -> Int {
        let all = count + redundantExperts
        guard lastHasRemainder else { return (all + expertParallel - 1) / expertParallel }
        return all - (expertParallel - 1) * (all / expertParallel)
    }

    /// Sizes that no cluster has; their products fit an integer.
    static let most = 1 << 20
}
