/// One line that a signature was found in.
struct FailureSighting: Sendable {
    let signature: FailureSignature
    let role: FailureSignature.Role
    /// Which source, by its number.
    var source: Int
    /// The rank or process the line names, or the lines before it did: `TP3`, `Worker_TP0 pid=9`, `rank3`.
    let worker: String?
    /// Its number within the source.
    let number: Int
    let line: String
    /// The line before it.
    let before: String?
    /// The exception that a traceback behind it ends with.
    var exception: String?
    let stamp: LogStamp?
    /// The exception that it wraps speaks of a peer.
    var wrapsVictim = false
    /// How the process ended, and no line of its own.
    var isExit = false
    var instant: LogInstant?

    /// Whether it says that something is amiss without being the fault.
    var isTrouble: Bool {
        switch role {
        case .victim: true
        case .symptom, .umbrella: signature.fatality == .fatal
        case .cause: false
        }
    }
}
