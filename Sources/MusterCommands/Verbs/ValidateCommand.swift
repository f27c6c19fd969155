import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster validate`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a cluster file and report everything that is wrong with it."
    )

    @OptionGroup var file: FileOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = Session(format: common.format)
        let checked = session.check(file)
        switch common.format {
        case .json: session.console.data(line: Documents.validation(checked).pretty)
        case .text:
            if !checked.diagnostics.isEmpty {
                session.console.say(session.text(checked.diagnostics, checked.source, session.console.talk))
            }
            if let plan = checked.plans.first {
                let units = plan.units.count
                let several = plan.replicas > 1 ? "\(plan.replicas) replicas of " : ""
                session.console.data(
                    line: "\(checked.source.name): valid: \(plan.name), \(plan.engine.rawValue) \(plan.version), "
                        + "\(several)\(plan.ranks.count) ranks on \(units) node\(units == 1 ? "" : "s")"
                )
            }
        }
        if checked.plans.isEmpty { throw MusterExit.invalidFile.asError }
    }
}
