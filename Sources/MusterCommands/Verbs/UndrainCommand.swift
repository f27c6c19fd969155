import ArgumentParser
import MusterClient
import MusterSpec

/// `muster undrain`
struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain",
        abstract: "Use a drained node again."
    )

    @Argument(help: "The node's name in the cluster files.")
    var node: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let node = node
        let address = try await session.daemon(for: "nodes that can be drained")
        let accepted = try await session.question(address) { try await $0.undrain(node) }
        let text = "\(node) is in use again"
        AcceptedReport(verb: "undrain", text: text, accepted: accepted, more: ["node": .string(node)]).say(session)
    }
}
