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
        let console = session.console
        let plans = target.plans
        let outcomes = try await session.operate { interrupts in
            try await EachReplica.run(plans) { plan in
                try await TakeDown.run(
                    plan,
                    owner: session.owner("down"),
                    interrupts: interrupts,
                    link: session.link,
                    stopping: { nodes in
                        guard nodes > 0 else { return }
                        console.say("stopping \(plan.title) on \(nodes) node\(nodes == 1 ? "" : "s")")
                    }
                )
            }
        }
        try DownReport(Array(zip(plans, outcomes)), name: target.name).finish(session)
    }
}

extension DownReport {
    /// - Parameters:
    ///   - outcomes: What each replica came to, or why nothing of it was stopped.
    ///   - name: The deployment.
    fileprivate init(_ outcomes: [(LaunchPlan, Result<[TakeDown.NodeOutcome], OperationErrors>)], name: String) {
        self.name = name
        (nodes, unasked, stopped, left, errors) = (0, 0, 0, [], [])
        for (plan, result) in outcomes {
            nodes += plan.units.count
            switch result {
            case .failure(let failure):
                unasked += plan.units.count
                errors += failure.errors
            case .success(let outcomes): add(outcomes, of: plan)
            }
        }
    }

    private mutating func add(_ outcomes: [TakeDown.NodeOutcome], of plan: LaunchPlan) {
        for outcome in outcomes {
            switch outcome.result {
            case .failure(let error):
                unasked += 1
                errors.append(error)
            case .success(let report):
                stopped += report.stopped
                let node = plan.unit(outcome.node)?.node.name ?? ""
                left += report.leftovers.map { (node: node, what: $0) }
            }
        }
    }
}
