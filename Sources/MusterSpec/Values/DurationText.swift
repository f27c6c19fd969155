/// Reading and writing durations as people do in configuration: `40m`, `1h30m`, `500ms`.
package enum DurationText {
    /// Nothing unless the text is numbers each followed by `h`, `m`, `s` or `ms`, largest unit first.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var milliseconds = 0
        var previous = Int.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            guard let size = units.first(where: { $0.name == unit })?.milliseconds, size < previous else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: size)
            guard !overflow, product < 1 << 50 else { return nil }
            milliseconds += product
            previous = size
            rest = rest.dropFirst(unit.count)
        }
        return .milliseconds(milliseconds)
    }

    /// The shortest text that reads back as the same duration, to the millisecond.
    package static func text(_ duration: Duration) -> String {
        var rest =
            Int(duration.components.seconds) * 1000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }

    private static let units: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
}
