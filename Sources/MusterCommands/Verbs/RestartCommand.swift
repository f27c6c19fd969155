import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

extension RestartScope: ExpressibleByArgument {}

/// `muster restart`
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Restart a failed unit: alone while ranks still gather, with its whole gang afterwards.",
        discussion: """
            No engine lets a rank rejoin a gang whose rendezvous is complete, so `auto` restarts the gang then. Without \
            --rank, --node-rank or --node the gang restarts.
            """
    )

    @OptionGroup var file: FileOptions
    @OptionGroup var unit: UnitOptions
    @Option(help: "auto, rank or gang.")
    var scope: RestartScope = .auto
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file)
        let target = try unit.unit(of: plan)
        if scope == .rank, target == nil { throw ValidationError("--scope rank needs --rank, --node-rank or --node") }
        let secrets = try session.secrets(of: plan)
        let presenter = UpPresenter(plan, session.console)
        let scope = scope
        let outcome = try await session.operate { interrupts in
            defer { presenter.finish() }
            let bringUp = BringUp(
                plan,
                owner: session.owner("restart"),
                secrets: secrets,
                interrupts: interrupts,
                link: session.link,
                report: { presenter.take($0) }
            )
            return try await bringUp.restart(target?.nodeRank, scope: scope) { session.console.say($0) }
        }
        try OutcomeReport(plan: plan, session: session, file: file.path).finish(outcome)
    }
}
