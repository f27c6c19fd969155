extension LogStamp {
    /// Bytes of a line in which its time is looked for.
    private static let reach = 160

    /// Finds the first clock with a date before it: `2026-03-04 05:06:07.5`, `2026-03-04T05:06:07,5Z`,
    /// `03-04 05:06:07`, PyTorch's `[E304 05:06:07.5`, the kernel's `[Wed Mar  4 05:06:07 2026]` and `[ 12.345678]`,
    /// the fabric manager's `[Mar 04 2026 05:06:07]`.
    static func read(_ line: Span<UInt8>) -> LogStamp? {
        if let boot = sinceBoot(line) { return boot }
        let end = min(line.count, reach)
        var index = 7
        while index + 5 < end {
            // The second colon of a clock is the rarest of its bytes.
            if line[index] == UInt8(ascii: ":"), line[index + 3] == UInt8(ascii: ":"), index + 6 <= line.count - 0,
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
        let fraction = fraction(line, at: start + 8)
        return LogStamp(date: date, nanoseconds: ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction)
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
        if start >= 12, let year = number(line, start - 5, 4), year >= 1970 {
            return month(line, start - 12).flatMap { month in
                number(line, start - 8, 2).flatMap { valid(year, month, $0) }
            }
        }
        guard start >= 7, let month = month(line, start - 7) else { return nil }
        let day = number(line, start - 3, 2) ?? number(line, start - 2, 1)
        let year = start + 13 <= line.count && line[start + 8] == UInt8(ascii: " ") ? number(line, start + 9, 4) : nil
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
        return year >= 1970 ? .full(year: year, month: month, day: day) : nil
    }

    /// `[ 1843.308145]` at the very beginning.
    private static func sinceBoot(_ line: Span<UInt8>) -> LogStamp? {
        guard line.count > 3, line[0] == UInt8(ascii: "[") else { return nil }
        var index = 1
        while index < min(line.count, 16), line[index] == UInt8(ascii: " ") { index += 1 }
        var seconds = 0
        let first = index
        while index < min(line.count, first + 10), case 48...57 = line[index] {
            seconds = seconds * 10 + Int(line[index] - 48)
            index += 1
        }
        guard index > first, index < line.count, line[index] == UInt8(ascii: ".") else { return nil }
        return LogStamp(date: .sinceBoot, nanoseconds: seconds * 1_000_000_000 + fraction(line, at: index))
    }

    /// What stands behind a point or a comma, in nanoseconds.
    private static func fraction(_ line: Span<UInt8>, at start: Int) -> Int {
        guard start < line.count, line[start] == UInt8(ascii: ".") || line[start] == UInt8(ascii: ",") else { return 0 }
        var (value, unit) = (0, 100_000_000)
        var index = start + 1
        while index < line.count, unit > 0, case 48...57 = line[index] {
            value += Int(line[index] - 48) * unit
            unit /= 10
            index += 1
        }
        return value
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
