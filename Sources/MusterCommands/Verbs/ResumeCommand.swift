import ArgumentParser
import MusterAPI
import MusterClient

/// `muster resume`
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Have the daemon look after a paused deployment again."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let name = try session.name(target)
        let address = try await session.daemon(for: "deployments that can be resumed")
        let accepted = try await session.question(address) { try await $0.resume(name) }
        let text = "\(name) is looked after again"
        AcceptedReport(verb: "resume", text: text, accepted: accepted).say(session)
    }
}
