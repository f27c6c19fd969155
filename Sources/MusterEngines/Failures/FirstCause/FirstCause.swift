import MusterSpec

/// Finds the first cause of a failure in the logs of all ranks.
///
/// Lines are taken in any order of sources; each source's own in its order. What is kept is a few lines a source.
package struct FirstCause: Sendable {
    private let matcher: FailureMatcher
    private let setting: FailureSetting
    /// For lines without a year, where no source tells one.
    private let fallback: LogInstant
    private var readings: [LogReading] = []
    private var indices: [LogSource: Int] = [:]

    /// - Parameters:
    ///   - setting: What is known of the deployment.
    ///   - moment: A moment near to which lines without a year were printed, if nothing else tells it.
    ///   - matcher: What is looked for.
    package init(
        for setting: FailureSetting = FailureSetting(),
        around moment: LogInstant = .unknownYear,
        matcher: FailureMatcher = .shared
    ) {
        self.setting = setting
        self.matcher = matcher
        fallback = moment
    }

    package mutating func take(_ line: Substring, from source: LogSource) {
        readings[index(of: source)].take(line, setting, matcher)
    }

    package mutating func take(_ lines: [String], from source: LogSource) {
        let index = index(of: source)
        for line in lines { readings[index].take(line[...], setting, matcher) }
    }

    package mutating func take(_ exit: ExitRecord) { readings[index(of: exit.source)].take(exit) }

    /// Takes in what was read elsewhere, of other sources.
    package mutating func add(_ other: FirstCause) {
        for reading in other.readings {
            indices[reading.source] = readings.count
            readings.append(reading)
        }
    }

    private mutating func index(of source: LogSource) -> Int {
        if let index = indices[source] { return index }
        indices[source] = readings.count
        readings.append(LogReading(source))
        return readings.count - 1
    }

    /// The one line that says most about why; nothing where no line is known.
    ///
    /// - Parameter hide: Takes out of a line what is known to be secret. What gives itself away is masked behind that:
    ///   engines print their settings, and the line before a fault may be these.
    /// - Returns: The answer, with lines that may be shown.
    package func answer(hiding hide: (String) -> String = { $0 }) -> FailureAnswer? {
        let fallback = readings.compactMap(\.lastDate).max() ?? fallback
        let clocks = LogClocks(readings, around: fallback)
        let offsets = readings.map { clocks.offset(of: $0.source) }
        let ranking = FailureRanking(
            zip(readings, offsets).enumerated().flatMap { index, entry in
                entry.0.placed(around: fallback, as: index, ahead: entry.1 ?? .zero)
            },
            nodes: readings.map(\.source.node),
            lasts: zip(readings, offsets).map { $0.last(around: fallback, ahead: $1 ?? .zero) },
            areClocksCompared: !offsets.contains(nil)
        )
        return ranking.first.map { first in
            let source = readings[first.source].source
            return FailureAnswer(
                first.signature,
                role: first.role,
                in: source,
                rank: first.worker.flatMap { $0.isEmpty ? nil : $0 } ?? source.rank,
                time: clocks.told(first.instant, source),
                evidence: ranking.evidence(of: first).map { LogRedaction.line(hide($0)) },
                suffered: ranking.others(than: first),
                key: first.signature.key(for: setting)
            )
        }
    }
}
