package import MusterPlan
package import MusterSpec

/// The files of one unit as they travel to its node, in the frames `stage` reads.
package struct StagedUnit: Sendable {
    package struct File: Sendable {
        package var name: String
        package var mode: String
        package var text: String
    }

    package let nodeRank: NodeRank
    package let token: String
    package let renderHash: String
    package let files: [File]

    /// - Parameters:
    ///   - unit: What is launched.
    ///   - deployment: Its deployment.
    ///   - generation: The launch it belongs to.
    ///   - token: The random id of this launch of this unit.
    ///   - secrets: Values by name, for the 0600 file and nothing else.
    package init(
        _ unit: UnitPlan,
        deployment: DeploymentName,
        generation: Int,
        token: String,
        secrets: [(name: String, value: Redacted)]
    ) {
        nodeRank = unit.nodeRank
        self.token = token
        renderHash = unit.render.hash.hex
        var files = [File(name: "launch.sh", mode: "0700", text: unit.render.script)]
        if !secrets.isEmpty {
            let lines = secrets.map { "export \($0.name)=\(ShellText.quote($0.value.revealed()))\n" }
            files.append(File(name: "env", mode: "0600", text: lines.joined()))
        }
        if let container = unit.container(deployment: deployment, generation: generation) {
            files.append(File(name: "container", mode: "0600", text: "\(container.name)\n\(container.program)\n"))
        }
        self.files = files
    }

    /// The frames of several units of one node.
    package static func frames(_ units: [StagedUnit]) -> [UInt8] {
        var text = ""
        for unit in units {
            text += "unit \(unit.nodeRank) \(unit.token) \(unit.renderHash)\n"
            for file in unit.files {
                // Every file ends in a line break, so its lines are counted by them.
                let body = file.text.hasSuffix("\n") ? file.text : file.text + "\n"
                text += "file \(file.mode) \(body.utf8.count { $0 == 0x0a }) \(file.name)\n\(body)"
            }
            text += "end\n"
        }
        return Array((text + "done\n").utf8)
    }
}
