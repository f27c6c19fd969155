package import MusterEngines
package import MusterPlan
package import MusterSpec

/// The first cause of a gang's end, in a form that outlives the process that saw it.
package struct Cause: Codable, Hashable, Sendable {
    /// The code whose page explains it: `MUS0601`.
    package var code: String
    /// In words.
    package var text: String
    /// Equal for the same failure happening again.
    package var signature: String
    /// The unit that failed first, where it is known.
    package var nodeRank: NodeRank?
    /// The node that unit was on.
    package var node: String?
    /// How far the slowest rank had come; nothing once the gang was ready.
    package var reached: Int?
    /// The last lines of that unit's log.
    package var evidence: [String]
    /// A person's wish rather than a failure.
    package var isWish: Bool

    /// `reached` as a number that grows with every phase.
    package var reachedNumber: Int { reached ?? RestartHistory.ready }

    package init(_ failure: Failure, in plan: LaunchPlan, reached: Phase?, evidence: [String] = []) {
        code = failure.code.description
        text = failure.text(in: plan)
        signature = failure.signature
        nodeRank = failure.unit
        node = failure.unit.flatMap { plan.unit($0)?.node.name }
        self.reached = reached?.rawValue
        self.evidence = evidence
        isWish = if case .asked = failure { true } else { false }
    }
}
