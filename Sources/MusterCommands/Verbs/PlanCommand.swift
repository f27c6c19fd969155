import ArgumentParser
import MusterEngines
import MusterPlan
import MusterSpec
import MusterTerminal

/// `muster plan`
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what would be launched: every unit's command and environment, every rank's place."
    )

    @OptionGroup var file: FileOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file)
        switch common.format {
        case .json: session.console.data(line: plan.json.pretty)
        case .text:
            let view = PlanView(plan: plan, width: session.console.width, style: session.console.out.style)
            for line in view.lines { session.console.data(line: line) }
        }
    }
}
