import ArgumentParser
import MusterClient
import MusterSpec

/// `muster forget`
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Have the daemon forget a deployment that is down, with its events.",
        discussion: "Logs and run directories stay on the nodes."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let name = try session.name(target)
        let address = try await session.daemon(for: "deployments that can be forgotten")
        try await session.question(address) { try await $0.forget(name) }
        switch common.format {
        case .text: session.console.data(line: "\(name) is forgotten")
        case .json:
            let document: JSONValue = ["format": "muster.forget/1", "name": .string(name), "forgotten": true]
            session.console.data(line: document.pretty)
        }
    }
}
