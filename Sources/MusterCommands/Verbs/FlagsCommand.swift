import ArgumentParser
import MusterDoctor
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster flags`
struct FlagsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flags",
        abstract: "Show the flags of an engine's releases: what they take, since when, until when.",
        discussion: """
            These are the flags that `args` of a cluster file are checked against. A release that is not known is judged by \
            its known neighbours. With --from-node the engine's own parser is asked where it is installed, which reads and \
            changes nothing, and what it has beside these is told.
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

        /// Releases as each engine names them.
        fileprivate var examples: String {
            switch self {
            case .sglang: "0.5.9, 0.4.4.post1 or 0.5.10.dev3+gabc"
            case .vllm: "0.11.1, 0.18.2rc1 or 0.18.2rc1.dev73+gabc"
            }
        }
    }

    @Argument(help: "A flag, or a part of its name; * stands for anything. Default: all.")
    var pattern: String?
    @Option(help: "Whose flags. Default: both engines'.")
    var engine: EngineChoice?
    @Option(name: .customLong("version"), help: "The release of --engine. Default: every known one.")
    var release: String?
    @Option(help: ArgumentHelp("Ask the engine on a node of this cluster file instead.", valueName: "file"))
    var fromNode: String?
    @Option(help: "Which node of --from-node. Default: the first.")
    var node: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard fromNode == nil || (engine == nil && release == nil) else {
            throw ValidationError("--from-node asks the engine that is there; --engine and --version choose known ones")
        }
        guard node == nil || fromNode != nil else { throw ValidationError("--node needs --from-node") }
        guard let release else { return }
        guard let engine else {
            throw ValidationError("--version needs --engine: each engine has releases of its own")
        }
        guard EngineVersion(release) != nil else {
            throw ValidationError("`\(release)` is no release; write it as in \(engine.examples)")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        if let fromNode { return try await ask(fromNode, session) }
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
        let whose = kinds.map { "\($0.title)\(version.map { " \($0)" } ?? "")" }.joined(separator: " or ")
        try end(listings, whose, session)
    }

    private func end(_ listings: [FlagListing], _ whose: String, _ session: Session) throws {
        guard listings.allSatisfy(\.rows.isEmpty) else { return }
        session.console.say("no flag of \(whose) is like `\(pattern ?? "")`; `muster flags` shows all")
        throw MusterExit.failed.asError
    }

    // MARK: On a node

    private func ask(_ path: String, _ session: Session) async throws {
        let checked = try session.checked(.of(path), quiet: true)
        guard let spec = checked.spec, let plan = checked.plans.first else { return }
        let units = checked.plans.flatMap(\.units)
        guard let unit = units.first(where: { node == nil || $0.node.name == node || $0.node.host == node }) else {
            let meant = Spelling.nearest(to: node ?? "", among: units.map(\.node.name)).map {
                "; did you mean `\($0)`?"
            }
            throw ValidationError("there is no node `\(node ?? "")`\(meant ?? "")")
        }
        let flags = try await session.operate { interrupts in
            let answer = try await interrupts.cancelling {
                try await FlagQuestion.ask(unit, spec, plan, link: session.link)
            }
            guard let answer else { throw RuntimeError(.interrupted, "interrupted before the node had answered") }
            return answer
        }
        let listing = flags.listing(matching: pattern)
        switch session.format {
        case .json: session.console.data(line: FlagsView.document(listing, of: flags).pretty)
        case .text:
            for note in FlagsView.notes(on: flags) { session.console.say(note) }
            let view = FlagsView(
                listings: [listing],
                width: session.console.out.isTerminal ? session.console.width : nil,
                style: session.console.out.style
            )
            for line in view.lines { session.console.data(line: line) }
        }
        try end([listing], "\(flags.kind.title) \(flags.version) on \(flags.node)", session)
    }
}
