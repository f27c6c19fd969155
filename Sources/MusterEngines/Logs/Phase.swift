/// How far a GPU worker or a unit has come on its way to serving, in order.
package enum Phase: Int, Sendable, Comparable, CaseIterable {
    /// The launcher was started.
    case spawned
    /// Waiting for the other ranks.
    case rendezvous
    /// The collective world exists.
    case connected
    /// Reading weights.
    case weights
    /// Weights are resident.
    case loaded
    /// Sizing and allocating the KV cache.
    case memory
    /// Capturing CUDA graphs or compiling.
    case graphs
    /// Everything but the server.
    case initialized
    /// Node rank 0 answers HTTP.
    case http
    /// The engine says it serves.
    case serving

    /// The word tables and JSON use.
    package var name: String {
        switch self {
        case .spawned: "spawned"
        case .rendezvous: "rendezvous"
        case .connected: "connected"
        case .weights: "weights"
        case .loaded: "loaded"
        case .memory: "kv cache"
        case .graphs: "graphs"
        case .initialized: "initialized"
        case .http: "http"
        case .serving: "serving"
        }
    }

    package static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
}

/// What one log line says.
package struct LogSignal: Hashable, Sendable {
    /// The worker the line is about; nothing for the launcher, or for all workers of the unit where the engine logs once
    /// per node.
    package var worker: WorkerTitle?
    package var phase: Phase
    /// k of n, where the line counts something.
    package var progress: Progress?

    package struct Progress: Hashable, Sendable {
        package var done: Int
        package var total: Int
    }

    init(_ phase: Phase, worker: WorkerTitle? = nil, progress: Progress? = nil) {
        self.phase = phase
        self.worker = worker
        self.progress = progress
    }
}
