import ArgumentParser
import MusterClient
import MusterSpec

/// `muster list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the deployments the daemon keeps."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let address = try await session.daemon(for: "a list of deployments")
        let deployments = try await session.question(address) { try await $0.deployments() }
        switch common.format {
        case .json:
            let document: JSONValue = [
                "format": "muster.list/1", "deployments": .array(deployments.map(\.json)),
            ]
            session.console.data(line: document.pretty)
        case .text:
            guard !deployments.isEmpty else { return session.console.say("the daemon keeps no deployment") }
            let view = DeploymentsView(
                deployments: deployments,
                now: session.now,
                width: session.console.width,
                style: session.console.out.style
            )
            for line in view.lines { session.console.data(line: line) }
        }
    }
}
