/// One matrix of a model, or several that are alike: what it is, how large, and how ranks share it.
struct WeightMatrix: Hashable, Sendable {
    /// Along which side it is cut. Engines store `[output, input]`, so a column-parallel layer is cut by rows.
    enum Cut: Hashable, Sendable {
        case rows, columns
    }

    /// As messages name it: `gate and up projections`.
    let name: String
    /// Output features.
    let rows: Int
    /// Input features.
    let columns: Int
    let share: ModelSplit.Share
    let cut: Cut
    /// Pieces that must stay whole when it is cut, such as heads; the size itself where there are none.
    let pieces: Int
    /// How many alike there are: gate and up.
    let copies: Int
    /// How many experts have them.
    let experts: Int
    /// Never quantised.
    let isPlain: Bool

    init(
        _ name: String,
        _ rows: Int,
        _ columns: Int,
        _ share: ModelSplit.Share,
        cut: Cut = .rows,
        pieces: Int? = nil,
        copies: Int = 1,
        experts: Int = 1,
        isPlain: Bool = false
    ) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.share = share
        self.cut = cut
        self.pieces = pieces ?? (cut == .rows ? rows : columns)
        self.copies = copies
        self.experts = experts
        self.isPlain = isPlain
    }

    /// The side that is cut.
    var cutSize: Int { cut == .rows ? rows : columns }

    var parameters: Double { Double(rows) * Double(columns) * Double(copies) * Double(experts) }

    /// The part of the cut side that one rank has: whole pieces, and at least one, which is how heads of keys and
    /// values are repeated.
    func part(_ ways: Int) -> Double {
        guard pieces > 0 else { return 0 }
        let whole = (pieces + ways - 1) / ways
        return Double(cutSize) / Double(pieces) * Double(whole)
    }

    /// Bytes on one rank.
    ///
    /// - Parameters:
    ///   - split: Who shares what; nothing for the checkpoint, which holds it whole.
    ///   - scheme: How it is quantised, if it is.
    ///   - plain: Bytes of a number that is not quantised.
    /// - Returns: Weights and scales of one rank's part.
    func bytes(_ split: ModelSplit?, _ scheme: Quantisation.Scheme?, plain: Double) -> Double {
        let part = part(split?.ways(share) ?? 1)
        let (ownRows, ownColumns) =
            cut == .rows ? (part, Double(columns)) : (Double(rows), part)
        let one = isPlain ? nil : scheme
        return (one?.bytes(rows: ownRows, columns: ownColumns) ?? ownRows * ownColumns * plain) * ownCopies(split)
    }

    /// Of the fullest rank. A checkpoint has each expert once.
    private func ownCopies(_ split: ModelSplit?) -> Double {
        guard let split, share == .experts else { return Double(copies) * Double(experts) }
        return Double(copies) * Double(split.expertsOnRank(of: experts))
    }
}
