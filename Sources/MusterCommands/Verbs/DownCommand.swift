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

    @OptionGroup var target: TargetOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target)
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            return try await KeptDown(session: session, keeper: keeper).run()
        }
        guard let plan = target.plan else { return }
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
        try DownReport(outcomes, plan).finish(session)
    }
}

extension DownReport {
    fileprivate init(_ outcomes: [TakeDown.NodeOutcome], _ plan: LaunchPlan) {
        name = plan.name.value
        nodes = outcomes.count
        (stopped, left, errors) = (0, [], [])
        for outcome in outcomes {
            switch outcome.result {
            case .failure(let error): errors.append(error)
            case .success(let report):
                stopped += report.stopped
                let node = plan.unit(outcome.node)?.node.name ?? ""
                left += report.leftovers.map { (node: node, what: $0) }
            }
        }
    }
}
