import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster down`
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stop the deployment, and succeed only when it is seen to be gone.",
        discussion: "Gone means: no process, no listening port and no GPU memory of it on any node. Logs stay."
    )

    @OptionGroup var file: FileOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file, quiet: true)
        let console = session.console
        let outcomes = try await session.operate { interrupts in
            try await TakeDown.run(
                plan,
                owner: session.owner("down"),
                interrupts: interrupts,
                link: session.link,
                stopping: { nodes in
                    if nodes > 0 { console.say("stopping \(plan.name) on \(nodes) node\(nodes == 1 ? "" : "s")") }
                }
            )
        }
        try report(outcomes, plan, session)
    }

    private func report(_ outcomes: [TakeDown.NodeOutcome], _ plan: LaunchPlan, _ session: Session) throws {
        let errors = outcomes.compactMap { if case .failure(let error) = $0.result { error } else { nil } }
        let left = outcomes.flatMap { outcome -> [(node: String, what: String)] in
            guard case .success(let report) = outcome.result else { return [] }
            return report.leftovers.map { (node: plan.unit(outcome.node)?.node.name ?? "", what: $0) }
        }
        let stopped = outcomes.reduce(0) { sum, outcome in
            if case .success(let report) = outcome.result { sum + report.stopped } else { sum }
        }
        for error in errors { session.fail(error) }
        for entry in left { session.console.say("\(entry.node): \(entry.what)") }
        let reached = outcomes.count - errors.count
        switch session.format {
        case .text:
            let what = stopped == 0 ? "nothing was running" : "\(stopped) unit\(stopped == 1 ? "" : "s") stopped"
            let line =
                if errors.isEmpty, left.isEmpty {
                    "is down: \(what) on \(reached) node\(reached == 1 ? "" : "s"), nothing is left"
                } else if reached == 0 {
                    "is not known to be down: none of \(outcomes.count) nodes could be asked"
                } else {
                    "is not down everywhere: \(what) on \(reached) of \(outcomes.count) nodes"
                }
            session.console.data(line: "\(plan.name) \(line)")
        case .json:
            session.console.data(
                line: ([
                    "format": "muster.down/1", "name": .string(plan.name.value),
                    "down": .boolean(errors.isEmpty && left.isEmpty), "units_stopped": .integer(stopped),
                    "left": .array(left.map { ["node": .string($0.node), "what": .string($0.what)] }),
                    "errors": .array(errors.map(Documents.error)),
                ] as JSONValue).pretty
            )
        }
        if !left.isEmpty { throw MusterExit.failed.asError }
        if !errors.isEmpty { throw (reached == 0 ? MusterExit.failed : .partial).asError }
    }
}
