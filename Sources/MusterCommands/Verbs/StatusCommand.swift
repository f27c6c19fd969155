import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the nodes say about the deployment: every unit, every rank, the endpoint."
    )

    @OptionGroup var file: FileOptions
    @Flag(help: "Leave out the line per rank.")
    var short = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file, quiet: true)
        let report = try await session.operate { interrupts in
            guard let report = try await interrupts.cancelling({ await StatusReport.gather(plan, link: session.link) })
            else {
                throw RuntimeError(.interrupted, "interrupted")
            }
            return report
        }
        for failure in report.observed.unreachable { session.fail(failure.error) }
        switch common.format {
        case .json: session.console.data(line: Documents.status(report).pretty)
        case .text:
            let view = StatusView(report: report, width: session.console.width, style: session.console.out.style)
            for line in view.lines(ranks: !short) { session.console.data(line: line) }
        }
        if report.observed.unreachable.count == plan.units.count { throw MusterExit.failed.asError }
        if !report.observed.unreachable.isEmpty { throw MusterExit.partial.asError }
        if !report.isHealthy { throw MusterExit.failed.asError }
    }
}
