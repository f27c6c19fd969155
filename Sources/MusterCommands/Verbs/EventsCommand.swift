import ArgumentParser
import MusterAPI
import MusterClient
import MusterRuntime
import MusterSpec

/// `muster events`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Tell what happened to a deployment, and who or what made it happen.",
        discussion: """
            Times are in UTC. --kind takes the `kind` of the JSON form, such as launching, ready, fencing or gaveUp, and \
            can be given several times.
            """
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "The events of all deployments and of the daemon itself.")
    var all = false
    @Flag(name: [.short, .long], help: "Go on with what happens, until Ctrl-C.")
    var follow = false
    @Option(
        name: [.customShort("n"), .long],
        help: "How many of the last events; 0 for all. Default: 100, or all of --since."
    )
    var lines: Int?
    @Option(help: "Only events of so long ago at most, such as 90s or 2h.")
    var since: String?
    @Option(help: "Only events of this kind.")
    var kind: [String] = []
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard lines ?? 0 >= 0 else { throw ValidationError("--lines cannot be negative") }
        guard !all || target.name == nil && target.file.file == nil else {
            throw ValidationError("--all is for all deployments; leave the file or the name out")
        }
        guard since.map({ DurationText.parse($0) != nil }) ?? true else {
            throw ValidationError("`\(since ?? "")` is no duration such as 90s")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let name = all ? nil : try session.name(target)
        let query = EventQuery(
            name: name,
            kinds: Set(kind),
            earliest: since.flatMap(DurationText.parse).map { session.now.earlier(by: $0) },
            count: lines ?? (since == nil ? 100 : 0)
        )
        let (follow, console) = (follow, session.console)
        let address = try await session.daemon(for: "events")
        let print = { @Sendable (record: EventRecord) in
            let line = EventLine(record: record, style: console.out.style)
            console.data(line: session.format == .json ? line.json : line.text)
        }
        try await session.ask(address) { client, interrupts in
            _ = try await interrupts.cancelling {
                let cursor = try await query.last(client, print)
                guard follow else { return }
                for try await record in client.follow(after: cursor, of: name) where query.takes(record) {
                    print(record)
                }
            }
        }
    }
}

extension Timestamp {
    fileprivate func earlier(by span: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds - span.components.seconds * 1000)
    }
}
