package import MusterEngines
import MusterSpec

/// What is known of a deployment for good: the fold of its events, and nothing else.
package struct DeploymentRecord: Codable, Hashable, Sendable {
    /// What a person wants of it.
    package enum Wish: String, Codable, Sendable { case up, down }

    package let name: String
    package private(set) var file: FileReference?
    package private(set) var wish: Wish = .down
    package private(set) var isPaused = false
    /// The highest generation any gang of it was launched with.
    package private(set) var generation = 0
    package private(set) var replicas: [Int: ReplicaRecord] = [:]
    package private(set) var drained: Set<String> = []
    /// Nodes on which units of a generation may run that another node has replaced.
    package private(set) var evictions: [String: Int] = [:]
    /// MiB in use on each GPU of a node before the first launch there.
    package private(set) var memory: [String: [Int]] = [:]
    /// How long a restart is remembered, in milliseconds: the longest window a file can ask for.
    private static let longestWindow = 7 * 24 * 3_600_000

    package init(name: String) { self.name = name }

    package func replica(_ index: Int) -> ReplicaRecord { replicas[index] ?? ReplicaRecord() }

    /// Takes one event in; the time is in milliseconds since the epoch.
    package mutating func apply(_ event: DeploymentEvent, at time: Int) {
        switch event {
        case .upWanted(let file, _):
            self.file = file
            wish = .up
            for index in replicas.keys { replicas[index]?.pardon() }
        case .downWanted, .foundStopped: wish = .down
        // What was asked for did not happen, so it is not tried again either.
        case .refused: if replicas.values.allSatisfy({ $0.generation == nil }) { wish = .down }
        case .paused: isPaused = true
        case .resumed: isPaused = false
        case .nodeDrained(let node): drained.insert(node)
        case .nodeUndrained(let node): drained.remove(node)
        case .evictionOwed(let node, let generation): evictions[node] = generation
        case .evicted(let node): evictions[node] = nil
        case .memoryMeasured(let node, let used): memory[node] = used
        case .launching(_, let generation, _, _), .adopted(_, let generation):
            self.generation = max(self.generation, generation)
        default: break
        }
        guard let index = event.replica else { return }
        replicas[index, default: ReplicaRecord()].apply(event, at: time, keeping: Self.longestWindow)
    }
}

/// Why a generation failed.
package struct ExplainedFailure: Codable, Hashable, Sendable {
    package let generation: Int
    package let answer: FailureAnswer
}

/// The part of the record that belongs to one gang.
package struct ReplicaRecord: Codable, Hashable, Sendable {
    package enum State: Codable, Hashable, Sendable {
        case down
        case starting(generation: Int)
        case ready(generation: Int)
        case fencing(generation: Int, cause: Cause)
        /// The next launch is due, in milliseconds since the epoch.
        case waiting(until: Int, cause: Cause?)
        /// Nothing more is tried until a person says so.
        case failed(reason: String, cause: Cause)
    }

    package private(set) var state: State = .down
    /// Since when, in milliseconds since the epoch.
    package private(set) var since = 0
    package private(set) var history = RestartHistory()
    /// How many times it was restarted after a failure, ever.
    package private(set) var restarts = 0
    /// How long each phase took in the last good start, in milliseconds, by the phase's number.
    package private(set) var learned: [Int: Int] = [:]
    /// Which spare stands in for which node of the file.
    package private(set) var substitutes: [String: String] = [:]
    /// Why the newest generation failed whose logs told it.
    package private(set) var failure: ExplainedFailure?

    package init() {}

    package var phases: [Phase: Duration] {
        Dictionary(
            learned.compactMap { number, span in Phase(rawValue: number).map { ($0, .milliseconds(span)) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The generation that runs or may run.
    package var generation: Int? {
        switch state {
        case .starting(let generation), .ready(let generation), .fencing(let generation, _): generation
        case .down, .waiting, .failed: nil
        }
    }

    /// Whether it is on its way up or ready in this generation, as far as was written down.
    func isMeantToRun(_ generation: Int) -> Bool {
        switch state {
        case .starting(generation), .ready(generation): true
        default: false
        }
    }

    /// The word tables and JSON use.
    package var word: String {
        switch state {
        case .down: "down"
        case .starting: "starting"
        case .ready: "ready"
        case .fencing(_, let cause): cause.isWish ? "stopping" : "fencing"
        case .waiting: "waiting"
        case .failed: "failed"
        }
    }

    package var cause: Cause? {
        switch state {
        case .fencing(_, let cause), .failed(_, let cause): cause
        case .waiting(_, let cause): cause
        case .down, .starting, .ready: nil
        }
    }

    /// A person asks for it anew: what has failed before no longer counts.
    mutating func pardon() {
        history = RestartHistory()
        if case .failed = state { state = .down }
    }

    mutating func apply(_ event: DeploymentEvent, at time: Int, keeping window: Int) {
        let before = state
        switch event {
        case .launching(_, let generation, _, _): state = .starting(generation: generation)
        case .adopted(_, let generation):
            if self.generation != generation { state = .starting(generation: generation) }
        case .ready(_, let generation, _, let phases):
            state = .ready(generation: generation)
            if !phases.isEmpty { learned = phases }
        case .stable: history.forgive()
        case .explained(_, let generation, let answer):
            // Looks at several generations may overtake each other; one that found nothing takes no answer away.
            guard let answer, generation >= failure?.generation ?? 0 else { break }
            failure = ExplainedFailure(generation: generation, answer: answer)
        case .fencing(_, let generation, let cause): state = .fencing(generation: generation, cause: cause)
        case .fenced:
            guard case .fencing(_, let cause) = state else { break }
            state = .waiting(until: time, cause: cause)
        case .spareTaken(_, let node, let spare, _): substitutes[node] = spare
        case .restartPlanned(_, let at, _, _, let cause):
            restarts += 1
            history.take(
                RestartHistory.Attempt(at: time, signature: cause.signature, reached: cause.reachedNumber),
                keeping: window
            )
            // A unit that starts over alone leaves its gang on its way up.
            if generation == nil { state = .waiting(until: at, cause: cause) }
        case .gaveUp(_, let reason, let cause): state = .failed(reason: reason, cause: cause)
        case .stopped: state = .down
        case .restartWanted: pardon()
        default: break
        }
        if state != before { since = time }
    }
}
