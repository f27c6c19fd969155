import MusterSpec

/// A line by which an engine tells where its ranks are, in the releases that print it.
struct PhasePattern: Sendable {
    /// For whom the line speaks.
    enum Speaker: Sendable {
        /// The worker that the line's head names, or the launcher where it names none; a line without a head says nothing.
        case head
        /// The first rank of the world: it alone draws this bar.
        case firstRank
        /// The whole unit.
        case unit
        /// The worker that the line's head names, or the whole unit where it names none.
        case worker
    }

    let text: LinePattern
    let phase: Phase
    let speaker: Speaker
    /// A line of a progress bar, which is none without its `k/n`.
    let isBar: Bool
    private let from: EngineVersion?
    private let before: EngineVersion?

    /// - Parameters:
    ///   - text: What the line holds.
    ///   - phase: Where those it speaks for are.
    ///   - speaker: Whom it speaks for.
    ///   - isBar: Whether it counts something.
    ///   - from: The first release that may print it.
    ///   - before: The first release that does not print it any more.
    init(
        _ text: LinePattern,
        _ phase: Phase,
        _ speaker: Speaker,
        isBar: Bool = false,
        from: EngineVersion? = nil,
        before: EngineVersion? = nil
    ) {
        self.text = text
        self.phase = phase
        self.speaker = speaker
        self.isBar = isBar
        self.from = from
        self.before = before
    }

    func isPrinted(by version: EngineVersion) -> Bool {
        (from.map { version >= $0 } ?? true) && (before.map { version < $0 } ?? true)
    }
}
