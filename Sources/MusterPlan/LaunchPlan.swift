package import MusterEngines
package import MusterSpec

/// Everything needed to launch one replica of a deployment, with no choice left to make. Immutable; equal files give
/// equal plans.
package struct LaunchPlan: Sendable {
    package let name: DeploymentName
    /// Which of the deployment's replicas this is, counted from 0.
    package let replica: Int
    /// How many of them there are.
    package let replicas: Int
    package let engine: EngineSpec.Kind
    package let version: EngineVersion
    package let model: String
    /// Where ranks meet; nothing on a single node.
    package let master: IPAddress?
    package let rendezvous: Port
    package let http: Port
    /// The URL a client uses.
    package let endpoint: String
    /// In node rank order.
    package let units: [UnitPlan]
    package let spares: [PlannedNode]
    package let secrets: [PlannedSecret]
    package let health: HealthSpec
    package let restart: RestartSpec
    /// Covers every script and every node, so that two plans are the same launch if and only if it is equal.
    package let hash: Digest
    /// The knowledge that made the plan, for reading logs and titles later.
    package let knowledge: any Engine

    /// All GPU workers with the unit that holds them, in global rank order.
    package var ranks: [(rank: RankCoordinates, unit: UnitPlan)] {
        units.flatMap { unit in unit.ranks.map { (rank: $0, unit: unit) } }.sorted { $0.rank.global < $1.rank.global }
    }

    /// The unit that holds a global rank.
    package func unit(holding rank: GlobalRank) -> UnitPlan? {
        units.first { $0.ranks.contains { $0.global == rank } }
    }

    package func unit(_ rank: NodeRank) -> UnitPlan? { units.first { $0.nodeRank == rank } }

    /// The unit on a node, by the node's name or host.
    package func unit(on node: String) -> UnitPlan? { units.first { $0.node.name == node || $0.node.host == node } }

    /// The deployment, and which of its replicas where there are several.
    package var title: String { replicas > 1 ? "\(name) replica \(replica)" : name.value }
}

/// One launcher process on one node.
package struct UnitPlan: Sendable {
    package let nodeRank: NodeRank
    package let node: PlannedNode
    package let arguments: [LaunchArgument]
    package let environment: [PlannedVariable]
    package let ranks: [RankCoordinates]
    package let render: Render
    package let teardown: [TeardownStep]
    /// Ports this unit listens on by the file's word, checked to be closed after a stop.
    package let ports: [Port]
    package let runtime: RuntimeSpec

    /// The argument vector without secrets, as a person would read it.
    package var shownArguments: [String] {
        arguments.flatMap(\.words).map { word in
            switch word {
            case .literal(let text): text
            case .secret(let name): "$\(name)"
            }
        }
    }

    /// The container of a generation and the program that runs it, where there is a container.
    package func container(deployment: DeploymentName, generation: Int) -> (name: String, program: String)? {
        guard case .docker(let docker) = runtime else { return nil }
        let name = LaunchScript.containerName(
            deployment: deployment,
            nodeRank: nodeRank,
            generation: String(generation)
        )
        return (name: name, program: docker.command)
    }
}

/// A node as the plan needs it.
package struct PlannedNode: Hashable, Sendable {
    package let name: String
    package let host: String
    package let address: IPAddress?
    package let tcpInterface: String?
    package let stateDirectory: String
    package let ssh: PlannedSSH
}

/// What the file says about reaching a node; the rest is ssh_config's.
package struct PlannedSSH: Hashable, Sendable {
    package let user: String?
    package let port: Int?
    package let identity: String?
    package let acceptsNewHostKeys: Bool?
    package let knownHosts: String?
    package let config: String?
    package let jump: String?
    package let connectTimeout: Duration?
}

/// One environment variable of a unit and who asked for it.
package struct PlannedVariable: Hashable, Sendable {
    package let name: String
    package let value: String
    package let origin: LaunchArgument.Origin
}

/// A secret the units need, by name; its value is read when it is pushed.
package struct PlannedSecret: Hashable, Sendable {
    package let name: String
    package let source: SecretSpec.Source
}

/// The bytes of a unit's launch script. What is rendered is exactly what is run.
package struct Render: Hashable, Sendable {
    package let script: String
    package let hash: Digest
}

extension LaunchPlan {
    /// The secret the API asks clients for, when the file says that there is one.
    package var apiKeyName: String? {
        let words = units.first?.arguments.first { $0.words.first == .literal("--api-key") }?.words.dropFirst() ?? []
        for case .secret(let name) in words { return name }
        // vLLM takes it from this variable where no flag is given (vllm/envs.py).
        return engine == .vllm ? secrets.first { $0.name == "VLLM_API_KEY" }?.name : nil
    }
}
