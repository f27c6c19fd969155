import MusterAPI
import MusterEngines
import MusterRuntime
import MusterSupervision

/// What a deployment's events come to for somebody who waits for it to be ready. Pure.
struct ReadyWatch: Sendable {
    /// How the wait ends.
    enum Verdict: Sendable {
        /// Ready; without a launch when it was found running.
        case ready(generation: Int, isAdopted: Bool)
        /// The daemon has stopped trying to bring these up; whatever else was waited for is ready.
        case failed([Failure])
        /// Something runs that nobody said to replace.
        case refused(String)
        /// Somebody has it down meanwhile.
        case unwanted(by: String)
        /// Somebody has the daemon forget it.
        case forgotten
    }

    /// A replica that is given up.
    struct Failure: Sendable {
        var replica: Int
        var reason: String
        var cause: Cause
        /// What the logs said of it.
        var answer: FailureAnswer?
    }

    private let wish: Wish
    /// The replicas that are waited for.
    private var awaited: Set<Int>
    private var hasBegun = false
    /// The generation that each ready one has.
    private var ready: [Int: Int]
    private var failed: [Int: Failure] = [:]
    /// Generations that failed, whose logs are being looked at.
    private var unexplained: [Int: Int] = [:]
    /// The newest generation of each replica that was looked at.
    private var explained: [Int: Int] = [:]
    private var answers: [Int: FailureAnswer] = [:]
    /// Since something had failed.
    private var looks = 0
    private var hasLaunched = false

    /// - Parameters:
    ///   - wish: What was asked for; whatever is told before that is about something else.
    ///   - replicas: How many gangs have to be ready.
    ///   - ready: Those that are, of which no event may tell, with their generations.
    init(_ wish: Wish, replicas: Int = 1, ready: [Int: Int] = [:]) {
        self.wish = wish
        self.ready = ready
        awaited = Set(0..<max(1, replicas))
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
            return settled
        case .launching(let replica, _, _, _), .relaunching(let replica, _, _, _):
            hasLaunched = true
            (ready[replica], failed[replica], answers[replica]) = (nil, nil, nil)
        case .fencing(let replica, let generation, let cause):
            ready[replica] = nil
            if !cause.isWish { unexplained[replica] = generation }
        case .gaveUp(let replica, let reason, let cause):
            ready[replica] = nil
            failed[replica] = Failure(replica: replica, reason: reason, cause: cause, answer: answers[replica])
            return settled
        case .explained(let replica, let generation, let answer):
            // Looks at older generations may end after this one's.
            guard generation >= max(unexplained[replica] ?? 0, explained[replica] ?? 0) else { break }
            explained[replica] = generation
            unexplained[replica] = nil
            answers[replica] = answer
            failed[replica]?.answer = answer
            return settled
        case .restartWanted(let replica, _, _) where wish == .restart:
            awaited = [replica]
            ready[replica] = nil
        case .refused(let reason): return .refused(reason)
        case .downWanted, .foundStopped: return .unwanted(by: record.actor)
        default: break
        }
        return nil
    }

    /// The verdict without the reasons that have not come for two looks: a daemon that started over looks no more for
    /// them.
    mutating func look() -> Verdict? {
        looks = failed.isEmpty ? 0 : looks + 1
        guard looks > 1 else { return nil }
        unexplained = [:]
        return settled
    }

    /// The verdict, once nothing more is waited for.
    private var settled: Verdict? {
        guard awaited.allSatisfy({ ready[$0] != nil || failed[$0] != nil }),
            failed.keys.allSatisfy({ unexplained[$0] == nil })
        else { return nil }
        let failures = failed.values.filter { awaited.contains($0.replica) }.sorted { $0.replica < $1.replica }
        guard failures.isEmpty else { return .failed(failures) }
        return awaited.compactMap { ready[$0] }.max().map { .ready(generation: $0, isAdopted: !hasLaunched) }
    }

    /// Whether the event belongs to what is waited for.
    var isUnderWay: Bool { hasBegun }
}
