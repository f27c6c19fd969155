import ArgumentParser
import MusterClient
import MusterSpec

/// `muster nodes`
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "List the nodes of all deployments the daemon keeps, and whether they answer."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(format: common.format)
        let address = try await session.daemon(for: "a list of nodes")
        let nodes = try await session.question(address) { try await $0.nodes() }
        switch common.format {
        case .json:
            let document: JSONValue = ["format": "muster.nodes/1", "nodes": .array(nodes.map(\.json))]
            session.console.data(line: document.pretty)
        case .text:
            guard !nodes.isEmpty else { return session.console.say("the daemon keeps no deployment, and so no node") }
            let view = NodesView(nodes: nodes, width: session.console.width, style: session.console.out.style)
            for line in view.lines { session.console.data(line: line) }
        }
    }
}
