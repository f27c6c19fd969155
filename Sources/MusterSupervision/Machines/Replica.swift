package import MusterPlan
package import MusterSpec

/// One gang of a deployment through all its generations: the half of what is known that does not outlive the process.
package struct Replica: Sendable {
    package enum Standing: Sendable {
        /// Nothing runs, and nothing is wanted to. Exits: `observing` when it is wanted up.
        case idle
        /// Nodes are asked what runs; again at a time, where one was silent. Exits: `live`, `waiting` or `idle`, by what they
        /// say.
        case observing(again: Duration?)
        /// A launch wants nodes or the end of a pause. Exits: `gating` when it can go on; `idle` when it is wanted down.
        case waiting(reason: String)
        /// GPU memory is measured before a launch. Exits: `live` when it is back; `pausing` or `failed` when it stays away.
        case gating(Gate)
        /// A generation is on its way up, ready, or being stopped. Exits: `waiting`, `pausing`, `failed` or `idle`, when nothing
        /// of it is left.
        case live(GangMachine)
        /// A launch waits for its time. Exits: `waiting` when it has come.
        case pausing(until: Duration)
        /// Nothing more is tried. Exits: `observing` when a person asks for it.
        case failed
    }

    /// A look at GPU memory before a launch.
    package struct Gate: Hashable, Sendable {
        package var since: Duration
        package var next: Duration?
        package var reason: String
        package var told: String?
    }

    /// A unit that starts over alone when its time has come.
    package struct LoneRestart: Hashable, Sendable {
        package var unit: NodeRank
        package var due: Duration
    }

    package internal(set) var plan: LaunchPlan
    package internal(set) var standing: Standing = .idle
    var strays: [NodeRank: [GangObservation.Stray]] = [:]
    var loneRestart: LoneRestart?
    /// The plan that takes over once this one is gone.
    var successor: LaunchPlan?
    /// The highest generation seen on a node.
    var seen = 0
    /// Another plan that runs under this name may be stopped.
    var mayReplace = false
    var isForgiven = false
    /// What was seen when nobody here had stopped it; decided upon together with the other replicas.
    var foundStopped: GangObservation?
    var lastReason: String?
    /// The file has it no longer: it is stopped like a deployment that is wanted down, and forgotten then.
    var isLeaving = false

    init(plan: LaunchPlan) { self.plan = plan }

    package var gang: GangMachine? { if case .live(let gang) = standing { gang } else { nil } }
}
