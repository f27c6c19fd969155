import MusterEngines
import MusterPlan
import MusterSpec
import MusterTerminal

/// A plan as text.
struct PlanView {
    let plan: LaunchPlan
    let width: Int
    let style: Style

    var lines: [String] { heading + units + ranks }

    private var heading: [String] {
        var lines = [
            "\(style.strong(plan.title))  \(plan.engine.rawValue) \(plan.version)  "
                + "\(plan.ranks.count) ranks on \(plan.units.count) node\(plan.units.count == 1 ? "" : "s")",
            "model     \(plan.model)",
            "endpoint  \(plan.endpoint)",
        ]
        if let master = plan.master { lines.append("meets at  \(master.bracketed):\(plan.rendezvous)") }
        return lines + ["plan      \(plan.hash.short)", ""]
    }

    private var units: [String] {
        plan.units.flatMap { unit -> [String] in
            let first = unit.ranks.first?.global.description ?? "-"
            let last = unit.ranks.last?.global.description ?? "-"
            let title =
                "node rank \(unit.nodeRank)  \(unit.node.name)  ranks \(first)-\(last)  render \(unit.render.hash.short)"
            let variables = unit.environment.map { "  \($0.name)=\(ShellText.quote($0.value))" }
            let words = unit.arguments.map { argument in
                "  "
                    + argument.words.map { word in
                        switch word {
                        case .literal(let text): ShellText.quote(text)
                        case .secret(let name): "\"$\(name)\""
                        }
                    }.joined(separator: " ")
            }
            let added = unit.added.map { style.faint("  + \($0.what): \($0.reason)") }
            return [style.strong(title)] + variables + words + added + [""]
        }
    }

    private var ranks: [String] {
        var table = Table([
            .init("RANK"), .init("NODE RANK"), .init("NODE", priority: 4), .init("GPU"), .init("TP"), .init("PP"),
            .init("DP", priority: 3),
        ])
        for (rank, unit) in plan.ranks {
            table.add([
                .init(rank.global.description), .init(unit.nodeRank.description), .init(unit.node.name),
                .init(rank.local.description), .init(String(rank.tensor)), .init(String(rank.pipeline)),
                .init(String(rank.data)),
            ])
        }
        return table.lines(width: width, style: style)
    }
}
