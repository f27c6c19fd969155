import ArgumentParser
import MusterAPI
import MusterClient
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

    @OptionGroup var target: TargetOptions
    @OptionGroup var unit: UnitOptions
    @Option(help: "auto, rank or gang.")
    var scope: RestartScope = .auto
    @Option(help: "Which of several replicas.")
    var replica: Int?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target, quiet: false)
        let named = try target.plan.flatMap { try unit.unit(of: $0) }
        if scope == .rank, unit.isEmpty { throw ValidationError("--scope rank needs --rank, --node-rank or --node") }
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            return try await restart(keeper, named, session)
        }
        guard let plan = target.plan else { return }
        guard replica ?? 0 == 0 else { throw ValidationError("there is no replica \(replica ?? 0)") }
        try await restart(plan, named, session)
    }

    private func restart(_ keeper: Keeper, _ named: UnitPlan?, _ session: Session) async throws {
        let began = ContinuousClock.now
        // A node of the file may have a spare in its place: by its number a unit is the same one everywhere.
        let request = RestartRequest(
            rank: named == nil ? unit.rank : nil,
            nodeRank: named?.nodeRank.value ?? unit.nodeRank,
            node: named == nil ? unit.node : nil,
            replica: replica,
            scope: RestartRequest.Scope(rawValue: scope.rawValue) ?? .auto
        )
        let accepted = try await session.question(keeper.address) { try await $0.restart(keeper.name, request) }
        let (outcome, kept) = try await session.ask(keeper.address) { client, interrupts in
            let verdict = try await interrupts.cancelling {
                let trail = EventTrail(.restart, session.console)
                return try await KeptProgress(client: client, name: keeper.name, console: session.console).during {
                    try await client.waitUntilReady(accepted, after: .restart, plan: nil, trail)
                }
            }
            let outcome = verdict.map { KeptReport.Outcome.waited($0, after: .now - began) } ?? .detached
            // The last word is said without what it would have added.
            return (outcome, try? await client.kept(keeper.name))
        }
        try KeptReport(session: session, target: keeper.target, kept: kept).finish(outcome)
    }

    private func restart(_ plan: LaunchPlan, _ named: UnitPlan?, _ session: Session) async throws {
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
            return try await bringUp.restart(named?.nodeRank, scope: scope) { session.console.say($0) }
        }
        try OutcomeReport(plan: plan, session: session, file: target.file.path).finish(outcome)
    }
}
