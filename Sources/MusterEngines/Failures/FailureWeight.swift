/// How much a line has to say about the first cause; less is more.
package struct FailureWeight: Hashable, Sendable, Comparable {
    private let rank: Int

    init(
        _ fatality: FailureSignature.Fatality,
        _ role: FailureSignature.Role,
        isExplained: Bool = false,
        isSurvived: Bool = false
    ) {
        let said =
            switch role {
            case .cause: 0
            case .symptom: 1
            case .umbrella: 2
            case .victim: 4
            }
        rank =
            switch fatality {
            case .fatal: isExplained ? 5 : isSurvived ? max(3, said) : said
            case .warning: 6 + said
            case .harmless: 11
            }
    }

    /// Of something that failed for a reason that no line tells.
    static let unexplained = FailureWeight(.fatal, .umbrella)

    package static func < (left: FailureWeight, right: FailureWeight) -> Bool { left.rank < right.rank }
}
