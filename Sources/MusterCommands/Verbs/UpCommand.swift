import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Launch the deployment, follow it until it serves, and leave it running.",
        discussion: """
            What already runs from the same file is adopted. Ctrl-C before every unit is started undoes the launch; after \
            that it only stops watching.
            """
    )

    @OptionGroup var file: FileOptions
    @Flag(name: [.short, .long], help: "Replace what runs under this name without asking.")
    var yes = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file)
        let secrets = try session.secrets(of: plan)
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
