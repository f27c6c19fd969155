/// Reads the lines of one source and keeps those that tell of a failure.
struct LogReading: Sendable {
    /// A source with more kinds of failure than this of one role repeats itself in new words.
    private static let mostSightings = 512
    /// A traceback is not longer.
    private static let longestTraceback = 200
    /// The lines between one traceback and the word that another one follows from it.
    private static let gap = 3
    /// How much later the end of a traceback is printed than its beginning, at most.
    static let traceback = 5_000_000_000

    /// What is kept once: the first line of each kind from each process.
    private struct Key: Hashable {
        let id: String
        let role: FailureSignature.Role
        let worker: String?
    }

    /// What has room of its own: what says that nothing is wrong, or that many suffer, may not crowd out the cause.
    private struct Kind: Hashable {
        let fatality: FailureSignature.Fatality
        let role: FailureSignature.Role
    }

    /// A traceback that is being read.
    private struct Open {
        /// The umbrella that it belongs to.
        let index: Int
        /// How many lines are left for it.
        var left: Int
    }

    let source: LogSource
    private(set) var sightings: [FailureSighting] = []
    /// The last line with a whole date.
    private var dated: LogStamp?
    /// When its gang met, the last time.
    private var met: LogStamp?
    /// The first time that can have been printed since the start.
    private var first: LogStamp?
    private var known: [Key: Int] = [:]
    private var counts: [Kind: Int] = [:]
    private var number = 0
    private var stamp: LogStamp?
    private var speaker: String?
    private var before: Substring?
    /// By worker: ranks of one unit write into one log, and a line at a time where each has a head.
    private var open: [String?: Open] = [:]
    /// Who began the last of them.
    private var opener: String?

    init(_ source: LogSource) { self.source = source }

