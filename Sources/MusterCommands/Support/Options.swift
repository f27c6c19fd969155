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

    var path: String { file ?? getenv("MUSTER_FILE").map { String(cString: $0) } ?? "muster.yaml" }
}

/// What every verb takes.
struct CommonOptions: ParsableArguments, Sendable {
    @Option(help: "How data is printed on standard output.")
    var format: OutputFormat = .text
}
