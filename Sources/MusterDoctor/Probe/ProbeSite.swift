import MusterEngines
package import MusterPlan
package import MusterSpec

/// A node and what it is asked: itself, and where the unit runs in a container, a container of the same image.
package struct ProbeSite: Hashable, Sendable {
    package let node: PlannedNode
    package let host: ProbeRequest
    package let container: ProbeRequest?

    /// The sites of a file: the nodes of all replicas, then the spares.
    ///
    /// - Parameters:
    ///   - spec: The file.
    ///   - plans: One for each of its replicas.
    ///   - asksEngine: Whether the engine's own parser is asked about the flags, which imports the engine and takes
    ///     seconds.
    /// - Returns: One site for each node.
    package static func all(_ spec: ClusterSpec, _ plans: [LaunchPlan], asksEngine: Bool) -> [ProbeSite] {
        let question = asksEngine ? Question.arguments : .nothing
        let units = plans.flatMap(\.units).map { unit in ProbeSite(spec, plans, unit.node, unit, question) }
        // A spare may take any place; a follower's is the likely one.
        guard let plan = plans.first, let like = plan.units.last else { return units }
        return units + plan.spares.map { ProbeSite(spec, plans, $0, like, question) }
    }

    /// The site of a unit whose engine is to tell which flags it has.
    package static func askingFlags(_ spec: ClusterSpec, _ plans: [LaunchPlan], of unit: UnitPlan) -> ProbeSite {
        ProbeSite(spec, plans, unit.node, unit, .flags)
    }

    /// What the engine's own parser is asked.
    private enum Question { case nothing, arguments, flags }

    private init(
        _ spec: ClusterSpec,
        _ plans: [LaunchPlan],
        _ node: PlannedNode,
        _ unit: UnitPlan,
        _ question: Question
    ) {
        self.node = node
        let peers = (plans.flatMap(\.units).map(\.node) + (plans.first?.spares ?? []))
            .filter { $0.name != node.name }.compactMap(\.address?.text)
        var place = ["state=\(node.stateDirectory)"]
        if !peers.isEmpty { place.append("peers=\(peers.joined(separator: ","))") }
        let arguments = unit.shownArguments
        var software = ["model=\(spec.model.value)"] + arguments.prefix(1).map { "python=\($0)" }
        let engine = ["engine=\(spec.engine.kind.value.rawValue)", "--"]
        switch question {
        case .nothing: break
        case .arguments:
            // `python3 -m sglang.launch_server` and `vllm serve` are the first argument of their plans.
            let program = unit.arguments.first?.words.count ?? 0
            software += engine + arguments.dropFirst(program)
        case .flags: software += engine + ["--muster-flags"]
        }
        switch unit.runtime {
        case .process:
            host = ProbeRequest(words: place + software, environment: unit.environment, container: nil)
            container = nil
        case .docker(let docker):
            place += ["docker=\(docker.command)", "image=\(docker.image)"]
            host = ProbeRequest(words: place, environment: [], container: nil)
            container = ProbeRequest(
                words: software,
                environment: unit.environment,
                container: .init(
                    program: docker.command,
                    options: (docker.machineWords + docker.mounts.map { ["--volume", $0] }).flatMap(\.self)
                        + docker.options,
                    image: docker.image
                )
            )
        }
    }
}
