package import OrderedCollections

/// A cluster file that decoded: what a person wrote, typed, with defaults of this level filled in and positions kept.
package struct ClusterSpec: Sendable {
    package var name: Spanned<DeploymentName>
    package var engine: EngineSpec
    package var model: Spanned<String>
    package var masterIP: Spanned<IPAddress>?
    package var tcpInterface: Spanned<String>?
    package var gidIndex: Spanned<GIDIndex>?
    package var hcas: Spanned<[String]>?
    package var tensorParallel: Spanned<Int>
    package var pipelineParallel: Spanned<Int>
    package var dataParallel: Spanned<Int>
    package var expertParallel: Spanned<Int>
    package var gpusPerNode: Spanned<Int>
    /// How many gangs the nodes are split into.
    package var replicas: Spanned<Int>
    /// Which of them this is; 0 for the file as a whole.
    package var replica = 0
    /// In node rank order.
    package var nodes: [NodeSpec]
    package var spares: [NodeSpec]
    package var ssh: SSHSpec
    package var httpPort: Spanned<Port>?
    package var rendezvousPort: Spanned<Port>?
    package var bind: Spanned<IPAddress>?
    package var environment: OrderedDictionary<String, EnvironmentEntry>
    package var secrets: OrderedDictionary<String, SecretSpec>
    package var arguments: OrderedDictionary<String, ArgumentSpec>
    package var runtime: RuntimeSpec
    package var stateDirectory: Spanned<String>?
    package var health: HealthSpec
    package var restart: RestartSpec
    /// Where the list of nodes begins.
    package var nodesSpan: SourceSpan
    /// Keys of the first level whose values had problems. Their defaults stand in for them here, so that the rest can be
    /// judged; checks that would judge the default itself leave it.
    package var unreadable: Set<String>
}

/// Which engine, which release, and how to start it.
package struct EngineSpec: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case sglang, vllm
    }

    package var kind: Spanned<Kind>
    package var version: Spanned<EngineVersion>
    package var executable: Spanned<String>?
}

/// A GID table index, or the wish that one be found.
package enum GIDIndex: Hashable, Sendable {
    case index(Int)
    case automatic
}

/// One host of the file; ranges are expanded before this exists.
package struct NodeSpec: Sendable {
    /// What ssh is told.
    package var host: String
    /// What messages call it.
    package var name: String
    package var rank: Spanned<Int>?
    /// Its own address on its TCP interface, where the file says.
    package var address: IPAddress?
    package var tcpInterface: Spanned<String>?
    package var gidIndex: Spanned<GIDIndex>?
    package var hcas: Spanned<[String]>?
    package var environment: OrderedDictionary<String, EnvironmentEntry>
    package var ssh: SSHSpec
    package var stateDirectory: Spanned<String>?
    package var span: SourceSpan
}

/// What the file says about reaching a node; what it leaves out comes from ssh_config.
package struct SSHSpec: Sendable {
    package enum HostKeys: String, Sendable {
        case strict
        case acceptNew = "accept-new"
    }

    package var user: Spanned<String>?
    package var port: Spanned<Port>?
    package var identity: Spanned<String>?
    package var hostKeys: HostKeys?
    package var knownHosts: Spanned<String>?
    package var config: Spanned<String>?
    package var jump: Spanned<String>?
    package var connectTimeout: Duration?

    package init() {}

    /// This level's words over another's.
    package func over(_ base: SSHSpec) -> SSHSpec {
        var merged = base
        merged.user = user ?? base.user
        merged.port = port ?? base.port
        merged.identity = identity ?? base.identity
        merged.hostKeys = hostKeys ?? base.hostKeys
        merged.knownHosts = knownHosts ?? base.knownHosts
        merged.config = config ?? base.config
        merged.jump = jump ?? base.jump
        merged.connectTimeout = connectTimeout ?? base.connectTimeout
        return merged
    }
}

/// One line of an `env` table.
package struct EnvironmentEntry: Hashable, Sendable {
    package var value: String
    package var keySpan: SourceSpan
    package var valueSpan: SourceSpan
}

/// Where a secret is read from on the machine muster runs on.
package struct SecretSpec: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case environment(String)
        case file(String)
    }

    package var source: Source
    package var keySpan: SourceSpan
}

/// One line of `args`.
package struct ArgumentSpec: Hashable, Sendable {
    package var value: FlagValue
    package var keySpan: SourceSpan
    package var valueSpan: SourceSpan

    package init(value: FlagValue, keySpan: SourceSpan, valueSpan: SourceSpan) {
        self.value = value
        self.keySpan = keySpan
        self.valueSpan = valueSpan
    }
}

/// What a unit runs in.
package enum RuntimeSpec: Hashable, Sendable {
    case process
    case docker(DockerSpec)
}

/// A container around each unit.
package struct DockerSpec: Hashable, Sendable {
    package var image: String
    package var shm: ByteCount?
    package var mounts: [String]
    package var command: String
    package var options: [String]
}

/// How long what may take before it counts as wrong.
package struct HealthSpec: Hashable, Sendable {
    /// From launch to ready.
    package var startupTimeout: Duration
    /// For the one-token generation; longer than the engine's own health check takes to give up.
    package var requestTimeout: Duration
    /// Between two looks at HTTP while serving.
    package var probeInterval: Duration
    /// How long a gang may generate nothing before it is asked to.
    package var generationInterval: Duration
    /// Without a word from a node.
    package var suspectAfter: Duration
    package var lostAfter: Duration
    /// How long lost contact alone stops nothing.
    package var contactGrace: Duration
}

package struct RestartSpec: Hashable, Sendable {
    package enum Policy: String, Sendable {
        case onFailure = "on-failure"
        case never
    }

    package var policy: Policy
    /// Restarts within the window.
    package var maxAttempts: Int
    package var window: Duration
    /// How long a gang must have been ready for its earlier restarts to be forgiven.
    package var stableAfter: Duration

    package init(policy: Policy, maxAttempts: Int, window: Duration, stableAfter: Duration) {
        self.policy = policy
        self.maxAttempts = maxAttempts
        self.window = window
        self.stableAfter = stableAfter
    }
}
