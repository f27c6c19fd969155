import ArgumentParser
import MusterEngines
import MusterPlan
import MusterRuntime
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
        let plans = try session.plans(file)
        switch common.format {
        case .json: session.console.data(line: Documents.plan(plans).pretty)
        case .text:
            for (index, plan) in plans.enumerated() {
                let view = PlanView(plan: plan, width: session.console.width, style: session.console.out.style)
                for line in (index > 0 ? [""] : []) + view.lines { session.console.data(line: line) }
            }
        }
    }
}
