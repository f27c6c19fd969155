package import MusterEngines
package import MusterPlan
package import MusterSpec

/// Ranks that stand still in a phase while others wait for them.
package struct Stall: Hashable, Sendable {
    package var phase: Phase
    /// In their order.
    package var ranks: [GlobalRank]
    /// For how long.
    package var quiet: Duration
    /// After what time it is a failure.
    package var limit: Duration
    /// What all of the phase took in the last good start.
    package var lastGood: Duration?
    /// The unit they all are of, where others are further.
    package var unit: NodeRank?

    package init(
        phase: Phase,
        ranks: [GlobalRank],
        quiet: Duration,
        limit: Duration,
        lastGood: Duration? = nil,
        unit: NodeRank? = nil
    ) {
        self.phase = phase
        self.ranks = ranks
        self.quiet = quiet
        self.limit = limit
        self.lastGood = lastGood
        self.unit = unit
    }

    /// Whether a person should hear of it before it is a failure.
    var isRemarkable: Bool { quiet * 2 >= limit }

    /// In words, with the names of the plan's nodes.
    package func text(in plan: LaunchPlan) -> String {
        let limit = "the limit is \(ElapsedText.text(limit))"
        let last = lastGood.map { ", and all of it took \(ElapsedText.text($0)) in the last good start" } ?? ""
        return
            "\(who(in: plan)) made no progress in phase \(phase.name) for \(ElapsedText.text(quiet)): \(limit)\(last)"
    }

    private func who(in plan: LaunchPlan) -> String {
        let all = plan.ranks.count
        if ranks.count == all { return all == 1 ? "rank \(ranks[0])" : "all \(all) ranks" }
        let wanted = Set(ranks)
        let nodes = plan.units.filter { unit in unit.ranks.contains { wanted.contains($0.global) } }.map(\.node.name)
        let numbers = RankRuns.text(ranks)
        return "rank\(ranks.count == 1 ? "" : "s") \(numbers) on \(nodes.joined(separator: ", "))"
    }
}

/// Ranks in few words.
enum RankRuns {
    /// `3`, `8-15`, `0-3, 7`.
    static func text(_ ranks: [GlobalRank]) -> String {
        var runs: [ClosedRange<Int>] = []
        for rank in ranks.map(\.value) {
            if let last = runs.last, last.upperBound + 1 == rank {
                runs[runs.count - 1] = last.lowerBound...rank
            } else {
                runs.append(rank...rank)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }
}
