import MusterAPI
import MusterSpec
import MusterTerminal

/// The deployments a daemon keeps, one line each.
struct DeploymentsView {
    let deployments: [DeploymentSummary]
    let now: Timestamp
    let width: Int
    let style: Style

    var lines: [String] {
        var table = Table([
            .init("NAME"), .init("STATE"), .init("WANTED", priority: 3), .init("GENERATION", priority: 2),
            .init("REPLICAS", priority: 1), .init("SINCE", priority: 3), .init("CAUSE", priority: 4),
        ])
        for entry in deployments {
            table.add([
                .init(entry.name, .strong), .init(entry.state, Self.paint(entry.state)), .init(entry.desired),
                .init(entry.generation > 0 ? String(entry.generation) : "-"),
                .init("\(entry.replicas.ready)/\(entry.replicas.total)"), .init(since(entry)),
                .init(entry.cause ?? "-"),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private func since(_ entry: DeploymentSummary) -> String {
        guard entry.since.milliseconds > 0 else { return "-" }
        return ElapsedText.text(.milliseconds(max(0, now.milliseconds - entry.since.milliseconds)))
    }

    private static func paint(_ state: String) -> Table.Paint {
        switch state {
        case "ready": .good
        case "failed": .bad
        case "down": .faint
        default: .doubtful
        }
    }
}

extension DeploymentSummary {
    var json: JSONValue {
        [
            "name": .string(name), "state": .string(state), "desired": .string(desired),
            "generation": .integer(generation),
            "replicas": ["ready": .integer(replicas.ready), "total": .integer(replicas.total)],
            "since": since.milliseconds > 0 ? .string("\(since)") : .null, "cause": .optional(cause),
        ]
    }
}
