import MusterEngines
package import MusterPlan
package import MusterSpec

/// The first thing that went wrong in a gang; everything after it may be its consequence.
package enum Failure: Hashable, Sendable {
    /// A unit ended by itself.
    case unitEnded(NodeRank, UnitEnd)
    /// A unit could not be launched at all.
    case launchRefused(NodeRank, String)
    /// The gang was not ready in time.
    case timedOut(after: Duration, in: String)
    /// A phase made no progress for longer than it is given.
    case stalled(Stall)
    /// A node could not be reached for longer than the grace period.
    case contactLost(NodeRank, for: Duration)
    /// GPU workers of a unit are gone while its launcher runs.
    case workersMissing(NodeRank, [GlobalRank])
    /// A gang that was ready gives wrong answers, or none.
    case unhealthy(ReadinessLayer, String)
    /// A node is lost, and the gang generates nothing without it.
    case nodeLost(NodeRank, String)
    /// Memory of a GPU does not come back.
    case memoryHeld(String)
    /// A person asked for it, or a newer plan takes the place of this one.
    case asked(String)
    /// A person interrupted a start.
    case interrupted

    /// Whether the gang cannot serve any more, whoever launched it: no engine lets a rank rejoin.
    var endsTheGang: Bool { if case .unitEnded = self { true } else { false } }

    /// Whether logs may tell more: nobody's wish, and something had been launched.
    package var isInLogs: Bool {
        switch self {
        case .launchRefused, .memoryHeld, .asked, .interrupted: false
        case .unitEnded, .timedOut, .stalled, .contactLost, .workersMissing, .unhealthy, .nodeLost: true
        }
    }

    /// The unit that failed first, where it is known.
    package var unit: NodeRank? {
        switch self {
        case .unitEnded(let unit, _), .launchRefused(let unit, _), .contactLost(let unit, _),
            .workersMissing(let unit, _),
            .nodeLost(let unit, _):
            unit
        case .stalled(let stall): stall.unit
        case .timedOut, .unhealthy, .memoryHeld, .asked, .interrupted: nil
        }
    }

    /// The code whose page explains it.
    package var code: DiagnosticCode {
        switch self {
        case .unitEnded, .launchRefused: .unitEnded
        case .timedOut: .startupTimedOut
        case .stalled: .startStalled
        case .contactLost: .connectionLost
        case .workersMissing: .workerGone
        case .unhealthy: .unhealthy
        case .nodeLost: .nodeLost
        case .memoryHeld: .memoryHeld
        case .asked, .interrupted: .interrupted
        }
    }

    /// In words, with the names of the plan's nodes.
    package func text(in plan: LaunchPlan) -> String {
        func name(_ rank: NodeRank) -> String { plan.unit(rank)?.node.name ?? "node rank \(rank)" }
        return switch self {
        case .unitEnded(let rank, let end): "node rank \(rank) on \(name(rank)) \(end.text)"
        case .launchRefused(let rank, let reason):
            "node rank \(rank) on \(name(rank)) could not be started: \(reason)"
        case .timedOut(let after, let what): "not ready after \(ElapsedText.text(after)): \(what)"
        case .stalled(let stall): stall.text(in: plan)
        case .contactLost(let rank, let span):
            "no contact with \(name(rank)) for \(ElapsedText.text(span)) while the gang was starting"
        case .workersMissing(let rank, let ranks):
            "the launcher of node rank \(rank) on \(name(rank)) runs, but not its GPU workers of rank "
                + ranks.map(\.description).joined(separator: ", ")
        case .unhealthy(.generation, let reason): "the gang runs, but generates nothing: \(reason)"
        case .unhealthy(let layer, let reason): "the gang runs, but not \(layer.name): \(reason)"
        case .nodeLost(let rank, let reason): "\(name(rank)) is lost, and without it nothing is generated: \(reason)"
        case .memoryHeld(let what): "GPU memory is not free: \(what)"
        case .asked(let why): why
        case .interrupted: "interrupted before all units were started"
        }
    }

    /// What makes two failures the same one again: the kind, the unit and how it ended, without spans and numbers that
    /// differ each time.
    package var signature: String {
        switch self {
        case .unitEnded(let rank, let end): "ended \(rank) \(end.signature)"
        case .launchRefused(let rank, let reason): "refused \(rank) \(reason)"
        case .timedOut(_, let what): "timed out \(what)"
        case .stalled(let stall): "stalled \(stall.phase.name)"
        case .contactLost(let rank, _): "contact \(rank)"
        case .workersMissing(let rank, let ranks):
            "workers \(rank) \(ranks.map(\.description).joined(separator: ","))"
        case .unhealthy(let layer, _): "unhealthy \(layer.name)"
        case .nodeLost(let rank, _): "lost \(rank)"
        case .memoryHeld: "memory"
        case .asked(let why): "asked \(why)"
        case .interrupted: "interrupted"
        }
    }
}

extension UnitEnd {
    fileprivate var signature: String {
        switch self {
        case .exited(let status): "exited \(status)"
        case .lost: "lost"
        case .orphaned: "orphaned"
        }
    }
}
