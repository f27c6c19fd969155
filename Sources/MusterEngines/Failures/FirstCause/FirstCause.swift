/// Finds the first cause of a failure in the logs of all ranks.
///
/// Lines are taken in any order of sources; each source's own in its order. What is kept is a few lines a source.
package struct FirstCause: Sendable {
    private let matcher: FailureMatcher
    /// For lines without a year, where no other line has one.
    private let year: Int
    private var readings: [LogReading] = []
    private var indices: [LogSource: Int] = [:]

    package init(matcher: FailureMatcher = .shared, year: Int = 2000) {
        self.matcher = matcher
        self.year = year
    }

    package mutating func take(_ line: Substring, from source: LogSource) {
        let index = index(of: source)
        readings[index].take(line, index, matcher)
    }

    /// Takes a whole text, cut at line feeds and at the carriage returns of progress bars.
    package mutating func take(_ text: String, from source: LogSource) {
        let index = index(of: source)
        for line in text.utf8.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            readings[index].take(Substring(line), index, matcher)
        }
    }

    package mutating func take(_ exit: ExitRecord) {
        let index = index(of: exit.source)
        readings[index].take(exit, index)
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
        let ranking = FailureRanking(
            readings.flatMap { reading in
                reading.sightings.map { sighting in
                    var sighting = sighting
                    let own = sighting.instant ?? sighting.stamp?.instant(year: year, boot: reading.source.boot)
                    sighting.instant = own?.moved(by: .zero - reading.source.clockOffset)
                    return sighting
                }
            },
            nodes: readings.map(\.source.node)
        )
        return ranking.first.map { first in
            FailureAnswer(
                signature: first.signature,
                role: first.role,
                source: readings[first.source].source,
                worker: first.worker.flatMap { $0.isEmpty ? nil : $0 },
                time: first.instant,
                evidence: ranking.evidence(of: first),
                suffered: ranking.others(than: first)
            )
        }
    }
}
