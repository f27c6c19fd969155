import MusterEngines
import MusterSpec

/// The card of each pipeline stage as a row of letters.
struct FitBars {
    let budgets: [MemoryBudget]
    /// Cells per line.
    let width: Int

    private static let widest = 64

    var section: DocumentSection {
        let labels = budgets.map { budgets.count > 1 ? "stage \($0.stage)  " : "" }
        let room = width - 2 - (labels.map(\.count).max() ?? 0)
        let length = max(1, min(Self.widest, room))
        let used = MemoryBudget.Purpose.ofCard.filter { purpose in budgets.contains { $0.bytes(purpose) > 0 } }
        let legend = used.map { "\($0.letter) \($0.title)" }.joined(separator: ", ")
        return DocumentSection(
            nil,
            lines: zip(labels, budgets).map { .init("\($0)[\(Self.bar($1, length: length))]") }
                + [.init(legend, .faint)]
        )
    }

    /// Each character is a part of the card; a purpose ends where the sum of all up to it ends, so that nothing is lost
    /// to rounding. What does not fit onto the card is not drawn.
    static func bar(_ budget: MemoryBudget, length: Int = widest) -> String {
        let total = Double(max(1, budget.card.total.bytes))
        var bar = ""
        var sum = 0.0
        for purpose in MemoryBudget.Purpose.ofCard {
            sum += Double(max(0, budget.bytes(purpose)))
            let end = min(length, Int((min(sum / total, 1) * Double(length)).rounded()))
            bar += String(repeating: purpose.letter, count: max(0, end - bar.count))
        }
        return bar + String(repeating: " ", count: length - bar.count)
    }
}

extension MemoryBudget.Purpose {
    /// In the order in which a card is filled.
    static let ofCard: [Self] = [.runtime, .weights, .activations, .cache, .requests, .rest]

    var letter: Character {
        switch self {
        case .runtime: "r"
        case .weights: "W"
        case .activations: "a"
        case .cache: "C"
        case .requests: "t"
        case .rest: "."
        }
    }

    var title: String {
        switch self {
        case .requests: "request table"
        case .rest: "left"
        default: rawValue
        }
    }
}
