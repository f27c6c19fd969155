import MusterAPI
import MusterSpec
import MusterTerminal

/// The nodes of all deployments a daemon keeps, one line each.
struct NodesView {
    let nodes: [NodeSummary]
    let width: Int
    let style: Style

    var lines: [String] {
        var table = Table([
            .init("NODE"), .init("STATE"), .init("DEPLOYMENTS", priority: 3), .init("CAUSE", priority: 2),
        ])
        for entry in nodes {
            table.add([
                .init(entry.node, .strong), .init(entry.state, Self.paint(entry.state)),
                .init(entry.deployments.joined(separator: ", ")), .init(entry.cause ?? "-"),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private static func paint(_ state: String) -> Table.Paint {
        switch state {
        case "reachable": .good
        case "lost": .bad
        default: .doubtful
        }
    }
}

extension NodeSummary {
    var json: JSONValue {
        [
            "node": .string(node), "state": .string(state),
            "deployments": .array(deployments.map(JSONValue.string)), "since": .string("\(since)"),
            "cause": .optional(cause),
        ]
    }
}
