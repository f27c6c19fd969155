import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal

/// What runs instead of the plan, before anybody is asked whether to replace it.
struct ReplaceQuestion {
    let plan: LaunchPlan
    let standing: ObservedDeployment.Standing
    let differences: [NodeRank: ScriptDiff]

    func lines(style: Style) -> [String] {
        switch standing {
        case .different(let generation, let units):
            let names = units.compactMap { plan.unit($0)?.node.name }.joined(separator: ", ")
            return ["`\(plan.title)` runs as generation \(generation) with another plan on \(names)"] + changes(style)
        case .broken(let generation, let alive, let missing):
            return ["`\(plan.title)` is not whole: \(breakage(generation, alive, missing))"]
        case .absent, .running, .unknown: return []
        }
    }

    private func breakage(_ generation: Int, _ alive: [NodeRank], _ missing: [NodeRank]) -> String {
        let living = alive.map(\.description).joined(separator: ", ")
        let dead = missing.map(\.description).joined(separator: ", ")
        return switch (alive.isEmpty, missing.isEmpty) {
        case (false, false): "of generation \(generation), node rank \(living) runs and node rank \(dead) does not"
        case (false, true): "beside generation \(generation), units of another generation or node rank run"
        case (true, _): "units of generation \(generation) have processes, but none that runs where the file puts it"
        }
    }

    /// The same change on many nodes is shown once.
    private func changes(_ style: Style) -> [String] {
        var groups: [(ranks: [NodeRank], diff: ScriptDiff)] = []
        for (rank, diff) in differences.sorted(by: { $0.key < $1.key }) {
            // The header names the node, so it never groups; what matters stands below it.
            let body = ScriptDiffBody(diff)
            if let index = groups.firstIndex(where: { ScriptDiffBody($0.diff) == body }) {
                groups[index].ranks.append(rank)
            } else {
                groups.append((ranks: [rank], diff: diff))
            }
        }
        return groups.flatMap { group -> [String] in
            let ranks = group.ranks.map(\.description).joined(separator: ", ")
            return ["  node rank \(ranks):"]
                + ScriptDiffBody(group.diff).lines.map { line in
                    switch line {
                    case .removed(let text): style.bad("    - \(text)")
                    case .added(let text): style.good("    + \(text)")
                    }
                }
        }
    }
}

/// The lines of a script change below the script's own comments.
private struct ScriptDiffBody: Equatable {
    let lines: [ScriptDiff.Line]

    init(_ diff: ScriptDiff) {
        lines = diff.lines.filter { line in
            switch line {
            case .removed(let text), .added(let text): !text.hasPrefix("#")
            }
        }
    }
}
