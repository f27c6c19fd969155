import ArgumentParser
import MusterAPI
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Launch the deployment, follow it until it serves, and leave it running.",
        discussion: """
            A daemon that answers does it and keeps it up; Ctrl-C only stops watching then. Without one it is done from \
            here, and what already runs from the same file is adopted: Ctrl-C before every unit is started undoes the \
            launch, and after that it only stops watching.
            """
    )

    @OptionGroup var file: FileOptions
    @Flag(name: [.short, .long], help: "Replace what runs under this name without asking.")
    var yes = false
    @Flag(name: [.short, .long], help: "Leave it to the daemon and return at once.")
    var detach = false
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !detach || !daemon.foreground else {
            throw ValidationError("--detach leaves it to a daemon, and --foreground wants none")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let (plan, source) = try session.planAndSource(file)
        let need: Session.Need = detach ? .detaching(plan.name.value) : .none
        let address = try await session.daemon(daemon.choice, need)
        let secrets = try session.secrets(of: plan)
        if let address {
            let up = KeptUp(
                session: session,
                target: Target(name: plan.name.value, plan: plan, words: file.path),
                plan: plan,
                source: source,
                secrets: Secrets(
                    Dictionary(secrets.map { ($0.name, $0.value.revealed()) }) { first, _ in first }
                ),
                yes: yes,
                isDetached: detach
            )
            return try await up.run(address)
        }
        if daemon.choice == .either {
            session.console.say("note: nothing keeps \(plan.name) up after this; start `musterd`, then `muster up -d`")
        }
        try await bringUp(plan, secrets, session)
    }

    private func bringUp(
        _ plan: LaunchPlan,
        _ secrets: [(name: String, value: Redacted)],
        _ session: Session
    ) async throws {
        let presenter = UpPresenter(plan, session.console)
        let yes = yes
        let outcome = try await session.operate { interrupts in
            defer { presenter.finish() }
            let bringUp = BringUp(
                plan,
                owner: session.owner("up"),
                secrets: secrets,
                interrupts: interrupts,
                link: session.link,
                report: { presenter.take($0) }
            )
            return try await bringUp.up { standing, differences in
                let question = ReplaceQuestion(plan: plan, standing: standing, differences: differences)
                for line in question.lines(style: session.console.talk.style) { session.console.say(line) }
                return yes || session.console.confirm("Stop it and launch this plan?") ? .replace : .leave
            }
        }
        try OutcomeReport(plan: plan, session: session, file: file.path).finish(outcome)
    }
}
