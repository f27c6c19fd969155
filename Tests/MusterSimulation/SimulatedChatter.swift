import MusterRuntime
import MusterSpec

/// Lines that serving units print on their own.
struct SimulatedChatter: Sendable {
    /// By each unit.
    var linesPerSecond = 0.0
    var since = Duration.zero
    private var printed: [NodeRank: Int] = [:]

    /// A new rate begins now.
    mutating func set(_ rate: Double, at now: Duration) {
        linesPerSecond = rate
        since = now
        printed = [:]
    }

    /// The lines of a unit that are due, from all that it may print in turn.
    mutating func due(_ unit: NodeRank, _ lines: [[UInt8]], at now: Duration) -> [UInt8] {
        let wanted = Int(linesPerSecond * ((now - since) / .seconds(1)))
        let before = printed[unit, default: 0]
        guard wanted > before, !lines.isEmpty else { return [] }
        printed[unit] = wanted
        return (before..<wanted).flatMap { lines[$0 % lines.count] }
    }
}
