import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTerminal

/// A starting gang as lines of a live frame: one per unit, one for the whole.
struct StartView {
    let plan: LaunchPlan
    let progress: GangProgress
    let state: StartMachine.State
    let elapsed: Duration
    let width: Int
    let style: Style

    var lines: [String] {
        let names = plan.units.map { DisplayWidth.of($0.node.name) }.max() ?? 0
        // A frame as tall as a screen cannot be redrawn; what does not fit is counted.
        let shown = plan.units.prefix(Self.most)
        var lines = shown.map { line($0, nameWidth: min(names, 24)) }
        if plan.units.count > Self.most { lines.append("  and \(plan.units.count - Self.most) more nodes") }
        return lines + [summary]
    }

    private static let most = 16

    private func line(_ unit: UnitPlan, nameWidth: Int) -> String {
        let phase = progress.phase(of: unit.nodeRank)
        let ahead = unit.ranks.count { (progress.ranks[$0.global]?.phase ?? .spawned) > phase }
        let name = DisplayWidth.pad(DisplayWidth.fit(unit.node.name, nameWidth), nameWidth)
        let rank = DisplayWidth.pad("r\(unit.nodeRank)", "r\(plan.units.count - 1)".count)
        var text = "  \(rank) \(name)  \(bar(phase)) \(phase.name)"
        if ahead > 0 { text += ", \(ahead)/\(unit.ranks.count) further" }
        let own = unit.ranks.compactMap { progress.ranks[$0.global] }
        if let counter = own.filter({ $0.phase == phase }).compactMap(\.progress).first {
            text += " \(counter.done)/\(counter.total)"
        }
        return DisplayWidth.fit(text, width)
    }

    private var summary: String {
        let total = progress.ranks.count
        let joined = progress.count(reached: .connected)
        var parts = [ElapsedText.text(elapsed), "rendezvous \(joined)/\(total)"]
        for (phase, word) in [(Phase.loaded, "loaded"), (.initialized, "initialized")] {
            let count = progress.count(reached: phase)
            if count > 0 { parts.append("\(word) \(count)/\(total)") }
        }
        if case .probing(let layer) = state { parts.append("waiting for \(layer.name)") }
        if case .fencing = state { parts.append("stopping the gang") }
        return DisplayWidth.fit("  " + parts.joined(separator: "  "), width)
    }

    private func bar(_ phase: Phase) -> String {
        let cells = 10
        let last = Phase.serving.rawValue
        let filled = cells * phase.rawValue / last
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: cells - filled) + "]"
    }
}

/// Points of a start in words, the same on a terminal and in a log.
enum MilestoneText {
    static func text(_ milestone: StartMachine.Milestone, _ plan: LaunchPlan) -> String {
        switch milestone {
        case .allStarted(1): "the unit started"
        case .allStarted(let units): "all \(units) units started"
        case .rendezvous(let ranks): "rendezvous \(ranks)/\(ranks)"
        case .phase(.loaded): "weights loaded on all ranks"
        case .phase(.initialized): "KV cache and graphs ready on all ranks"
        case .phase(let phase): phase.name
        case .layer(let layer): layer.name
        case .ready: "ready"
        case .contactLost(let rank): "lost contact with \(name(rank, plan)); that alone stops nothing"
        case .contactRestored(let rank): "contact with \(name(rank, plan)) is back"
        case .failed(let failure): text(failure, plan)
        }
    }

    static func text(_ failure: Failure, _ plan: LaunchPlan) -> String {
        switch failure {
        case .unitEnded(let rank, let end): "node rank \(rank) on \(name(rank, plan)) \(end.text)"
        case .launchRefused(let rank, let reason):
            "node rank \(rank) on \(name(rank, plan)) could not be started: \(reason)"
        case .timedOut(let after, let what): "not ready after \(ElapsedText.text(after)): \(what)"
        case .contactLost(let rank, let span):
            "no contact with \(name(rank, plan)) for \(ElapsedText.text(span)) while the gang was starting"
        case .workersMissing(let rank, let ranks):
            "the launcher of node rank \(rank) on \(name(rank, plan)) runs, but not its GPU workers of rank "
                + ranks.map(\.description).joined(separator: ", ")
        case .interrupted: "interrupted before all units were started"
        }
    }

    static func code(_ failure: Failure) -> DiagnosticCode {
        switch failure {
        case .unitEnded, .launchRefused: .unitEnded
        case .timedOut: .startupTimedOut
        case .contactLost: .connectionLost
        case .workersMissing: .workerGone
        case .interrupted: .interrupted
        }
    }

    private static func name(_ rank: NodeRank, _ plan: LaunchPlan) -> String {
        plan.unit(rank)?.node.name ?? "node rank \(rank)"
    }
}
