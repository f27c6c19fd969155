import ArgumentParser

/// How the process ends. The numbers are part of the interface.
package enum MusterExit: Int32, Sendable, CaseIterable {
    /// Done, and observed to be done.
    case ok = 0
    /// The operation failed.
    case failed = 1
    /// The command line was wrong.
    case usage = 2
    /// The cluster file is invalid.
    case invalidFile = 3
    /// The daemon cannot be reached.
    case daemonUnreachable = 4
    /// Part of it was done; the output says which.
    case partial = 5

    /// What a command throws to end with this code, everything having been said.
    var asError: ExitCode { ExitCode(rawValue) }
}
