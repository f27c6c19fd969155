/// Puts what was seen on all ranks into the order in which it explains the rest.
struct FailureRanking {
    /// Stamps of whole seconds are cut, so that lines of one node this near are told apart by what they say.
    private static let near = 2_000_000_000
    /// How long a gang may hang before somebody says so: half an hour is the longest time that engines wait by default,
    /// and then it takes some time to end.
    static let patience = 2_400_000_000_000
    /// What somebody may have set, in milliseconds, where it is longer than `patience`.
    private static let longWaits = 2_400_000...1_000_000_000
    /// How far clocks that nobody keeps are apart, at most.
    private static let apart = 120_000_000_000
    /// How long processes take to end once a peer is gone: the watchdogs of PyTorch wait for minutes.
    private static let teardown = 600_000_000_000

    private let sightings: [FailureSighting]
    private let bySource: [Int: [FailureSighting]]
    private let nodes: [String]
    /// When the logs of each node's units wrote their last line; a kernel writes on whatever happens.
    private let lasts: [String: LogInstant]
    private let areClocksCompared: Bool
    /// When anything was amiss, in order.
    private let troubles: [LogInstant]
    /// Those who said how long they had waited, where that was longer than anybody waits by default.
    private let waits: [(from: LogInstant, to: LogInstant)]

    init(_ sightings: [FailureSighting], nodes: [String], lasts: [LogInstant?], areClocksCompared: Bool) {
        self.sightings = sightings
        bySource = Dictionary(grouping: sightings, by: \.source)
        self.nodes = nodes
        self.lasts = zip(nodes, lasts).reduce(into: [:]) { lasts, entry in
            guard let last = entry.1 else { return }
            lasts[entry.0] = max(lasts[entry.0] ?? last, last)
        }
        self.areClocksCompared = areClocksCompared
        let troubled = sightings.filter { $0.isExit || $0.isTrouble }
        troubles = troubled.compactMap(\.instant).sorted()
        waits = troubled.compactMap { sighting in
            guard let to = sighting.instant,
                let waited = LineText.number(behind: "Timeout(ms)=", in: sighting.line[...]),
                Self.longWaits.contains(waited)
            else { return nil }
            return (to.moved(by: .nanoseconds(-waited * 1_000_000 - Self.near)), to)
        }
    }

    /// Causes before those who waited, these before what wraps another line, and that before victims; the earliest of
    /// each. Lines without a time come after those with one, in the order they were read.
    var first: FailureSighting? {
        let weighed = sightings.map { (sighting: $0, weight: weight(of: $0)) }
        guard let least = weighed.map(\.weight).min() else { return nil }
        let equals = weighed.filter { $0.weight == least }.map(\.sighting)
        guard let earliest = firstOfNodes(equals).min(by: Self.isBefore) else { return nil }
        if earliest.role == .symptom {
            return unknownReason(of: earliest, among: weighed.filter { $0.weight == .unexplained }.map(\.sighting))
        }
        if earliest.role == .umbrella { return endedFirst(earliest, among: equals) }
        // The kernel's word on a GPU is the reason of what a rank of the same node says about it.
        return earliest.signature.area == .kernel ? earliest : kernelReason(of: earliest, among: equals) ?? earliest
    }

    /// Where clocks cannot be compared, each node's own order can. Of the first causes of nodes, within the time that clocks
    /// may be apart, those that came soonest after the first trouble of their node: what a process says as it is torn
    /// down, after its node has missed a peer, is not the first cause if another node has a fault that came before all
    /// else.
    private func firstOfNodes(_ causes: [FailureSighting]) -> [FailureSighting] {
        guard !areClocksCompared, causes.contains(where: { $0.role == .cause }) else { return causes }
        let firsts = Dictionary(grouping: causes) { nodes[$0.source] }.values.compactMap { $0.min(by: Self.isBefore) }
        let earliest = firsts.compactMap(\.instant).min()
        let near = firsts.filter { first in
            guard let earliest, let instant = first.instant else { return true }
            return instant.since(earliest) <= Self.apart
        }
        let delays = near.map(delay)
        let least = delays.min()
        return zip(near, delays).filter { $0.1 == least }.map(\.0)
    }

    /// How long after the first trouble of its node a fault was told, in nanoseconds: zero for one that was the first.
    private func delay(of cause: FailureSighting) -> Int {
        sightings.reduce(0) { longest, other in
            guard nodes[other.source] == nodes[cause.source], other.isTrouble, Self.isBefore(other, cause) else {
                return longest
            }
            guard let mine = cause.instant, let its = other.instant else { return max(longest, 1) }
            let delay = mine.since(its)
            // A whole second may hold both.
            return delay > Self.teardown ? longest : max(longest, delay, other.role == .umbrella ? 0 : 1)
        }
    }

    /// A rank that ended in a way that nobody knows, before the first of those who waited said so.
    private func unknownReason(of waiting: FailureSighting, among ends: [FailureSighting]) -> FailureSighting {
        guard let waited = waiting.instant else { return waiting }
        let before = ends.filter { $0.instant.map { $0 < waited } ?? false }
        return before.min(by: Self.isBefore) ?? waiting
    }

