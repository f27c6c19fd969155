import ArgumentParser
import Glibc

/// The whole daemon, but for the `main` that calls it.
package enum DaemonMain {
    /// Parses the command line, runs the daemon and ends the process with the code that fits.
    package static func run() async -> Never {
        signal(SIGPIPE, SIG_IGN)
        // Until somebody hears it: a reload that comes early must not end the daemon.
        signal(SIGHUP, SIG_IGN)
        do {
            let command = try DaemonCommand.parse()
            exit(try await command.run())
        } catch {
            guard DaemonCommand.exitCode(for: error) == .validationFailure else { DaemonCommand.exit(withError: error) }
            // The same code for a usage error as everywhere in muster.
            DaemonCommand.say(DaemonCommand.fullMessage(for: error))
            exit(2)
        }
    }
}
