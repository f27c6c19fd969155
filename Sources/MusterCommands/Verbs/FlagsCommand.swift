import ArgumentParser
import MusterEngines
import MusterSpec

/// `muster flags`
struct FlagsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flags",
        abstract: "Show the flags of an engine's releases: what they take, since when, until when.",
        discussion: """
            These are the flags that `args` of a cluster file are checked against. A release that is not known is judged by \
            its known neighbours.
            """
    )

    enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
        case sglang, vllm

        var kind: EngineSpec.Kind {
            switch self {
            case .sglang: .sglang
            case .vllm: .vllm
            }
        }
    }

    @Argument(help: "A flag, or a part of its name; * stands for anything. Default: all.")
    var pattern: String?
    @Option(help: "Whose flags. Default: both engines'.")
    var engine: EngineChoice?
    @Option(name: .customLong("version"), help: "The release of --engine. Default: every known one.")
    var release: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let release else { return }
        guard engine != nil else {
            throw ValidationError("--version needs --engine: each engine has releases of its own")
        }
        guard EngineVersion(release) != nil else {
            throw ValidationError("`\(release)` is no release; write it as in 0.5.9 or 0.4.4.post1")
        }
    }

    func run() throws {
        let session = Session(format: common.format)
        let kinds = engine.map { [$0.kind] } ?? EngineSpec.Kind.allCases
        let version = release.flatMap { EngineVersion($0) }
        let listings = kinds.map { FlagListing(matching: pattern, of: $0, version: version) }
        switch common.format {
        case .json: session.console.data(line: FlagsView.document(listings).pretty)
        case .text:
            for note in listings.compactMap({ $0.scope?.note(.of($0.kind)) }) { session.console.say("note: \(note)") }
            let view = FlagsView(
                listings: listings,
                width: session.console.out.isTerminal ? session.console.width : nil,
                style: session.console.out.style
            )
            for line in view.lines { session.console.data(line: line) }
        }
        guard listings.allSatisfy(\.rows.isEmpty) else { return }
        let whose = kinds.map { "\($0.title)\(version.map { " \($0)" } ?? "")" }.joined(separator: " or ")
        session.console.say("no flag of \(whose) is like `\(pattern ?? "")`; `muster flags` shows all")
        throw MusterExit.failed.asError
    }
}
