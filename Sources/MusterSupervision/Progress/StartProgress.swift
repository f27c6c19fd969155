import MusterEngines
package import MusterSpec

/// How far a start is, in numbers for a person who waits.
package struct StartProgress: Hashable, Sendable {
    /// How much of the start each rank has behind it, from 0 to 1.
    package var ranks: [GlobalRank: Double]
    /// How much of it the gang has behind it: as much as its slowest rank.
    package var fraction: Double
    /// From now to ready; nothing where no start was good yet.
    package var remaining: Duration?
    /// What all of the last good start took.
    package var lastTook: Duration?
    /// Who stands still, once that has lasted for half of what it may.
    package var stall: Stall?

    /// - Parameters:
    ///   - progress: Where the ranks are.
    ///   - forecast: What the last good start took.
    ///   - spent: Since the slowest rank came to its phase.
    ///   - stall: Who stands still.
    package init(_ progress: GangProgress, _ forecast: StartForecast, spent: Duration, stall: Stall? = nil) {
        let slowest = progress.phase
        let counters = Dictionary(uniqueKeysWithValues: Phase.allCases.map { ($0, progress.counter(in: $0)) })
        ranks = progress.ranks.mapValues { rank in
            let counter = rank.progress ?? counters[rank.phase] ?? nil
            let part = forecast.part(of: rank.phase, counter, spent: rank.phase == slowest ? spent : .zero)
            return forecast.fraction(in: rank.phase, part: part)
        }
        fraction = ranks.values.min() ?? 0
        remaining = forecast.remaining(in: slowest, counters[slowest] ?? nil, spent: spent)
        lastTook = forecast.lastTook
        self.stall = stall
    }
}