    mutating func take(_ line: Substring, _ setting: FailureSetting, _ matcher: FailureMatcher) {
        number += 1
        if let found = LogStamp.read(line.utf8.span) { note(found, line) }
        let worker = LogHead.worker(line)
        speaker = worker ?? speaker
        let match = matcher.match(line, setting)
        readTraceback(line, worker, match)
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

    private mutating func note(_ found: LogStamp, _ line: Substring) {
        stamp = found
        if found.hasYear { dated = found }
        if first == nil, !found.isSinceBoot, found.zone == nil, isPlausible(found) { first = found }
        if source.clockOffset == nil, GangMoment.isIn(line), met.flatMap({ found.lag(behind: $0) }) ?? 0 >= 0 {
            met = found
        }
    }

    private mutating func note(_ match: FailureMatcher.Match, _ line: Substring) {
        let key = Key(id: match.signature.id, role: match.role, worker: speaker)
        let kind = Kind(fatality: match.signature.fatality, role: match.role)
        let isFull = counts[kind, default: 0] >= Self.mostSightings
        if let known = known[key] {
            guard let lag = sightings[known].stamp.flatMap({ stamp?.lag(behind: $0) }) else { return }
            // Some collectors write the newest line first.
            if lag < 0 || (lag > FailureRanking.patience && isFull) { sightings[known] = sighting(match, line) }
            // What was survived says nothing of what came long after it.
            guard lag > FailureRanking.patience, !isFull else { return }
        }
        guard !isFull else { return }
        counts[kind, default: 0] += 1
        known[key] = sightings.count
        sightings.append(sighting(match, line))
        if match.role == .umbrella {
            open[speaker] = Open(index: sightings.count - 1, left: Self.longestTraceback)
            opener = speaker
        }
    }

    private func sighting(_ match: FailureMatcher.Match, _ line: Substring) -> FailureSighting {
        FailureSighting(
            signature: match.signature,
            role: match.role,
            source: 0,
            worker: speaker,
            number: number,
            line: String(line),
            before: before.map(String.init),
            stamp: stamp
        )
    }

    /// The exception that ends the traceback behind an umbrella is what it wraps; of a chain the last one.
    private mutating func readTraceback(_ line: Substring, _ worker: String?, _ match: FailureMatcher.Match?) {
        guard !open.isEmpty else { return }
        // A line without a head belongs to the last who spoke, if that is a traceback, else to the last that was begun.
        let owner = worker ?? (open[speaker] == nil ? opener : speaker)
        guard var current = open[owner] else { return }
        let isLater =
            stamp.flatMap { stamp in
                sightings[current.index].stamp.flatMap { stamp.lag(behind: $0) ?? .max }
            }
            .map { $0 > Self.traceback } ?? false
        current.left -= 1
        guard current.left > 0, !isLater, !LogHead.isDated(line.utf8.span) else {
            open[owner] = nil
            return
        }
        if ExceptionLine.isOne(line) {
            sightings[current.index].exception = String(line)
            sightings[current.index].wrapsVictim = match?.role == .victim
            current.left = Self.gap
        } else if ExceptionLine.isJoint(line) {
            current.left = Self.longestTraceback
        }
        open[owner] = current
    }

    // MARK: Moments

    /// A moment near those at which its lines without a year were printed.
    private func reference(_ fallback: LogInstant) -> LogInstant {
        source.started ?? dated?.instant(around: fallback, boot: nil) ?? fallback
    }

    /// The last moment of a line with a whole date, for sources that have none.
    var lastDate: LogInstant? { dated?.instant(around: .unknownYear, boot: nil) }

    /// Whether it can be behind the start: banners and data have dates, too.
    private func isPlausible(_ stamp: LogStamp) -> Bool {
        guard let started = source.started, let instant = stamp.instant(around: started, boot: nil) else { return true }
        return instant.moved(by: .zero - min(.zero, source.zone)).since(started) >= Self.tolerance
    }

    /// Both a start and a stamp are cut to whole seconds.
    private static let tolerance = -2_000_000_000

    /// How far the times in it are ahead of UTC: of the two that are possible, the one by which its first line comes
    /// sooner after the start.
    func zone(around fallback: LogInstant) -> Duration {
        guard source.zone != .zero, let started = source.started,
            let first = first?.instant(around: reference(fallback), boot: nil)
        else { return .zero }
        func lag(_ zone: Duration) -> Int { first.moved(by: .zero - zone).since(started) }
        let possible = [Duration.zero, source.zone].filter { lag($0) >= Self.tolerance }
        return possible.min { lag($0) < lag($1) } ?? .zero
    }

    private func instant(_ stamp: LogStamp, around fallback: LogInstant) -> LogInstant? {
        let instant = stamp.instant(around: reference(fallback), boot: source.boot)
        return stamp.isSinceBoot || stamp.zone != nil ? instant : instant?.moved(by: .zero - zone(around: fallback))
    }

    /// When its gang met, on the node's clock.
    func met(around fallback: LogInstant) -> LogInstant? { met.flatMap { instant($0, around: fallback) } }

    /// The time of its last line, on the common clock; nothing for a kernel's.
    func last(around fallback: LogInstant, ahead offset: Duration) -> LogInstant? {
        guard source.boot == nil, !sightings.contains(where: { $0.signature.area == .kernel }) else { return nil }
        return stamp.flatMap { instant($0, around: fallback)?.moved(by: .zero - offset) }
    }

    /// What was found, with the moment of each on the common clock, as the sightings of one source.
    ///
    /// - Parameters:
    ///   - fallback: A moment near those of times without a year, where the source tells none.
    ///   - index: The number of the source.
    ///   - offset: How far its clock is ahead.
    /// - Returns: In the order they were read.
    func placed(around fallback: LogInstant, as index: Int, ahead offset: Duration) -> [FailureSighting] {
        sightings.map { sighting in
            var sighting = sighting
            sighting.source = index
            let stamped = sighting.stamp.flatMap { instant($0, around: fallback) }
            sighting.instant = (sighting.instant ?? stamped)?.moved(by: .zero - offset)
            return sighting
        }
    }
}
