import MusterSpec

/// Whether a gang that was ready still serves. Lost contact alone is never a failure here; a gang that generates a token
/// has every rank, whatever can be reached.
package struct ServingWatch: Hashable, Sendable {
    /// What a look at it came to.
    struct Outcome: Hashable, Sendable {
        var probes: [ReadinessLayer] = []
        var failure: Failure?
    }

    private let health: HealthSpec
    private let since: Duration
    private var nextHTTP: Duration
    private var nextGeneration: Duration
    private var asking: Set<ReadinessLayer> = []
    private var refusals: [ReadinessLayer: Int] = [:]
    private var lastTokens: Duration
    /// Nodes that are lost, and since when that is known.
    private var lost: [NodeRank: Duration] = [:]

    /// Bad answers in a row that make a failure; a single one may be a hiccup.
    private static let limits: [ReadinessLayer: Int] = [.http: 3, .generation: 2]

    init(_ health: HealthSpec, at now: Duration) {
        self.health = health
        since = now
        nextHTTP = now + health.probeInterval
        nextGeneration = now + health.generationInterval
        lastTokens = now
    }

    /// For how long the gang has been ready.
    package func age(at now: Duration) -> Duration { now - since }

    mutating func answered(_ layer: ReadinessLayer, at now: Duration) {
        asking.remove(layer)
        refusals[layer] = 0
        if layer == .generation { generating(at: now) }
        schedule(layer, at: now)
    }

    /// Tokens flow: nothing need be asked for.
    mutating func generating(at now: Duration) {
        lastTokens = now
        refusals[.generation] = 0
        nextGeneration = now + health.generationInterval
    }

    mutating func unanswered(
        _ layer: ReadinessLayer,
        _ reason: String,
        reachedEngine: Bool,
        silent: Set<NodeRank>,
        at now: Duration
    ) -> Outcome {
        asking.remove(layer)
        schedule(layer, at: now)
        // While node rank 0 is silent, a timeout is the way's and not the engine's. While another is, it has to be told first
        // whether that node is lost: then it is the cause.
        guard !silent.contains(NodeRank(0)), silent.isSubset(of: lost.keys) else { return Outcome() }
        // A probe's own trouble is unknown, not unhealthy; and an engine that is busy may answer late.
        guard reachedEngine, layer != .generation || now - lastTokens >= health.requestTimeout else { return Outcome() }
        refusals[layer, default: 0] += 1
        if layer == .generation, let (node, _) = lost.min(by: { $0.key < $1.key }) {
            return Outcome(failure: .nodeLost(node, reason))
        }
        guard let limit = Self.limits[layer], refusals[layer, default: 0] >= limit else {
            // The second opinion is asked for at once.
            if layer == .generation { nextGeneration = now }
            return Outcome()
        }
        return Outcome(failure: .unhealthy(layer, reason))
    }

    /// A node is lost: a token now says whether the gang still has it.
    mutating func lost(_ node: NodeRank, at now: Duration) {
        lost[node] = now
        nextGeneration = now
    }

    mutating func found(_ node: NodeRank) { lost[node] = nil }

    mutating func tick(silent: Set<NodeRank>, of total: Int, at now: Duration) -> Outcome {
        // With every node out of reach it is this side that is cut off, and nothing is concluded.
        if silent.count < total, let since = lost[NodeRank(0)], now - since >= health.contactGrace {
            return Outcome(failure: .nodeLost(NodeRank(0), "no contact for \(ElapsedText.text(now - since))"))
        }
        var outcome = Outcome()
        // The questions go to node rank 0.
        guard !silent.contains(NodeRank(0)) else { return outcome }
        if now >= nextHTTP, asking.insert(.http).inserted { outcome.probes.append(.http) }
        if now >= nextGeneration, asking.insert(.generation).inserted { outcome.probes.append(.generation) }
        return outcome
    }

    private mutating func schedule(_ layer: ReadinessLayer, at now: Duration) {
        switch layer {
        case .http: nextHTTP = now + health.probeInterval
        case .generation: nextGeneration = max(nextGeneration, now + health.generationInterval)
        case .model, .workers: break
        }
    }
}
