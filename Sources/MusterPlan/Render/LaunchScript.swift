import MusterEngines
import MusterSpec

/// Writes the script that launches one unit: standalone, byte-stable, and the very bytes that are pushed.
struct LaunchScript {
    let deployment: DeploymentName
    let engine: EngineSpec
    let nodeRank: NodeRank
    let nodeCount: Int
    let node: PlannedNode
    let arguments: [LaunchArgument]
    let environment: [PlannedVariable]
    let secrets: [String]
    let ranks: [RankCoordinates]
    let runtime: RuntimeSpec

    var text: String {
        (header + secretLines + environmentLines + commandLines).joined(separator: "\n") + "\n"
    }

    /// The name of a unit's container; `generation` is text because the script takes it from its environment.
    static func containerName(deployment: DeploymentName, nodeRank: NodeRank, generation: String) -> String {
        "muster-\(deployment)-r\(nodeRank)-g\(generation)"
    }

    private var header: [String] {
        let first = ranks.first?.global.description ?? "-"
        let last = ranks.last?.global.description ?? "-"
        return [
            "#!/bin/sh",
            "# Deployment \(deployment), node rank \(nodeRank) of \(nodeCount): ranks \(first) to \(last) on "
                + ShellText.comment(node.name),
            "# Engine \(engine.kind.value.rawValue) \(engine.version.value). Rendered by muster; runs as it is with"
                + " `sh launch.sh`.",
            "set -eu",
            "",
        ]
    }

    private var secretLines: [String] {
        guard !secrets.isEmpty else { return [] }
        var lines = [
            "# Secrets come from the 0600 file `env` beside this script, else from the environment.",
            "dir=$(CDPATH='' cd -- \"$(dirname -- \"$0\")\" && pwd)",
            "if [ -r \"$dir/env\" ]; then . \"$dir/env\"; fi",
        ]
        for name in secrets { lines.append(": \"${\(name):?is not set: write it to $dir/env or export it}\"") }
        return lines + ["export \(secrets.joined(separator: " "))", ""]
    }

    private var environmentLines: [String] {
        let lines = environment.flatMap { variable -> [String] in
            let line = "export \(variable.name)=\(ShellText.quote(variable.value))"
            guard case .added(let reason) = variable.origin else { return [line] }
            return ["# Added by muster: \(reason).", line]
        }
        return lines.isEmpty ? [] : lines + [""]
    }

    private var commandLines: [String] {
        switch runtime {
        case .process: return execLines(arguments.map(words))
        case .docker(let docker): return dockerLines(docker)
        }
    }

    private func words(_ argument: LaunchArgument) -> String {
        argument.words.map { word in
            switch word {
            case .literal(let text): ShellText.quote(text)
            case .secret(let name): "\"$\(name)\""
            }
        }.joined(separator: " ")
    }

    /// One flag a line; the reasons of what muster added stand above, since a comment would cut the command in two.
    private func execLines(_ words: [String]) -> [String] {
        let reasons = arguments.compactMap { argument -> String? in
            guard case .added(let reason) = argument.origin else { return nil }
            return "# Added by muster: \(self.words(argument)) (\(ShellText.comment(reason)))."
        }
        let lines = words.enumerated().map { index, word in
            (index == 0 ? "exec " : "    ") + word + (index == words.count - 1 ? "" : " \\")
        }
        return reasons + lines
    }

    /// Variables by name, so that no value appears in an argument.
    private func dockerLines(_ docker: DockerSpec) -> [String] {
        let container = Self.containerName(
            deployment: deployment,
            nodeRank: nodeRank,
            generation: "${MUSTER_GENERATION:-0}"
        )
        let muster = ["DEPLOYMENT", "GENERATION", "NODE_RANK", "RUN_TOKEN", "RENDER_HASH"].map { "MUSTER_\($0)" }
        var options = ["--rm", "--name \"\(container)\""]
        options += docker.machineWords.map { $0.joined(separator: " ") }
        options += docker.mounts.map { "--volume \(ShellText.quote($0))" }
        options += (environment.map(\.name) + secrets + muster).map { "--env \($0)" }
        options += docker.options.map(ShellText.quote)
        return [
            "# RDMA devices, where the node has them.",
            "set --",
            "if [ -e /dev/infiniband ]; then set -- --device /dev/infiniband; fi",
        ]
            + execLines(
                ["\(ShellText.quote(docker.command)) run \"$@\""] + options + [ShellText.quote(docker.image)]
                    + arguments.map(words)
            )
    }
}
