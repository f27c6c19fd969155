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
