import ArgumentParser
import MusterClient

/// `muster pause`
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Have the daemon restart and stop nothing of the deployment by itself, until it is resumed.",
        discussion: "For maintenance: what runs goes on, and what fails stays as it is."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let name = try session.name(target)
        let address = try await session.daemon(for: "deployments that can be paused")
        let accepted = try await session.question(address) { try await $0.pause(name) }
        let text = "\(name) is paused: nothing is restarted or stopped until it is resumed"
        AcceptedReport(verb: "pause", text: text, accepted: accepted).say(session)
    }
}
