package import MusterEngines
package import MusterSpec

/// One thing that happened to a deployment, as it is kept for good. A wish names who had it, an intent is written before
/// it is acted on, and an observation after it was made.
///
/// The names of cases and labels are what is stored: a release may add to them and never change one.
package enum DeploymentEvent: Codable, Hashable, Sendable {
    // Wishes
    case upWanted(file: FileReference, plan: String)
    case downWanted
    case restartWanted(replica: Int, nodeRank: NodeRank?, scope: String)
    case paused
    case resumed
    case nodeDrained(node: String)
    case nodeUndrained(node: String)
    /// A wish that cannot be granted, and why.
    case refused(reason: String)

    // Intents
    case launching(replica: Int, generation: Int, plan: String, reason: String)
    case relaunching(replica: Int, generation: Int, nodeRank: NodeRank, reason: String)
    case fencing(replica: Int, generation: Int, cause: Cause)
    case spareTaken(replica: Int, node: String, spare: String, reason: String)
    /// What the node still runs of this generation is to be stopped when it answers again.
    case evictionOwed(node: String, generation: Int)

    // Observations
    /// Somebody has taken all of it down without a daemon.
    case foundStopped
    case adopted(replica: Int, generation: Int)
    case unitStarted(replica: Int, generation: Int, nodeRank: NodeRank, node: String)
    case milestone(replica: Int, generation: Int, text: String)
    /// After how many milliseconds, and how long each phase took, by its number.
    case ready(replica: Int, generation: Int, after: Int, phases: [Int: Int])
    /// Which way the ranks of a gang that is ready talk between their nodes, and the codes of what is wrong with it.
    case transportProven(replica: Int, generation: Int, text: String, codes: [String])
    /// It has been ready for long enough to forgive what was before.
    case stable(replica: Int)
    case unitFailed(replica: Int, generation: Int, cause: Cause)
    case left(replica: Int, generation: Int, node: String, what: [String])
    case fenced(replica: Int, generation: Int)
    /// Why a generation failed, by the logs of all its units; nothing where none has a line that is known.
    case explained(replica: Int, generation: Int, answer: FailureAnswer?)
    case evicted(node: String)
    case nodeSuspected(node: String, reason: String)
    case nodeLost(node: String, after: Int)
    case nodeBack(node: String, after: Int)
    case nodeRebooted(node: String)
    /// MiB in use on each GPU of a node when nothing of the deployment ran.
    case memoryMeasured(node: String, used: [Int])
    case memoryHeld(replica: Int, what: String)
    case waiting(replica: Int, reason: String)

    // Decisions
    /// The next launch follows at a time, in milliseconds since the epoch.
    case restartPlanned(replica: Int, at: Int, attempt: Int, of: Int, cause: Cause)
    case gaveUp(replica: Int, reason: String, cause: Cause)
    case stopped(replica: Int)

    // The daemon itself
    case daemonStarted(version: String)
    case daemonStopping
}

/// Which cluster file a deployment came from.
package struct FileReference: Codable, Hashable, Sendable {
    /// SHA-256 of its bytes, under which the store keeps them.
    package var hash: String
    /// What the person called it.
    package var path: String

    package init(hash: String, path: String) {
        self.hash = hash
        self.path = path
    }
}
