package import MusterEngines
package import MusterPlan
package import MusterSpec

/// Where every rank of a gang is, put together from what the logs of its units say.
package struct GangProgress: Hashable, Sendable {
    /// Where one GPU worker is.
    package struct Rank: Hashable, Sendable {
        package var phase: Phase
        package var progress: LogSignal.Progress?
    }

    private let members: [NodeRank: [WorkerTitle: GlobalRank]]
    package private(set) var ranks: [GlobalRank: Rank]
    /// The furthest a launcher itself has said it is.
    package private(set) var launchers: [NodeRank: Phase] = [:]
    /// The furthest counter of each phase whose rank is further by now: those that print none are still counted by it.
    private var left: [Phase: LogSignal.Progress] = [:]

    package init(_ plan: LaunchPlan) {
        members = Dictionary(
            uniqueKeysWithValues: plan.units.map { unit in
                let titles = unit.ranks.map { (WorkerTitle(of: $0), $0.global) }
                return (unit.nodeRank, Dictionary(titles, uniquingKeysWith: { first, _ in first }))
            }
        )
        ranks = Dictionary(uniqueKeysWithValues: plan.ranks.map { ($0.rank.global, Rank(phase: .spawned)) })
    }

    /// Takes in one line; true when something moved.
    package mutating func take(_ signal: LogSignal, from unit: NodeRank) -> Bool {
        guard let titles = members[unit] else { return false }
        guard let worker = signal.worker else {
            // A launcher's own line about a phase of workers speaks for all of them; one about HTTP for itself.
            guard signal.phase < .http else { return raise(launcher: unit, to: signal.phase) }
            return titles.values.reduce(false) { raise($1, to: signal) || $0 }
        }
        guard let rank = titles[worker] else { return false }
        return raise(rank, to: signal)
    }

    /// What the ranks start over from when a unit is relaunched.
    package mutating func reset(_ unit: NodeRank) {
        for rank in (members[unit] ?? [:]).values { ranks[rank] = Rank(phase: .spawned) }
        launchers[unit] = nil
        left = [:]
    }

    /// How many ranks have come at least this far.
    package func count(reached phase: Phase) -> Int { ranks.values.count { $0.phase >= phase } }

    /// The phase the slowest rank of a unit is in.
    package func phase(of unit: NodeRank) -> Phase {
        let slowest = (members[unit] ?? [:]).values.compactMap { ranks[$0]?.phase }.min() ?? .spawned
        return max(slowest, launchers[unit] ?? .spawned)
    }

    /// The phase the whole gang is in: that of its slowest rank.
    package var phase: Phase { ranks.values.map(\.phase).min() ?? .spawned }

    /// The one counter a gang shows for weights or graphs: only world rank 0 prints it, and it is often the first through.
    package func counter(in phase: Phase) -> LogSignal.Progress? {
        let counters = ranks.values.filter { $0.phase == phase }.compactMap(\.progress)
        return (counters + [left[phase]].compactMap(\.self)).max { $0.share < $1.share }
    }

    private mutating func raise(_ rank: GlobalRank, to signal: LogSignal) -> Bool {
        guard var entry = ranks[rank], signal.phase >= entry.phase else { return false }
        let before = entry
        if signal.phase > entry.phase {
            if let last = entry.progress, last.share >= left[entry.phase]?.share ?? 0 { left[entry.phase] = last }
            entry.progress = nil
        }
        entry.phase = signal.phase
        if let progress = signal.progress { entry.progress = progress }
        ranks[rank] = entry
        return entry != before
    }

    private mutating func raise(launcher unit: NodeRank, to phase: Phase) -> Bool {
        guard phase > launchers[unit] ?? .spawned else { return false }
        launchers[unit] = phase
        return true
    }
}

extension LogSignal.Progress {
    /// From 0 to 1.
    fileprivate var share: Double { Double(done) / Double(max(1, total)) }
}
