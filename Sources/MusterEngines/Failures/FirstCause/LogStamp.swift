/// The time at the head of a line, as far as the line gives it.
struct LogStamp: Hashable, Sendable {
    enum Date: Hashable, Sendable {
        case full(year: Int, month: Int, day: Int)
        /// vLLM and PyTorch leave the year out.
        case yearless(month: Int, day: Int)
        /// A kernel counts from its start.
        case sinceBoot
    }

    var date: Date
    /// Since midnight, or since the machine started.
    var nanoseconds: Int

    var year: Int? { if case .full(let year, _, _) = date { year } else { nil } }

    /// Whether it is the earlier time of the same day.
    func isBefore(_ other: LogStamp) -> Bool { date == other.date && nanoseconds < other.nanoseconds }

    /// Whether it is too late to belong to a traceback that began at the other: these are printed at once.
    func isLater(than other: LogStamp) -> Bool {
        date != other.date || nanoseconds - other.nanoseconds > 5_000_000_000
    }

    /// Nothing for a kernel's own count when nobody said when the machine started.
    func instant(year: Int, boot: LogInstant?) -> LogInstant? {
        switch date {
        case .full(let year, let month, let day):
            LogInstant(nanoseconds: LogInstant.day(year: year, month: month, date: day) * LogInstant.day + nanoseconds)
        case .yearless(let month, let day):
            LogInstant(nanoseconds: LogInstant.day(year: year, month: month, date: day) * LogInstant.day + nanoseconds)
        case .sinceBoot: boot.map { LogInstant(nanoseconds: $0.nanoseconds + nanoseconds) }
        }
    }
}