    /// Of the unit that ended first by itself, the line that says most: its peers raise exceptions of their own within
    /// the same seconds, and stamps tell no more than these.
    private func endedFirst(_ earliest: FailureSighting, among equals: [FailureSighting]) -> FailureSighting {
        var source = earliest.source
        if let end = equals.filter(\.isExit).min(by: Self.isBefore) {
            let isNear: Bool =
                if let said = earliest.instant, let ended = end.instant {
                    ended.since(said) <= Self.near
                } else { true }
            if isNear { source = end.source }
        }
        let own = equals.filter { $0.source == source }
        return own.filter { !$0.isExit }.min(by: Self.isBefore) ?? own.min(by: Self.isBefore) ?? earliest
    }

    private func kernelReason(of earliest: FailureSighting, among equals: [FailureSighting]) -> FailureSighting? {
        guard [.gpu, .host, .nccl].contains(earliest.signature.area) else { return nil }
        return equals.filter { other in
            guard other.signature.area == .kernel, nodes[other.source] == nodes[earliest.source] else { return false }
            guard let mine = earliest.instant, let its = other.instant else { return true }
            return its.since(mine) <= Self.near
        }
        .min(by: Self.isBefore)
    }

    private static func isBefore(_ left: FailureSighting, _ right: FailureSighting) -> Bool {
        switch (left.instant, right.instant) {
        case (let mine?, let its?) where mine != its: return mine < its
        case (.some, nil): return true
        case (nil, .some): return false
        default: return (left.source, left.number) < (right.source, right.number)
        }
    }

    private func weight(of sighting: FailureSighting) -> FailureWeight {
        FailureWeight(
            sighting.signature.fatality,
            sighting.role,
            isExplained: isExplained(sighting),
            isSurvived: isSurvived(sighting)
        )
    }

    /// Whether its node wrote on for so long, and nobody suffered meanwhile, that it is not what ended the gang.
    private func isSurvived(_ sighting: FailureSighting) -> Bool {
        guard let told = sighting.instant, !sighting.isExit, let last = lasts[nodes[sighting.source]],
            last.since(told) > Self.patience, !waits.contains(where: { $0.from <= told && told <= $0.to })
        else { return false }
        var index = Self.index(of: told, in: troubles)
        if sighting.isTrouble { index += 1 }
        return index >= troubles.count || troubles[index].since(told) > Self.patience
    }

    /// Where the moments begin that are not before one.
    private static func index(of moment: LogInstant, in moments: [LogInstant]) -> Int {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether what it wraps is a peer's end, or the same process has a line of about the same time that says it.
    private func isExplained(_ sighting: FailureSighting) -> Bool {
        guard sighting.role == .umbrella, !sighting.wrapsVictim else { return sighting.wrapsVictim }
        return (bySource[sighting.source] ?? []).contains { other in
            other.signature.fatality == .fatal
                && (other.role != .umbrella || other.wrapsVictim) && isSame(other.worker, sighting.worker)
                && isNotLater(other, than: sighting)
        }
    }

    /// A traceback and its end are printed together; a launcher may speak of it some time after.
    private func isNotLater(_ other: FailureSighting, than sighting: FailureSighting) -> Bool {
        guard let mine = sighting.instant, let its = other.instant else { return true }
        return its.since(mine) <= LogReading.traceback
    }

    /// A line that names nobody may be anybody's.
    private func isSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right, !left.isEmpty, !right.isEmpty else { return true }
        return left == right
    }

    /// Two lines: the one that was found, and the exception it wraps, else what a rank says of the kernel's fault, else a
    /// victim's elsewhere, else the line before.
    func evidence(of first: FailureSighting) -> [String] {
        let own = [first.line]
        if let exception = first.exception { return own + [exception] }
        if first.signature.area == .kernel {
            let felt = sightings.filter { other in
                nodes[other.source] == nodes[first.source] && other.signature.area != .kernel && !other.isExit
                    && other.signature.fatality == .fatal && other.role == .cause
            }
            if let felt = felt.min(by: Self.isBefore) { return own + [felt.line] }
        }
        let victim = sightings.filter { $0.role == .victim && $0.source != first.source }.min(by: Self.isBefore)
        if let victim { return own + [victim.line] }
        return first.before.map { own + [$0] } ?? own
    }

    /// How many ranks besides its own failed or lost a peer; where a source names ranks, its unnamed lines are not counted.
    func others(than first: FailureSighting) -> Int {
        let failed = sightings.filter {
            ($0.signature.fatality == .fatal || $0.role == .victim) && $0.signature.area != .kernel
        }
        return Dictionary(grouping: failed, by: \.source).reduce(0) { count, entry in
            let (source, lines) = entry
            var workers = Set(lines.compactMap { ($0.worker?.isEmpty ?? true) ? nil : $0.worker })
            guard source == first.source else { return count + max(1, workers.count) }
            if let own = first.worker, !own.isEmpty { workers.remove(own) }
            return count + workers.count
        }
    }
}
