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
    @Flag(help: "Launch although the look at the nodes finds errors; they are listed.")
    var force = false
    @Flag(inversion: .prefixedNo, help: "Look at the nodes first, as `muster doctor --fast` does.")
    var doctor = true
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !detach || !daemon.foreground else {
            throw ValidationError("--detach leaves it to a daemon, and --foreground wants none")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let checked = try await session.resolvedNow(session.checked(file))
        let (plans, source) = (checked.plans, checked.source)
        let preflight = checked.spec.flatMap { spec in
            doctor ? Preflight(session: session, spec: spec, file: file.path, isForced: force) : nil
        }
        let target = Target(plans, words: file.path)
        let need: Session.Need = detach ? .detaching(target.name) : .none
        let address = try await session.daemon(daemon.choice, need)
        let secrets = try session.secrets(of: plans)
        if let address {
            let up = KeptUp(
                session: session,
                target: target,
                source: source,
                secrets: Secrets(
                    Dictionary(secrets.map { ($0.name, $0.value.revealed()) }) { first, _ in first }
                ),
                yes: yes,
                isDetached: detach,
                preflight: preflight
            )
            return try await up.run(address)
        }
        if daemon.choice == .either {
            let name = target.name
            session.console.say("note: nothing keeps \(name) up after this; start `musterd`, then `muster up -d`")
        }
        try await bringUp(plans, secrets, preflight, session)
    }

    private func bringUp(
        _ plans: [LaunchPlan],
        _ secrets: [(name: String, value: Redacted)],
        _ preflight: Preflight?,
        _ session: Session
    ) async throws {
        let presenter = UpPresenter(session.console)
        let consent = Consent(isGiven: yes, session.console)
        let file = file
        let outcomes = try await session.operate { interrupts in
            defer { presenter.finish() }
            return try await EachReplica.run(plans) { plan in
                let look: (@Sendable ([String: NodeLink]) async throws -> Void)? =
                    if let preflight { { links in try await preflight.check(plan, links) } } else { nil }
                let bringUp = BringUp(
                    plan,
                    owner: session.owner("up"),
                    secrets: secrets,
                    interrupts: interrupts,
                    link: session.link,
                    preflight: look,
                    learned: KeptStart(session.machine, plan).read(),
                    fabric: { session.keptFabric(file) },
                    report: { presenter.take($0, of: plan) }
                )
                return try await bringUp.up { standing, differences in
                    await consent.ask(ReplaceQuestion(plan: plan, standing: standing, differences: differences))
                }
            }
        }
        for (plan, outcome) in zip(plans, outcomes) {
            if case .success(let outcome) = outcome { session.keepTimes(outcome, of: plan) }
        }
        try OutcomeReport(session: session, file: file.path).finish(Array(zip(plans, outcomes)))
    }
}

/// Asks whether what runs may be replaced, for one replica at a time: there is one person.
private actor Consent {
    private let isGiven: Bool
    private let console: Console

    init(isGiven: Bool, _ console: Console) {
        self.isGiven = isGiven
        self.console = console
    }

    func ask(_ question: ReplaceQuestion) -> BringUp.Decision {
        for line in question.lines(style: console.talk.style) { console.say(line) }
        return isGiven || console.confirm("Stop it and launch this plan?") ? .replace : .leave
    }
}
