/// A moment, in nanoseconds since 1970-01-01 00:00 on the clock that printed it.
package struct LogInstant: Codable, Hashable, Sendable, Comparable {
    package var nanoseconds: Int

    /// For lines without a year where nothing tells it.
    package static let unknownYear = LogInstant(nanoseconds: day(year: 2000, month: 1, date: 1) * day)

    package init(nanoseconds: Int) { self.nanoseconds = nanoseconds }

    /// Seconds that a node or a file has told: what does not fit is the last moment that does.
    package init(seconds: Int, nanoseconds: Int = 0) {
        let (whole, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = whole.addingReportingOverflow(nanoseconds)
        self.nanoseconds = isTooMuch || overflows ? (seconds < 0 ? .min : .max) : sum
    }

    package init(from decoder: any Decoder) throws { nanoseconds = try decoder.singleValueContainer().decode(Int.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }

    package static func < (left: LogInstant, right: LogInstant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The same moment on another clock.
    package func moved(by offset: Duration) -> LogInstant {
        let (seconds, attoseconds) = offset.components
        let moved = nanoseconds.addingReportingOverflow(
            Int(seconds).multipliedReportingOverflow(by: 1_000_000_000).partialValue + Int(attoseconds / 1_000_000_000)
        )
        return LogInstant(nanoseconds: moved.overflow ? nanoseconds : moved.partialValue)
    }

    /// `2026-03-04 05:06:07.123`
    package var text: String {
        let (day, time) = (nanoseconds / Self.day, nanoseconds % Self.day)
        let (year, month, date) = Self.date(day: day)
        let milliseconds = time / 1_000_000
        let clock = [milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60].map(Self.padded)
        let rest = String(milliseconds % 1000 + 1000).dropFirst()
        return "\(year)-\(Self.padded(month))-\(Self.padded(date)) \(clock.joined(separator: ":")).\(rest)"
    }

    static let day = 86_400_000_000_000

    var year: Int { Self.date(day: nanoseconds / Self.day).year }

    /// Nanoseconds from another moment to this one; what does not fit is cut.
    func since(_ other: LogInstant) -> Int {
        let (difference, overflows) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflows ? (nanoseconds < 0 ? .min : .max) : difference
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Days since 1970-01-01 of a date of the Gregorian calendar, whose year here begins in March.
    static func day(year: Int, month: Int, date: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let yearDay = (153 * ((month + 9) % 12) + 2) / 5 + date - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + yearDay - 719_468
    }

    private static func date(day: Int) -> (year: Int, month: Int, date: Int) {
        let days = day + 719_468
        let era = days / 146_097
        let inEra = days % 146_097
        let eraYear = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let yearDay = inEra - (365 * eraYear + eraYear / 4 - eraYear / 100)
        let marchMonth = (5 * yearDay + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + eraYear + (month <= 2 ? 1 : 0), month, yearDay - (153 * marchMonth + 2) / 5 + 1)
    }
}
