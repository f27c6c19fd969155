import ArgumentParser
import Glibc

/// How a verb prints its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json
}

/// The cluster file.
struct FileOptions: ParsableArguments, Sendable {
    @Argument(
        help: ArgumentHelp(
            "The cluster file.",
            discussion: "Default: $MUSTER_FILE, else muster.yaml.",
            valueName: "file"
        )
    )
    var file: String?

    static func of(_ path: String?) -> FileOptions {
        var options = FileOptions()
        options.file = path
        return options
    }

    var path: String { file ?? getenv("MUSTER_FILE").map { String(cString: $0) } ?? "muster.yaml" }
}

/// A deployment, by its cluster file or by the name a daemon keeps it under.
struct TargetOptions: ParsableArguments, Sendable {
    @OptionGroup var file: FileOptions
    @Option(help: "The deployment by its name, as the daemon keeps it, in place of a file.")
    var name: String?

    func validate() throws {
        guard name == nil || file.file == nil else { throw ValidationError("give a file or --name, not both") }
    }
}

/// Who does the work.
struct DaemonOptions: ParsableArguments, Sendable {
    @Flag(help: "Ask the daemon, and end with 4 when none answers.")
    var daemon = false
    @Flag(help: "Do the work from here, whatever daemon there is.")
    var foreground = false

    func validate() throws {
        guard !daemon || !foreground else { throw ValidationError("give one of --daemon and --foreground") }
    }

    var choice: DaemonChoice { daemon ? .daemon : foreground ? .foreground : .either }
}

/// What a person said about who does the work.
enum DaemonChoice: Sendable { case either, daemon, foreground }

/// What every verb takes.
struct CommonOptions: ParsableArguments, Sendable {
    @Option(help: "How data is printed on standard output.")
    var format: OutputFormat = .text
}
