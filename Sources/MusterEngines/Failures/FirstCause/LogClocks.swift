/// How far the clocks of nodes are apart: as it was measured, or as their logs tell.
///
/// Logs that somebody sent say nothing of clocks, but all ranks print some lines at one moment (`GangMoment`); the first
/// node that has one keeps the common clock.
struct LogClocks {
    /// Stamps are cut to whole seconds, so that the same moment may stand in two of them.
    private static let precision = -1_000_000_000...1_000_000_000

    /// By node.
    private var inferred: [String: Duration] = [:]

    init(_ readings: [LogReading], around fallback: LogInstant) {
        var met: [String: LogInstant] = [:]
        var common: LogInstant?
        for reading in readings where reading.source.clockOffset == nil {
            guard let moment = reading.met(around: fallback) else { continue }
            common = common ?? moment
            met[reading.source.node] = max(met[reading.source.node] ?? moment, moment)
        }
        guard let common else { return }
        inferred = met.mapValues { moment in
            let offset = moment.since(common)
            return Self.precision.contains(offset) ? .zero : .nanoseconds(offset)
        }
    }

    /// Nothing where neither tells it.
    func offset(of source: LogSource) -> Duration? { source.clockOffset ?? inferred[source.node] }

    /// The time as an answer gives it: on the common clock where clocks were measured, else as it stands in the log, where
    /// a person looks for it.
    func told(_ instant: LogInstant?, _ source: LogSource) -> LogInstant? {
        guard source.clockOffset == nil, let offset = inferred[source.node] else { return instant }
        return instant?.moved(by: offset)
    }
}
