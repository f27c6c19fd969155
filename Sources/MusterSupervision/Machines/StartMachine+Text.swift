import MusterEngines
package import MusterPlan
import MusterSpec

extension StartMachine.Milestone {
    /// Points of a start in words, the same on a terminal, in a log and in a record.
    package func text(in plan: LaunchPlan) -> String {
        func name(_ rank: NodeRank) -> String { plan.unit(rank)?.node.name ?? "node rank \(rank)" }
        return switch self {
        case .allStarted(1): "the unit started"
        case .allStarted(let units): "all \(units) units started"
        case .rendezvous(let ranks): "rendezvous \(ranks)/\(ranks)"
        case .phase(.loaded): "weights loaded on all ranks"
        case .phase(.initialized): "KV cache and graphs ready on all ranks"
        case .phase(let phase): phase.name
        case .layer(let layer): layer.name
        case .ready: "ready"
        case .contactLost(let rank): "lost contact with \(name(rank)); that alone stops nothing"
        case .contactRestored(let rank): "contact with \(name(rank)) is back"
        case .standsStill(let stall): stall.text(in: plan)
        case .failed(let failure): failure.text(in: plan)
        }
    }

    /// Something of the start itself, rather than news that is told in another way.
    var isStep: Bool {
        switch self {
        case .allStarted, .rendezvous, .phase, .layer, .standsStill: true
        case .ready, .contactLost, .contactRestored, .failed: false
        }
    }
}
