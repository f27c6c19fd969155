import MusterSpec

/// One unit of one generation, from launch to the observation that nothing of it is left.
package struct UnitMachine: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Nothing of it runs. Exits: `starting` when it is launched.
        case absent
        /// A start is under way. Exits: `running`; `over` when it is refused or ends; `stopping`, but only once the start
        /// was answered, since a stop that overtook it would leave the unit running.
        case starting(stopWanted: Bool)
        /// Exits: `over` when it ends; `stopping`.
        case running
        /// Its launcher has ended or never came to be; processes of it may be there. Exits: `stopping`.
        case over
        /// A stop is under way. Exits: `absent` when nothing is left; `held`; `unasked`.
        case stopping
        /// A stop has left these behind. Exits: `stopping`, again and again.
        case held([String])
        /// Its node could not be asked to stop it. Exits: `stopping`, when the node answers or a retry is due.
        case unasked(String)
    }

    package enum Event: Hashable, Sendable {
        case launch
        case started
        case refused
        case ended
        case stop
        /// A stop came to its end and has seen what is left.
        case stopped([String])
        case stopFailed(String)
        case contactRestored
        case tick
    }

    package enum Action: Hashable, Sendable {
        case start
        case stop
    }

    package private(set) var state: State
    private var nextTry: Duration = .zero
    private static let retryInterval = Duration.seconds(5)

    /// - Parameter isRunning: Whether it was found running.
    package init(isRunning: Bool = false) { state = isRunning ? .running : .absent }

    /// Whether it was seen that nothing of it is left, or nothing of it was ever there.
    package var isAbsent: Bool { state == .absent }

    package mutating func on(_ event: Event, at now: Duration) -> [Action] {
        switch (state, event) {
        case (.absent, .launch):
            state = .starting(stopWanted: false)
            return [.start]
        case (.starting(stopWanted: false), .stop):
            state = .starting(stopWanted: true)
            return []
        case (.starting(stopWanted: true), .started), (.starting(stopWanted: true), .refused):
            return stop()
        case (.starting, .started):
            state = .running
            return []
        case (.starting(stopWanted: false), .refused), (.starting(stopWanted: false), .ended), (.running, .ended):
            state = .over
            return []
        case (.running, .stop), (.over, .stop): return stop()
        case (.stopping, .stopped(let left)):
            state = left.isEmpty ? .absent : .held(left)
            nextTry = now + Self.retryInterval
            return []
        case (.stopping, .stopFailed(let reason)):
            state = .unasked(reason)
            nextTry = now + Self.retryInterval
            return []
        case (.unasked, .contactRestored): return stop()
        case (.held, .tick), (.unasked, .tick): return now >= nextTry ? stop() : []
        default: return []
        }
    }

    private mutating func stop() -> [Action] {
        state = .stopping
        return [.stop]
    }
}
