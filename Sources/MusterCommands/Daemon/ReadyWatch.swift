import MusterAPI
import MusterRuntime
import MusterSupervision

/// What a deployment's events come to for somebody who waits for it to be ready. Pure.
struct ReadyWatch: Sendable {
    /// How the wait ends.
    enum Verdict: Sendable {
        /// Ready; without a launch when it was found running.
        case ready(generation: Int, isAdopted: Bool)
        /// The daemon has stopped trying.
        case failed(reason: String, cause: Cause)
        /// Something runs that nobody said to replace.
        case refused(String)
        /// Somebody has it down meanwhile.
        case unwanted(by: String)
        /// Somebody has the daemon forget it.
        case forgotten
    }

    private let wish: Wish
    private let replicas: Int
    private var hasBegun = false
    private var ready: [Int: Int] = [:]
    private var hasLaunched = false

    /// - Parameters:
    ///   - wish: What was asked for; whatever is told before that is about something else.
    ///   - replicas: How many gangs have to be ready.
    init(_ wish: Wish, replicas: Int = 1) {
        self.wish = wish
        self.replicas = max(1, replicas)
    }

    /// Takes the next event in.
    ///
    /// - Parameter record: The event, of any release.
    /// - Returns: The end of the wait, where this is it.
    mutating func take(_ record: EventRecord) -> Verdict? {
        if record.kind == wish.rawValue { hasBegun = true }
        // An event of a later release has words for people and none for this.
        guard hasBegun, let event = Journal.event(kind: record.kind, payload: record.data.text) else { return nil }
        switch event {
        case .ready(let replica, let generation, _, _):
            ready[replica] = generation
            guard ready.count >= replicas, let newest = ready.values.max() else { return nil }
            return .ready(generation: newest, isAdopted: !hasLaunched)
        case .launching(let replica, _, _, _), .relaunching(let replica, _, _, _):
            hasLaunched = true
            ready[replica] = nil
        case .fencing(let replica, _, _): ready[replica] = nil
        case .gaveUp(_, let reason, let cause): return .failed(reason: reason, cause: cause)
        case .refused(let reason): return .refused(reason)
        case .downWanted, .foundStopped: return .unwanted(by: record.actor)
        default: break
        }
        return nil
    }

    /// Whether the event belongs to what is waited for.
    var isUnderWay: Bool { hasBegun }
}
