/// Durations as people read them on a screen.
package enum ElapsedText {
    /// `0.42s`, `12.3s`, `3m 05s`, `1h 02m`.
    package static func text(_ duration: Duration) -> String {
        let milliseconds =
            Int(duration.components.seconds) * 1000
            + Int(duration.components.attoseconds / 1_000_000_000_000_000)
        let seconds = milliseconds / 1000
        switch milliseconds {
        case ..<10_000: return "\(milliseconds / 1000).\(padded(milliseconds % 1000 / 10))s"
        case ..<60_000: return "\(seconds).\(milliseconds % 1000 / 100)s"
        case ..<3_600_000: return "\(seconds / 60)m \(padded(seconds % 60))s"
        default: return "\(seconds / 3600)h \(padded(seconds / 60 % 60))m"
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
