package import MusterEngines

/// How long each phase of a start takes, by when its slowest rank comes to the next one.
package struct PhaseTimes: Sendable {
    /// Of the phases that are over.
    package private(set) var spans: [Phase: Duration] = [:]
    private var current: Phase
    private var began: Duration

    package init(_ phase: Phase = .spawned, at now: Duration = .zero) {
        current = phase
        began = now
    }

    /// Notes where the slowest rank is.
    package mutating func mark(_ phase: Phase, at now: Duration) {
        guard phase != current else { return }
        end(at: now)
        current = phase
    }

    /// Notes that the gang is ready.
    package mutating func end(at now: Duration) {
        spans[current, default: .zero] += now - began
        began = now
    }
}
