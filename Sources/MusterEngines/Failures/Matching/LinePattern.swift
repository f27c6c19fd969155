/// What a line must hold, as literal text with `~` for one or more bytes without a space, `#` for a number and `*` for
/// any bytes, at most 200. It may stand anywhere in the line.
package struct LinePattern: Hashable, Sendable, ExpressibleByStringLiteral {
    enum Piece: Hashable, Sendable {
        case literal([UInt8])
        case word
        case number
        case any
    }

    /// No gap of a known message is wider.
    static let widestGap = 200

    let pieces: [Piece]
    /// What the first number must be one of; anything where empty.
    let numbers: Set<Int>
    /// What the first number must not be.
    let excluded: Set<Int>
    /// Text that makes the line another one's.
    let forbidden: [UInt8]?
    /// Where this form of the message says something else than the signature's others.
    let role: FailureSignature.Role?

    init(
        _ text: String,
        numbers: Set<Int> = [],
        excluding excluded: Set<Int> = [],
        without forbidden: String? = nil,
        role: FailureSignature.Role? = nil
    ) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        for byte in text.utf8 {
            let wild: Piece? =
                switch byte {
                case UInt8(ascii: "*"): .any
                case UInt8(ascii: "~"): .word
                case UInt8(ascii: "#"): .number
                default: nil
                }
            guard let wild else {
                literal.append(byte)
                continue
            }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(wild)
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.pieces = pieces
        self.numbers = numbers
        self.excluded = excluded
        self.forbidden = forbidden.map { Array($0.utf8) }
        self.role = role
    }

    package init(stringLiteral text: String) { self.init(text) }

    /// The longest literal: a line without it cannot match.
    var anchor: [UInt8] {
        pieces.reduce(into: []) { longest, piece in
            if case .literal(let bytes) = piece, bytes.count > longest.count { longest = bytes }
        }
    }
}
