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
            --rank, --node-rank or --node the gang restarts. Other replicas are not touched.
            """
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var unit: UnitOptions
    @Option(help: "auto, rank or gang.")
    var scope: RestartScope = .auto
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target, quiet: false)
        let named = try target.plans.isEmpty ? nil : choice(in: UnitRoster(target.plans))
        if scope == .rank, unit.isEmpty { throw ValidationError("--scope rank needs --rank, --node-rank or --node") }
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            return try await restart(keeper, named, session)
        }
        guard let named, let plan = target.plans.first(where: { $0.replica == named.replica }) else { return }
        try await restart(plan, named.unit, session)
    }

    /// The replica that is meant, and the unit of it, where one is named.
    private func choice(in roster: UnitRoster) throws -> (replica: Int, unit: NodeRank?) {
        let entry = try unit.entry(of: roster)
        return (try entry?.replica ?? unit.replica(of: roster), entry.map { NodeRank($0.nodeRank) })
    }

    private func restart(
        _ keeper: Keeper,
        _ named: (replica: Int, unit: NodeRank?)?,
        _ session: Session
    ) async throws {
        let began = ContinuousClock.now
        // A node of the file may have a spare in its place: by its numbers a unit is the same one everywhere.
        let request = RestartRequest(
            rank: named == nil ? unit.rank : nil,
            nodeRank: named.map { $0.unit?.value } ?? unit.nodeRank,
            node: named == nil ? unit.node : nil,
            replica: named?.replica ?? unit.replica,
            scope: RestartRequest.Scope(rawValue: scope.rawValue) ?? .auto
        )
        let replica = request.replica
        let accepted = try await session.question(keeper.address) { try await $0.restart(keeper.name, request) }
        let (outcome, kept, transports) = try await session.ask(keeper.address) { client, interrupts in
            let verdict = try await interrupts.cancelling {
                let trail = EventTrail(.restart, session.console)
                return try await KeptProgress(client: client, name: keeper.name, console: session.console).during {
                    try await client.waitUntilReady(accepted, after: .restart, plans: nil, trail)
                }
            }
            let outcome = verdict.map { KeptReport.Outcome.waited($0, after: .now - began) } ?? .detached
            // The last word is said without what these would have added.
            return (outcome, try? await client.kept(keeper.name), await client.transports(of: keeper.name, outcome))
        }
        try KeptReport(
            session: session,
            target: keeper.target,
            kept: kept,
            replica: replica,
            transports: transports
        ).finish(outcome)
    }

    private func restart(_ plan: LaunchPlan, _ unit: NodeRank?, _ session: Session) async throws {
        let secrets = try session.secrets(of: [plan])
        let presenter = UpPresenter(session.console)
        let (scope, file) = (scope, target.file)
        let outcome = try await session.operate { interrupts in
            defer { presenter.finish() }
            let bringUp = BringUp(
                plan,
                owner: session.owner("restart"),
                secrets: secrets,
                interrupts: interrupts,
                link: session.link,
                learned: KeptStart(session.machine, plan).read(),
                fabric: { session.keptFabric(file) },
                report: { presenter.take($0, of: plan) }
            )
            return try await bringUp.restart(unit, scope: scope) { session.console.say($0) }
        }
        session.keepTimes(outcome, of: plan)
        try OutcomeReport(session: session, file: target.file.path).finish([(plan, .success(outcome))])
    }
}
