import ArgumentParser
import MusterAPI
import MusterClient
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal

/// `muster logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the units' logs, each line with the unit it came from.",
        discussion: "--rank N prints the log of the unit that holds rank N: a unit's workers write to one log."
    )

    @OptionGroup var target: TargetOptions
    @Flag(name: [.short, .long], help: "Go on printing what is written, until Ctrl-C.")
    var follow = false
    @OptionGroup var unit: UnitOptions
    @Option(name: [.customShort("n"), .long], help: "How many of the last lines of each unit; 0 for all.")
    var lines = 100
    @Option(help: "An older generation.")
    var generation: Int?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines cannot be negative") }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target)
        let chosen = try target.plans.isEmpty ? [] : unit.units(of: target.plans)
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            return try await print(keeper, session)
        }
        try await print(target.plans, chosen, session)
    }

    private func print(
        _ plans: [LaunchPlan],
        _ chosen: [(plan: LaunchPlan, units: Set<NodeRank>)],
        _ session: Session
    ) async throws {
        let units = chosen.reduce(0) { $0 + $1.units.count }
        let printer = LogPrinter(roster: UnitRoster(plans), isAlone: units == 1, session: session)
        let (lines, wanted, follow) = (lines, generation, follow)
        let failures = try await session.operate { interrupts in
            let streams = chosen.map { LogStream($0.plan, units: $0.units, generation: wanted, link: session.link) }
            let print = { @Sendable (plan: LaunchPlan, unit: NodeRank, line: String) in
                printer.print(plan.replica, unit.value, line)
            }
            return try await LogStream.run(
                streams,
                lines: lines,
                follow: follow,
                interrupts: interrupts,
                print: print,
                live: print
            )
        }
        for failure in failures { session.fail(failure) }
        try Self.end(failures.count, of: units)
    }

    private func print(_ keeper: Keeper, _ session: Session) async throws {
        let (unit, generation, lines, follow) = (unit, generation, lines, follow)
        let (failures, units) = try await session.ask(keeper.address) { client, interrupts in
            let roster = try await keeper.roster(client)
            let entries = try unit.entries(of: roster)
            let printer = LogPrinter(roster: roster, isAlone: entries.count == 1, session: session)
            let entry = try unit.entry(of: roster)
            let query = LogQuery(
                replica: roster.replicas > 1 ? entry?.replica ?? unit.replica : nil,
                nodeRank: entry?.nodeRank,
                generation: generation,
                lines: lines,
                follow: follow
            )
            let failures = try await interrupts.cancelling {
                var failures = 0
                for try await line in try await client.logs(of: keeper.name, query) where !printer.print(kept: line) {
                    failures += 1
                }
                return failures
            }
            // Who stops following has seen what there was to see.
            return (failures ?? 0, entries.count)
        }
        try Self.end(failures, of: units)
    }

    private static func end(_ failures: Int, of units: Int) throws {
        if failures >= units { throw MusterExit.failed.asError }
        if failures > 0 { throw MusterExit.partial.asError }
    }
}

/// Prints log lines, told apart by unit where there is more than one.
private struct LogPrinter: Sendable {
    let roster: UnitRoster
    let isAlone: Bool
    let session: Session

    func print(_ replica: Int, _ rank: Int, _ line: String) {
        let isOfSeveral = roster.replicas > 1
        switch session.format {
        case .json:
            let object: JSONValue = [
                "format": "muster.log/1", "node_rank": .integer(rank), "node": .string(roster.node(replica, rank)),
                "line": .string(line),
            ]
            session.console.data(line: object.adding(isOfSeveral ? ["replica": .integer(replica)] : [:]).compact)
        case .text:
            let tag = isOfSeveral ? "\(replica)/r\(rank) |" : "r\(rank) |"
            let prefix = isAlone ? "" : session.console.out.style.faint(tag) + " "
            session.console.data(line: prefix + line)
        }
    }

    /// Prints a line of a daemon's answer: `rN | TEXT`, with `K/` in front where there are several replicas, or a word of
    /// its own.
    ///
    /// - Parameter line: The line.
    /// - Returns: False when it says that a unit's log cannot be read.
    func print(kept line: String) -> Bool {
        if let match = line.prefixMatch(of: #/(?:([0-9]+)\/)?r([0-9]+) \| /#), let rank = Int(match.2) {
            print(match.1.flatMap { Int($0) } ?? 0, rank, String(line[match.range.upperBound...]))
            return true
        }
        session.console.say(line)
        // Lines that came too fast are no failure of a unit.
        return line.contains("lines left out")
    }
}
