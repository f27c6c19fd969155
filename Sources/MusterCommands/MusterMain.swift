import ArgumentParser
import Glibc

/// The whole program, but for the `main` that calls it.
package enum MusterMain {
    /// Parses the command line, runs the verb and ends the process with the code that fits.
    package static func run() async -> Never {
        do {
            var command = try MusterCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit(MusterExit.ok.rawValue)
        } catch {
            // The parser's own code for a usage error is sysexits' 64; ours is 2, as everywhere else in the field.
            guard MusterCommand.exitCode(for: error) == .validationFailure else { MusterCommand.exit(withError: error) }
            let text = Array((MusterCommand.fullMessage(for: error) + "\n").utf8)
            _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(MusterExit.usage.rawValue)
        }
    }
}
