import ArgumentParser
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

    @OptionGroup var file: FileOptions
    @Flag(name: [.short, .long], help: "Go on printing what is written, until Ctrl-C.")
    var follow = false
    @OptionGroup var unit: UnitOptions
    @Option(name: [.customShort("n"), .long], help: "How many of the last lines of each unit; 0 for all.")
    var lines = 100
    @Option(help: "An older generation.")
    var generation: Int?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines cannot be negative") }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file, quiet: true)
        let units = try unit.units(of: plan)
        let printer = LogPrinter(plan: plan, units: units, session: session)
        let (lines, wanted, follow) = (lines, generation, follow)
        let failures = try await session.operate { interrupts in
            let stream = LogStream(plan, units: Set(units.map(\.nodeRank)), generation: wanted, link: session.link)
            return try await stream.run(lines: lines, follow: follow, interrupts: interrupts) { printer.print($0, $1) }
        }
        for failure in failures { session.fail(failure) }
        if failures.count == units.count { throw MusterExit.failed.asError }
        if !failures.isEmpty { throw MusterExit.partial.asError }
    }
}

/// Prints log lines, told apart by unit where there is more than one.
private struct LogPrinter: Sendable {
    let plan: LaunchPlan
    let units: [UnitPlan]
    let session: Session

    func print(_ rank: NodeRank, _ line: String) {
        switch session.format {
        case .json:
            let node = plan.unit(rank)?.node.name ?? ""
            let object: JSONValue = [
                "format": "muster.log/1", "node_rank": .integer(rank.value), "node": .string(node),
                "line": .string(line),
            ]
            session.console.data(line: object.compact)
        case .text:
            let prefix = units.count > 1 ? session.console.out.style.faint("r\(rank) |") + " " : ""
            session.console.data(line: prefix + line)
        }
    }
}
