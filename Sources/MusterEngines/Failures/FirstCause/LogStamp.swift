/// The time at the head of a line, as far as the line gives it.
struct LogStamp: Hashable, Sendable {
    enum Date: Hashable, Sendable {
        case full(year: Int, month: Int, day: Int)
        /// vLLM and PyTorch leave the year out.
        case yearless(month: Int, day: Int)
        /// A kernel counts from its start.
        case sinceBoot
    }

    /// Later ones have no place among nanoseconds since 1970.
    static let years = 1970...2261

    var date: Date
    /// Since midnight, or since the machine started.
    var nanoseconds: Int
    /// How far the time is ahead of UTC, in seconds, where the line says it.
    var zone: Int?

    var isSinceBoot: Bool { date == .sinceBoot }
    var hasYear: Bool { if case .full = date { true } else { false } }

    /// How much later it is than another, in nanoseconds; nothing where one counts from the start of a machine alone.
    func lag(behind other: LogStamp) -> Int? {
        guard isSinceBoot == other.isSinceBoot else { return nil }
        let start = LogInstant(nanoseconds: 0)
        let reference = (hasYear ? self : other).instant(around: .unknownYear, boot: start)
        guard let reference, let mine = instant(around: reference, boot: start),
            let its = other.instant(around: reference, boot: start)
        else { return nil }
        return mine.nanoseconds - its.nanoseconds
    }

    /// The moment on the clock that printed it, or by UTC where the line says how far it is ahead.
    ///
    /// - Parameters:
    ///   - reference: For a time without a year, which is that year's by which it comes nearest.
    ///   - boot: When the machine started.
    /// - Returns: Nothing for a kernel's own count when nobody said when the machine started.
    func instant(around reference: LogInstant, boot: LogInstant?) -> LogInstant? {
        switch date {
        case .full(let year, let month, let day): return at(year, month, day)
        case .yearless(let month, let day):
            let year = reference.year
            return (year - 1...year + 1).filter(Self.years.contains).map { at($0, month, day) }
                .min { abs($0.nanoseconds - reference.nanoseconds) < abs($1.nanoseconds - reference.nanoseconds) }
        case .sinceBoot: return boot?.moved(by: .nanoseconds(nanoseconds))
        }
    }

    private func at(_ year: Int, _ month: Int, _ day: Int) -> LogInstant {
        LogInstant(nanoseconds: LogInstant.day(year: year, month: month, date: day) * LogInstant.day + nanoseconds)
            .moved(by: .seconds(-(zone ?? 0)))
    }
}
