/// How a checkpoint stores the matrices of its layers in fewer bits. Embedding, head, router and norms stay as they
/// are.
package struct Quantisation: Hashable, Sendable {
    /// What shares a scale.
    package enum Scheme: Hashable, Sendable {
        /// Rectangles of the matrix: `weight_block_size`.
        case block(rows: Int, columns: Int, bits: Int)
        /// A row.
        case channel(bits: Int)
        case tensor(bits: Int)
        /// Neighbours within a row; `overhead` is the bits of scale and zero point of one group.
        case group(size: Int, bits: Int, overhead: Int)
    }

    /// As the file writes it: `fp8`, `compressed-tensors`, `awq`.
    package var method: String
    /// Nothing where the file says it in a form that is not known here.
    package var scheme: Scheme?
    /// Attention, MLPs or whole layers are left out, so that the matrices are not all stored alike.
    package var leavesLayersOut: Bool
    /// What the checkpoint asks the cache to be stored as.
    package var cache: NumberFormat?

    package init(
        method: String,
        scheme: Scheme?,
        leavesLayersOut: Bool = false,
        cache: NumberFormat? = nil
    ) {
        self.method = method
        self.scheme = scheme
        self.leavesLayersOut = leavesLayersOut
        self.cache = cache
    }
}

extension Quantisation.Scheme {
    /// Bytes of a scale where it has a row, a block or a tensor to itself: FP32 in every engine.
    private static let scale = 4.0

    /// Bytes of a part of a matrix with its scales.
    ///
    /// - Parameters:
    ///   - rows: Rows of the part.
    ///   - columns: Columns of the part.
    /// - Returns: Weights and scales together.
    func bytes(rows: Double, columns: Double) -> Double {
        switch self {
        case .block(let blockRows, let blockColumns, let bits):
            let blocks =
                (rows / Double(blockRows)).rounded(.up) * (columns / Double(blockColumns)).rounded(.up)
            return rows * columns * Double(bits) / 8 + blocks * Self.scale
        case .channel(let bits): return rows * columns * Double(bits) / 8 + rows * Self.scale
        case .tensor(let bits): return rows * columns * Double(bits) / 8 + Self.scale
        case .group(let size, let bits, let overhead):
            return rows * columns * (Double(bits) + Double(overhead) / Double(size)) / 8
        }
    }
}
