package import MusterEngines

/// How far a start is and how long the rest of it takes, by what the last good start of this deployment took.
package struct StartForecast: Hashable, Sendable {
    /// A part of a phase that is over only when the next one begins.
    private static let almost = 0.95
    /// From here on the pace of this start says more than that of the last one.
    private static let telling = 0.1

    /// What phases take beside each other where nothing is known: reading weights is most of a start.
    private static let usual: [Phase: Duration] = [
        .spawned: .seconds(20), .rendezvous: .seconds(10), .connected: .seconds(10), .weights: .seconds(180),
        .loaded: .seconds(20), .memory: .seconds(20), .graphs: .seconds(60), .initialized: .seconds(20),
    ]

    private let learned: [Phase: Duration]
    /// What all of the last good start took; nothing where there was none.
    package let lastTook: Duration?

    /// - Parameter learned: How long each phase took in the last good start.
    package init(learned: [Phase: Duration]) {
        self.learned = learned
        let whole = learned.values.reduce(.zero, +)
        lastTook = whole > .zero ? whole : nil
    }

    /// How much of its phase a rank has behind it, from 0 to 1, by what is counted there or else by the time it has spent.
    func part(of phase: Phase, _ counter: LogSignal.Progress?, spent: Duration) -> Double {
        if let counter { return Double(counter.done) / Double(counter.total) }
        guard let own = learned[phase], own > .zero else { return 0 }
        return min(spent / own, Self.almost)
    }

    /// How much of a start is behind a rank, from 0 to 1.
    func fraction(in phase: Phase, part: Double) -> Double {
        let spans = lastTook == nil ? Self.usual : learned
        let whole = spans.values.reduce(.zero, +)
        let before = spans.filter { $0.key < phase }.values.reduce(.zero, +)
        return min(1, (before + (spans[phase] ?? .zero) * part) / whole)
    }

    /// How long it takes from here to ready.
    ///
    /// - Parameters:
    ///   - phase: Where the slowest rank is.
    ///   - counter: What is counted in this phase.
    ///   - spent: Since it came there.
    /// - Returns: Nothing where no start was good yet; zero where all of the last one took less than this one has.
    func remaining(in phase: Phase, _ counter: LogSignal.Progress?, spent: Duration) -> Duration? {
        guard lastTook != nil else { return nil }
        let later = learned.filter { $0.key > phase }.values.reduce(.zero, +)
        let own = learned[phase] ?? .zero
        guard let counter else { return max(.zero, own - spent) + later }
        let part = part(of: phase, counter, spent: spent)
        // A page cache that is cold this time shows in the pace.
        return (part >= Self.telling ? spent * ((1 - part) / part) : own * (1 - part)) + later
    }
}
