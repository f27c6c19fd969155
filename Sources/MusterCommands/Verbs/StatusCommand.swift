import ArgumentParser
import MusterAPI
import MusterClient
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the nodes say about the deployment: every unit, every rank, the endpoint.",
        discussion: "A daemon that keeps the deployment adds what it does about it, and why."
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "Leave out the line per rank.")
    var short = false
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target)
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            let status = try await session.question(keeper.address) { client in
                try DeploymentStatus(reading: await client.status(of: keeper.name).text)
            }
            noteChange(keeper, status, session)
            try show(status, keeper.deployment, session)
        } else {
            let fabric = session.keptFabric(self.target.file)
            let reports = try await session.operate { interrupts in
                let reports = try await interrupts.cancelling {
                    await StatusReport.gather(target.plans, fabric: fabric, link: session.link)
                }
                guard let reports else { throw RuntimeError(.interrupted, "interrupted") }
                return reports
            }
            try show(DeploymentStatus(replicas: reports.map { StatusDocument($0) }), nil, session)
        }
    }

    private func show(_ status: DeploymentStatus, _ kept: KeptDeployment?, _ session: Session) throws {
        for failure in status.unreachable { session.fail(failure.error) }
        switch common.format {
        case .json:
            let more: JSONValue = kept.map { ["daemon": $0.json] } ?? [:]
            session.console.data(line: status.json.adding(more).pretty)
        case .text:
            let style = session.console.out.style
            let view = DeploymentStatusView(
                status: status,
                kept: kept.map { KeptView(kept: $0, now: session.now, style: style).lines } ?? [],
                width: session.console.width,
                style: style
            )
            for line in view.lines(ranks: !short) { session.console.data(line: line) }
        }
        if status.unreachable.count == status.units.count { throw MusterExit.failed.asError }
        if !status.unreachable.isEmpty { throw MusterExit.partial.asError }
        if !status.isHealthy { throw MusterExit.failed.asError }
    }

    /// The daemon compares what runs with the file it has; the one that was given may be a later one.
    private func noteChange(_ keeper: Keeper, _ status: DeploymentStatus, _ session: Session) {
        let plans = keeper.target.plans
        guard !plans.isEmpty, keeper.deployment.substitutes.isEmpty,
            plans.map(\.hash.hex) != status.replicas.map(\.planHash)
        else { return }
        let given = plans.map(\.hash.short).joined(separator: ", ")
        let kept = status.replicas.map { String($0.planHash.prefix(12)) }.joined(separator: ", ")
        session.console.say("note: this file gives plan \(given), and the daemon keeps plan \(kept)")
        session.console.say("  hint: `muster up \(keeper.target.words)` has it kept as it is now")
    }
}
