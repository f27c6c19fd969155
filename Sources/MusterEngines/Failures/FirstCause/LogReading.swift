/// Reads the lines of one source and keeps those that tell of a failure.
struct LogReading: Sendable {
    /// A source with more kinds of failure than this repeats itself in new words.
    private static let mostSightings = 512
    /// A traceback is not longer.
    private static let longestTraceback = 200

    /// What is kept once: the first line of each kind from each process.
    private struct Key: Hashable {
        let id: String
        let role: FailureSignature.Role
        let worker: String?
    }

    let source: LogSource
    private(set) var sightings: [FailureSighting] = []
    private(set) var year: Int?
    /// When its gang met, the last time.
    private var met: LogStamp?
    /// The first time of day in it.
    private var first: LogStamp?
    private var known: [Key: Int] = [:]
    private var number = 0
    private var stamp: LogStamp?
    private var head: Substring?
    private var before: Substring?
    /// The umbrella whose traceback is being read, and how many lines are left for it.
    private var open: (index: Int, left: Int)?

    init(_ source: LogSource) { self.source = source }

    mutating func take(_ line: Substring, _ matcher: FailureMatcher) {
        number += 1
        if let found = LogStamp.read(line.utf8.span) {
            stamp = found
            year = year ?? found.year
            if first == nil, found.date != .sinceBoot { first = found }
            if source.clockOffset == nil, GangMoment.isIn(line), met.map({ !found.isBefore($0) }) ?? true {
                met = found
            }
        }
        if let first = line.utf8.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "(") { head = line }
        let match = matcher.match(line)
        readException(line, match)
        if let match { note(match, line) }
        if !line.isEmpty { before = line }
    }

    /// How a process of this source ended, seen as one more line.
    mutating func take(_ exit: ExitRecord) {
        guard let signature = FailureCatalog[exit.signatureID] else { return }
        number += 1
        sightings.append(
            FailureSighting(
                signature: signature,
                role: signature.role,
                source: 0,
                worker: nil,
                number: number,
                line: exit.text,
                before: before.map(String.init),
                stamp: nil,
                isExit: true,
                instant: exit.time
            )
        )
    }

    private mutating func note(_ match: FailureMatcher.Match, _ line: Substring) {
        let worker = head.flatMap(LogHead.worker)
        let key = Key(id: match.signature.id, role: match.role, worker: worker)
        if let known = known[key] {
            // Some collectors write the newest line first.
            guard let stamp, let old = sightings[known].stamp, stamp.isBefore(old) else { return }
            sightings[known] = sighting(match, line, worker)
            return
        }
        // What says that nothing is wrong may not crowd out what does.
        let most = match.signature.fatality == .fatal ? 2 * Self.mostSightings : Self.mostSightings
        guard sightings.count < most else { return }
        known[key] = sightings.count
        sightings.append(sighting(match, line, worker))
        if match.role == .umbrella { open = (sightings.count - 1, Self.longestTraceback) }
    }

    private func sighting(
        _ match: FailureMatcher.Match,
        _ line: Substring,
        _ worker: String?
    ) -> FailureSighting {
        FailureSighting(
            signature: match.signature,
            role: match.role,
            source: 0,
            worker: worker,
            number: number,
            line: String(line),
            before: before.map(String.init),
            stamp: stamp
        )
    }

    /// How far the times in it are ahead of UTC: of the two that are possible, the one by which its first line comes
    /// sooner after the start.
    func zone(year: Int) -> Duration {
        // Both are cut to whole seconds.
        let tolerance = -2_000_000_000
        guard source.zone != .zero, let started = source.started,
            let first = first?.instant(year: year, boot: nil)
        else { return .zero }
        func lag(_ zone: Duration) -> Int { first.moved(by: .zero - zone).nanoseconds - started.nanoseconds }
        let possible = [Duration.zero, source.zone].filter { lag($0) >= tolerance }
        return possible.min { lag($0) < lag($1) } ?? .zero
    }

    /// When its gang met, on the node's clock.
    func met(year: Int) -> LogInstant? { met.flatMap { $0.instant(year: year, boot: source.boot) } }

    /// What was found, with the moment of each on the common clock, as the sightings of one source.
    ///
    /// - Parameters:
    ///   - year: For times without one.
    ///   - index: The number of the source.
    ///   - offset: How far its clock is ahead.
    /// - Returns: In the order they were read.
    func placed(year: Int, as index: Int, ahead offset: Duration) -> [FailureSighting] {
        let zone = zone(year: year)
        return sightings.map { sighting in
            var sighting = sighting
            sighting.source = index
            let stamped = sighting.stamp.flatMap { stamp in
                let instant = stamp.instant(year: year, boot: source.boot)
                return stamp.date == .sinceBoot ? instant : instant?.moved(by: .zero - zone)
            }
            sighting.instant = (sighting.instant ?? stamped)?.moved(by: .zero - offset)
            return sighting
        }
    }

    /// The first `SomethingError: ` behind an umbrella is what it wraps.
    private mutating func readException(_ line: Substring, _ match: FailureMatcher.Match?) {
        guard let (index, left) = open else { return }
        let isLater = stamp.flatMap { stamp in sightings[index].stamp.map { stamp.isLater(than: $0) } } ?? false
        open = left > 1 && !isLater ? (index, left - 1) : nil
        guard !isLater else { return }
        guard LineText.contains("Error: ", in: line) || LineText.contains("Exception: ", in: line) else { return }
        sightings[index].exception = String(line)
        sightings[index].wrapsVictim = match?.role == .victim
        open = nil
    }
}
