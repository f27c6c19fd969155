extension LogStamp {
    /// Bytes of a line in which its time is looked for.
    private static let reach = 160

    /// Finds the first clock with a date before it: `2026-03-04 05:06:07.5`, `2026-03-04T05:06:07,5Z`,
    /// `03-04 05:06:07`, each with a zone or without, PyTorch's `[E304 05:06:07.5`, the kernel's
    /// `[Wed Mar  4 05:06:07 2026]` and `[ 12.345678]`, the fabric manager's `[Mar 04 2026 05:06:07]`.
    static func read(_ line: Span<UInt8>) -> LogStamp? {
        if let boot = sinceBoot(line) { return boot }
        let end = min(line.count, reach)
        var index = 7
        while index + 5 < end {
            // The second colon of a clock is the rarest of its bytes.
            if line[index] == UInt8(ascii: ":"), line[index + 3] == UInt8(ascii: ":"), index + 6 <= line.count,
                let stamp = clock(line, at: index - 2)
            {
                return stamp
            }
            index += 1
        }
        return nil
    }

    private static func clock(_ line: Span<UInt8>, at start: Int) -> LogStamp? {
        guard start + 8 <= line.count, let hour = number(line, start, 2), hour < 24,
            let minute = number(line, start + 3, 2), minute < 60, let second = number(line, start + 6, 2), second < 61,
            let date = date(line, before: start)
        else { return nil }
        let (fraction, end) = fraction(line, at: start + 8)
        let time = ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction
        return LogStamp(date: date, nanoseconds: time, zone: zone(line, at: end))
    }

    private static func date(_ line: Span<UInt8>, before start: Int) -> Date? {
        guard start >= 5, line[start - 1] == UInt8(ascii: " ") || line[start - 1] == UInt8(ascii: "T") else {
            return nil
        }
        if start >= 6, line[start - 4] == UInt8(ascii: "-") {
            guard let month = number(line, start - 6, 2), let day = number(line, start - 3, 2) else { return nil }
            guard start >= 11, line[start - 7] == UInt8(ascii: "-") else { return valid(nil, month, day) }
            return number(line, start - 11, 4).flatMap { valid($0, month, day) }
        }
        return torch(line, before: start) ?? named(line, before: start)
    }

    /// The level and the date without a zero before the month: `E304 `, `W1231 `.
    private static func torch(_ line: Span<UInt8>, before start: Int) -> Date? {
        for digits in [3, 4] {
            let level = start - 2 - digits
            guard level >= 1, line[level - 1] == UInt8(ascii: "["), "EWIF".utf8.contains(line[level]),
                let month = number(line, level + 1, digits - 2), let day = number(line, start - 3, 2)
            else { continue }
            return valid(nil, month, day)
        }
        return nil
    }

    private static func named(_ line: Span<UInt8>, before start: Int) -> Date? {
        // `Mar 04 2026 ` before the clock, or `Mar  4 ` before it and the year behind it.
        if start >= 12, let year = number(line, start - 5, 4), years.contains(year) {
            return month(line, start - 12).flatMap { month in
                number(line, start - 8, 2).flatMap { valid(year, month, $0) }
            }
        }
        guard start >= 7, let month = month(line, start - 7) else { return nil }
        let day = number(line, start - 3, 2) ?? number(line, start - 2, 1)
        // What stands there without an end is the name of a host.
        let hasYear = line.count == start + 13 || line.count > start + 13 && line[start + 13] == UInt8(ascii: "]")
        let year = hasYear && line[start + 8] == UInt8(ascii: " ") ? number(line, start + 9, 4) : nil
        return day.flatMap { valid(year, month, $0) }
    }

    private static func month(_ line: Span<UInt8>, _ start: Int) -> Int? {
        let names: [StaticString] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let index = names.firstIndex { name in
            name.withUTF8Buffer { $0[0] == line[start] && $0[1] == line[start + 1] && $0[2] == line[start + 2] }
        }
        return index.map { $0 + 1 }
    }

    private static func valid(_ year: Int?, _ month: Int, _ day: Int) -> Date? {
        guard 1...12 ~= month, 1...31 ~= day else { return nil }
        guard let year else { return .yearless(month: month, day: day) }
        return years.contains(year) ? .full(year: year, month: month, day: day) : nil
    }

    /// `[ 1843.308145]` at the very beginning, always with six digits behind the point: other numbers are data.
    private static func sinceBoot(_ line: Span<UInt8>) -> LogStamp? {
        guard line.count > 3, line[0] == UInt8(ascii: "[") else { return nil }
        var index = 1
        while index < min(line.count, 16), line[index] == UInt8(ascii: " ") { index += 1 }
        var seconds = 0
        let first = index
        while index < min(line.count, first + 9), case 48...57 = line[index] {
            seconds = seconds * 10 + Int(line[index] - 48)
            index += 1
        }
        guard index > first, index + 7 < line.count, line[index] == UInt8(ascii: "."),
            line[index + 7] == UInt8(ascii: "]"), let fraction = number(line, index + 1, 6)
        else { return nil }
        return LogStamp(date: .sinceBoot, nanoseconds: seconds * 1_000_000_000 + fraction * 1000)
    }

    /// What stands behind a point or a comma, in nanoseconds, and where it ends.
    private static func fraction(_ line: Span<UInt8>, at start: Int) -> (value: Int, end: Int) {
        guard start < line.count, line[start] == UInt8(ascii: ".") || line[start] == UInt8(ascii: ",") else {
            return (0, start)
        }
        var (value, unit) = (0, 100_000_000)
        var index = start + 1
        while index < line.count, case 48...57 = line[index] {
            value += Int(line[index] - 48) * unit
            unit /= 10
            index += 1
        }
        return (value, index)
    }

    /// `Z`, `+09:00` or `-0530` right behind a time, in seconds.
    private static func zone(_ line: Span<UInt8>, at start: Int) -> Int? {
        guard start < line.count else { return nil }
        let sign = line[start]
        if sign == UInt8(ascii: "Z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(line, start + 1, 2),
            hours <= 14
        else { return nil }
        let colon = start + 3 < line.count && line[start + 3] == UInt8(ascii: ":") ? 1 : 0
        guard let minutes = number(line, start + 3 + colon, 2), minutes < 60 else { return nil }
        return (sign == UInt8(ascii: "-") ? -60 : 60) * (hours * 60 + minutes)
    }

    private static func number(_ line: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        guard start >= 0, start + count <= line.count else { return nil }
        var value = 0
        for index in start..<(start + count) {
            guard case 48...57 = line[index] else { return nil }
            value = value * 10 + Int(line[index] - 48)
        }
        return value
    }
}
