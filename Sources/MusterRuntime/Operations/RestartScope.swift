import MusterEngines
import MusterPlan
package import MusterSpec
package import MusterSupervision

/// Decides how much has to restart when one unit does.
package enum RestartScope: String, Sendable, CaseIterable {
    case auto, rank, gang

    /// What will be restarted, and why.
    package enum Answer: Hashable, Sendable {
        case unit(NodeRank, generation: Int)
        case gang(reason: String)
        case refused(reason: String)
    }

    /// - Parameters:
    ///   - unit: The unit that is to restart.
    ///   - observed: What runs.
    ///   - progress: Where the ranks are, by their logs.
    /// - Returns: What restarts, with the reason when it is more than was named.
    package func answer(for unit: NodeRank, _ observed: ObservedDeployment, _ progress: GangProgress) -> Answer {
        let total = progress.ranks.count
        let others = observed.live.filter {
            $0.node != unit && $0.node == $0.unit.nodeRank && $0.unit.state == .running
        }
        let generation = observed.generation
        let everyoneElseWaits =
            others.count == observed.plan.units.count - 1 && others.allSatisfy { $0.unit.generation == generation }
        // Ranks of the unit itself start over, so only the others tell whether the world is already closed.
        let joined = progress.count(reached: .connected)
        let isOpen = everyoneElseWaits && joined == 0 && observed.plan.units.count > 1
        switch self {
        case .gang: return .gang(reason: "asked for")
        case .auto, .rank:
            if isOpen { return .unit(unit, generation: generation) }
            let reason =
                if joined > 0 {
                    "the rendezvous is complete (\(joined) of \(total) ranks joined): no rank can rejoin"
                } else if observed.plan.units.count == 1 {
                    "the unit is the whole gang"
                } else {
                    "not all other units of generation \(generation) are running"
                }
            return self == .rank ? .refused(reason: reason) : .gang(reason: reason)
        }
    }
}
