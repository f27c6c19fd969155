import MusterSpec

/// How far a rank has come. What is behind others holds them up.
enum BandwidthStep: Hashable, Sendable, Comparable {
    case start, importing, meeting, connecting
    /// A message of so many bytes.
    case reducing(Int)

    /// The words of a report: `reduce 65536`.
    init?(_ words: [String]) {
        switch (words.first, words.count) {
        case ("import", 1): self = .importing
        case ("meet", 1): self = .meeting
        case ("connect", 1): self = .connecting
        case ("reduce", 2):
            guard let size = Digits.count(words[1]) else { return nil }
            self = .reducing(size)
        default: return nil
        }
    }

    /// What it is doing: `importing torch`.
    var text: String {
        switch self {
        case .start: "starting"
        case .importing: "importing torch"
        case .meeting: "meeting the other ranks"
        case .connecting: "connecting to the other ranks"
        case .reducing(let size): "reducing \(Amount.text(ByteCount(bytes: size)))"
        }
    }
}
