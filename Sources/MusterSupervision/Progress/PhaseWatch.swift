import MusterEngines
import MusterSpec

/// When the ranks of a gang last moved, by phase. One that goes on, joins or leaves a phase shows that the phase can be
/// passed: ranks that print nothing in it are as far as the one that counts.
struct PhaseWatch: Sendable {
    /// When the slowest rank came to where it is.
    private(set) var since: Duration = .zero
    private var moves: [Phase: Duration] = [:]

    /// Notes what has changed.
    mutating func note(_ before: GangProgress, _ after: GangProgress, at now: Duration) {
        for (rank, entry) in after.ranks where entry != before.ranks[rank] {
            moves[entry.phase] = now
            if let old = before.ranks[rank]?.phase { moves[old] = now }
        }
        if after.phase != before.phase { since = now }
    }

    /// Notes a sign of life in a phase that no line told of.
    mutating func note(in phase: Phase, at now: Duration) { moves[phase] = now }

    /// Everything begins anew.
    mutating func begin(at now: Duration) {
        since = now
        moves = [:]
    }

    /// For how long nothing has moved in a phase.
    func quiet(in phase: Phase, at now: Duration) -> Duration { now - max(since, moves[phase] ?? .zero) }
}
