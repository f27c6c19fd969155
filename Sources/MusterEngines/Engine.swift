package import MusterSpec

/// What muster knows about one family of engines: values and pure functions, nothing that reaches a node.
package protocol Engine: Sendable {
    /// The spec this knowledge is applied to; the release decides what many answers are.
    var spec: ClusterSpec { get }

    /// The port of the HTTP API when the file names none.
    var defaultHTTPPort: Port { get }
    /// The port ranks meet on when the file names none.
    var defaultRendezvousPort: Port { get }
    /// Ports on the first node that the engine derives from the rendezvous port.
    var derivedPorts: [DerivedPort] { get }

    /// The rules of this engine that a file can break, with the engine's own reasons.
    func check() -> [Diagnostic]
    /// The GPU workers of one unit, in local rank order.
    func ranks(of node: NodeRank) -> [RankCoordinates]
    /// The launcher's argument vector on one node.
    func command(on node: NodeRank, at site: LaunchSite) -> [LaunchArgument]
    /// The variables the engine needs on one node, beyond those of the file.
    func environment(on node: NodeRank, at site: LaunchSite) -> [AddedVariable]
    /// How a unit is taken down.
    func teardown(of node: NodeRank) -> [TeardownStep]
    /// What one line of a unit's log says about where its ranks are.
    func signal(in line: Substring) -> LogSignal?
    /// Whether a line of node rank 0's log says that tokens flow.
    func generates(in line: Substring) -> Bool
    /// Which GPU worker a process title belongs to.
    func worker(title: String) -> WorkerTitle?
    /// What HTTP has to answer, in order, before the deployment counts as ready.
    var readiness: ReadinessPaths { get }
}

/// The engine a spec names.
package func engine(for spec: ClusterSpec) -> any Engine {
    switch spec.engine.kind.value {
    case .sglang: SGLang(spec: spec)
    case .vllm: VLLM(spec: spec)
    }
}

extension EngineSpec.Kind {
    /// The engine's name in a sentence.
    package var title: String {
        switch self {
        case .sglang: "SGLang"
        case .vllm: "vLLM"
        }
    }
}

/// Where a gang meets and what one node calls itself.
package struct LaunchSite: Sendable {
    /// node rank 0's address, where there is more than one node.
    package var master: IPAddress?
    package var rendezvous: Port
    package var http: Port
    package var bind: IPAddress
    /// The node's own address on its TCP interface, where known.
    package var address: IPAddress?

    package init(master: IPAddress?, rendezvous: Port, http: Port, bind: IPAddress, address: IPAddress?) {
        self.master = master
        self.rendezvous = rendezvous
        self.http = http
        self.bind = bind
        self.address = address
    }
}

/// Where one GPU worker stands in the gang.
package struct RankCoordinates: Hashable, Sendable {
    package var global: GlobalRank
    package var local: LocalRank
    package var tensor: Int
    package var pipeline: Int
    package var data: Int

    package init(global: GlobalRank, local: LocalRank, tensor: Int, pipeline: Int, data: Int = 0) {
        self.global = global
        self.local = local
        self.tensor = tensor
        self.pipeline = pipeline
        self.data = data
    }
}

/// A port nobody wrote down.
package struct DerivedPort: Hashable, Sendable {
    package var value: Int
    package var purpose: String
}

/// One flag with its values, and who asked for it.
package struct LaunchArgument: Hashable, Sendable {
    /// A word of the argument vector.
    package enum Word: Hashable, Sendable {
        case literal(String)
        /// Expanded on the node from the 0600 file; the engine offers no other way to pass it.
        case secret(String)
    }

    package enum Origin: Hashable, Sendable {
        /// A key of the cluster file.
        case file(String)
        /// muster's own, with the reason.
        case added(String)
    }

    package var words: [Word]
    package var origin: Origin

    package init(_ words: [String], from key: String) {
        self.words = words.map(Word.literal)
        self.origin = .file(key)
    }

    package init(_ words: [String], because reason: String) {
        self.words = words.map(Word.literal)
        self.origin = .added(reason)
    }

    package init(words: [Word], origin: Origin) {
        self.words = words
        self.origin = origin
    }
}

/// A variable the plan adds, with its reason. A value of the file's `env` wins over one that may be overridden.
package struct AddedVariable: Hashable, Sendable {
    package var name: String
    package var value: String
    package var reason: String
    package var mayBeOverridden: Bool

    package init(_ name: String, _ value: String, because reason: String, mayBeOverridden: Bool = false) {
        self.name = name
        self.value = value
        self.reason = reason
        self.mayBeOverridden = mayBeOverridden
    }
}

/// One step of taking a unit down; the node script ends every list with SIGKILL for all and an observation.
package struct TeardownStep: Hashable, Sendable {
    package enum Scope: String, Sendable { case launcher, all }

    package var signal: String
    package var scope: Scope
    /// Seconds until the next step, unless nothing is left before.
    package var grace: Int

    package init(_ signal: String, _ scope: Scope, grace: Int) {
        self.signal = signal
        self.scope = scope
        self.grace = grace
    }

    /// What the node script reads.
    package var text: String { "\(signal):\(scope.rawValue):\(grace)" }
}

/// The HTTP questions of readiness.
package struct ReadinessPaths: Hashable, Sendable {
    package var health: String
    package var models: String
    package var completions: String
}

/// A GPU worker as its process title names it.
package struct WorkerTitle: Hashable, Sendable {
    package var tensor: Int
    package var pipeline: Int
    package var data: Int

    package init(tensor: Int, pipeline: Int, data: Int = 0) {
        self.tensor = tensor
        self.pipeline = pipeline
        self.data = data
    }

    /// The title the worker at these coordinates has.
    package init(of rank: RankCoordinates) {
        self.init(tensor: rank.tensor, pipeline: rank.pipeline, data: rank.data)
    }
}
