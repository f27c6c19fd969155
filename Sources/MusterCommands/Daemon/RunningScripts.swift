import MusterAPI
import MusterClient
import MusterPlan
import MusterRuntime
import MusterSpec

/// The launch scripts that run, read back through the daemon: what a new plan is compared with before it replaces them.
enum RunningScripts {
    /// Prints the scripts of a node's units of one generation; `~` in the state directory is the node's user's.
    private static let reader =
        #"case $1 in "~"/*) d=$HOME/${1#??} ;; *) d=$1 ;; esac; cat "$d/$2/g$3"/r*/launch.sh"#

    /// - Parameters:
    ///   - plan: The new plan.
    ///   - generation: What runs.
    ///   - client: The daemon that keeps it.
    /// - Returns: What differs, by node rank. A node whose script cannot be read has nothing to show.
    static func differences(
        from plan: LaunchPlan,
        generation: Int,
        _ client: DaemonClient
    ) async -> [NodeRank: ScriptDiff] {
        var found: [NodeRank: ScriptDiff] = [:]
        for (directory, units) in Dictionary(grouping: plan.units, by: \.node.stateDirectory) {
            let words = [directory, plan.name.value, String(generation)]
            let request = ExecRequest(command: ["sh", "-c", reader, "sh"] + words, nodes: units.map(\.node.name))
            // What cannot be read still differs; there is just nothing to show.
            guard let scripts = try? await scripts(request, plan.name.value, client) else { continue }
            for unit in units {
                guard let running = scripts[unit.node.name], running != unit.render.script else { continue }
                found[unit.nodeRank] = ScriptDiff(old: running, new: unit.render.script)
            }
        }
        return found
    }

    private static func scripts(
        _ request: ExecRequest,
        _ name: String,
        _ client: DaemonClient
    ) async throws -> [String: String] {
        var scripts: [String: String] = [:]
        for try await record in try await client.exec(request, on: name) {
            if case .line(let node, .stdout, let line) = record { scripts[node, default: ""] += line + "\n" }
        }
        return scripts
    }
}
