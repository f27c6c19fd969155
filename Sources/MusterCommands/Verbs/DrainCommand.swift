import ArgumentParser
import MusterClient
import MusterSpec

/// `muster drain`
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Take a node out of use: what runs there moves to a spare, or waits for the node."
    )

    @Argument(help: "The node's name in the cluster files.")
    var node: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let node = node
        let address = try await session.daemon(for: "nodes that can be drained")
        let accepted = try await session.question(address) { try await $0.drain(node) }
        let text = "\(node) is drained: nothing more is placed there until `muster undrain \(node)`"
        AcceptedReport(verb: "drain", text: text, accepted: accepted, more: ["node": .string(node)]).say(session)
    }
}
