import MusterEngines
import MusterSpec

/// What `muster render` writes: a path below the directory, its content and its mode.
package struct RenderedFile: Hashable, Sendable {
    package let path: String
    package let content: String
    package let mode: UInt16
}

extension LaunchPlan {
    /// One launch script per unit and a README of the order, in a stable order; below a directory of the replica's own
    /// where there are several.
    package var renderedFiles: [RenderedFile] {
        let folder = replicas > 1 ? "replica\(replica)/" : ""
        return units.map {
            RenderedFile(path: "\(folder)r\($0.nodeRank)/launch.sh", content: $0.render.script, mode: 0o755)
        } + [RenderedFile(path: "\(folder)README", content: renderReadme, mode: 0o644)]
    }

    private var renderReadme: String {
        var lines = [
            "Deployment \(title): \(engine.rawValue) \(version), \(ranks.count) ranks on \(units.count) nodes",
            "Plan \(hash)",
            "",
        ]
        for unit in units {
            let first = unit.ranks.first?.global.description ?? "-"
            let last = unit.ranks.last?.global.description ?? "-"
            lines.append("  r\(unit.nodeRank)/launch.sh  ranks \(first)-\(last)  \(ShellText.comment(unit.node.name))")
            lines.append("    sha256 \(unit.render.hash)")
        }
        lines += ["", "By hand, without muster:", ""]
        if units.count > 1 {
            lines += [
                "1. Copy each script to its node. They differ: the node rank is in them.",
                "2. Start r0 first, then the others, within the engine's rendezvous time limit (10 minutes).",
                "   Every launcher must outlive its terminal: `setsid sh launch.sh > log 2>&1 < /dev/null &`.",
                "3. Ranks meet at \(master?.bracketed ?? "the first node"):\(rendezvous); all TCP ports between the nodes must be open.",
                "4. r0 serves \(endpoint) when the last rank is ready.",
                "5. When one launcher ends, stop all of them: no rank can rejoin.",
            ]
        } else {
            lines += [
                "1. Copy r0/launch.sh to the node.",
                "2. Start it so that it outlives its terminal: `setsid sh launch.sh > log 2>&1 < /dev/null &`.",
                "3. It serves \(endpoint) when it is ready.",
            ]
        }
        if !secrets.isEmpty {
            lines += [
                "", "Secrets are not in the scripts. Write them into a file `env` beside each launch.sh, mode 0600:",
                "",
            ]
            lines += secrets.map { "  export \($0.name)='...'" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
