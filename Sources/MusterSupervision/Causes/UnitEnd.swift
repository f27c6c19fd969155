/// How a unit came to its end, as the node saw it.
package enum UnitEnd: Hashable, Sendable {
    /// The launcher ended; the status is the shell's, 128 + N for signal N.
    case exited(status: Int)
    /// Waiter and launcher are gone and nobody saw how: the node rebooted, or both were killed.
    case lost
    /// The waiter is gone while processes of the unit still run, so its exit can no longer be pushed.
    case orphaned

    /// In words, for a message.
    package var text: String {
        switch self {
        case .exited(status: 0): "exited with status 0, which for a server is a failure"
        case .exited(let status) where status > 128 && status < 193:
            "was ended by signal \(Self.signalName(status - 128))"
        case .exited(status: 127): "exited with status 127: the program was not found"
        case .exited(status: 126): "exited with status 126: the program could not be executed"
        case .exited(status: 2): "exited with status 2, as it does for a flag it does not know"
        case .exited(let status): "exited with status \(status)"
        case .lost: "is gone without an exit record: the node rebooted, or its processes were killed all at once"
        case .orphaned: "has lost its waiter while processes of it still run"
        }
    }

    private static func signalName(_ number: Int) -> String {
        let names = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
            11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
        ]
        return names[number].map { "\(number) (\($0))" } ?? String(number)
    }
}
