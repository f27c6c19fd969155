package import MusterSpec

/// Finds the first cause of a failure in the logs of all ranks.
///
/// Lines are taken in any order of sources; each source's own in its order. What is kept is a few lines a source.
package struct FirstCause: Sendable {
    private let matcher: FailureMatcher
    /// In whose words keys are named; SGLang's where it is not known.
    private let engine: EngineSpec.Kind?
    /// For lines without a year, where no other line has one.
    private let year: Int
    private var readings: [LogReading] = []
    private var indices: [LogSource: Int] = [:]

    package init(for engine: EngineSpec.Kind? = nil, matcher: FailureMatcher = .shared, year: Int = 2000) {
        self.engine = engine
        self.matcher = matcher
        self.year = year
    }

    package mutating func take(_ line: Substring, from source: LogSource) {
        readings[index(of: source)].take(line, matcher)
    }

    package mutating func take(_ lines: [String], from source: LogSource) {
        let index = index(of: source)
        for line in lines { readings[index].take(line[...], matcher) }
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
    package func answer() -> FailureAnswer? {
        let year = readings.compactMap(\.year).max() ?? year
        let clocks = LogClocks(readings, year: year)
        let ranking = FailureRanking(
            readings.enumerated().flatMap { index, reading in
                reading.placed(year: year, as: index, ahead: clocks.offset(of: reading.source) ?? .zero)
            },
            nodes: readings.map(\.source.node),
            areClocksCompared: readings.allSatisfy { clocks.offset(of: $0.source) != nil }
        )
        return ranking.first.map { first in
            let source = readings[first.source].source
            return FailureAnswer(
                first.signature,
                role: first.role,
                in: source,
                rank: first.worker.flatMap { $0.isEmpty ? nil : $0 } ?? source.rank,
                time: clocks.told(first.instant, source),
                evidence: ranking.evidence(of: first),
                suffered: ranking.others(than: first),
                key: first.signature.key(for: engine)
            )
        }
    }
}
