import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// A starting gang as lines of a live frame: one per unit, one for the whole.
struct StartView {
    /// Where one unit is.
    struct Row {
        var rank: Int
        var node: String
        /// The phase its slowest rank is in.
        var phase: Phase
        /// How many of its ranks are further.
        var ahead: Int
        var total: Int
        /// How far the phase is.
        var counter: String?
    }

    private let rows: [Row]
    /// The phases of all ranks.
    private let phases: [Phase]
    /// What the whole waits for now.
    private let remark: String?
    private let elapsed: Duration
    private let width: Int
    private let style: Style

    /// How many units are shown one by one.
    private let most: Int
    /// In front of the line for the whole, where it is one of several.
    private let label: String

    private static let most = 16

    var lines: [String] {
        let names = rows.map { DisplayWidth.of($0.node) }.max() ?? 0
        // A frame as tall as a screen cannot be redrawn; what does not fit is counted.
        var lines = rows.prefix(most).map { line($0, nameWidth: min(names, 24)) }
        if rows.count > most { lines.append("  and \(rows.count - most) more nodes") }
        return lines + [summary]
    }

    private func line(_ row: Row, nameWidth: Int) -> String {
        let name = DisplayWidth.pad(DisplayWidth.fit(row.node, nameWidth), nameWidth)
        let rank = DisplayWidth.pad("r\(row.rank)", "r\(rows.count - 1)".count)
        var text = "  \(rank) \(name)  \(bar(row.phase)) \(row.phase.name)"
        if row.ahead > 0 { text += ", \(row.ahead)/\(row.total) further" }
        if let counter = row.counter { text += " \(counter)" }
        return DisplayWidth.fit(text, width)
    }

    private var summary: String {
        var parts = [ElapsedText.text(elapsed), "rendezvous \(count(.connected))/\(phases.count)"]
        for (phase, word) in [(Phase.loaded, "loaded"), (.initialized, "initialized")] {
            let count = count(phase)
            if count > 0 { parts.append("\(word) \(count)/\(phases.count)") }
        }
        if let remark { parts.append(remark) }
        return DisplayWidth.fit("  " + label + parts.joined(separator: "  "), width)
    }

    private func count(_ phase: Phase) -> Int { phases.count { $0 >= phase } }

    private func bar(_ phase: Phase) -> String {
        let cells = 10
        let filled = cells * phase.rawValue / Phase.serving.rawValue
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: cells - filled) + "]"
    }
}

extension StartView {
    /// A gang that is brought up from here.
    init(
        plan: LaunchPlan,
        progress: GangProgress,
        state: StartMachine.State,
        elapsed: Duration,
        width: Int,
        style: Style
    ) {
        rows = plan.units.map { unit in
            let phase = progress.phase(of: unit.nodeRank)
            let own = unit.ranks.compactMap { progress.ranks[$0.global] }
            let counter = own.filter { $0.phase == phase }.compactMap(\.progress).first
            return Row(
                rank: unit.nodeRank.value,
                node: unit.node.name,
                phase: phase,
                ahead: own.count { $0.phase > phase },
                total: unit.ranks.count,
                counter: counter.map { "\($0.done)/\($0.total)" }
            )
        }
        phases = progress.ranks.values.map(\.phase)
        remark =
            switch state {
            case .probing(let layer): "waiting for \(layer.name)"
            case .fencing: "stopping the gang"
            default: nil
            }
        (most, label) = Self.share(plan.replica, of: plan.replicas)
        (self.elapsed, self.width, self.style) = (elapsed, width, style)
    }

    /// A gang that a daemon brings up, by what its nodes say; one of several replicas, where there are some.
    init(
        status: StatusDocument,
        replica: (index: Int, count: Int) = (0, 1),
        elapsed: Duration,
        width: Int,
        style: Style
    ) {
        let ranks = Dictionary(grouping: status.ranks, by: \.nodeRank)
        rows = status.units.map { unit in
            let phase = Self.phase(unit.phase)
            let own = ranks[unit.nodeRank] ?? []
            return Row(
                rank: unit.nodeRank,
                node: unit.node,
                phase: phase,
                ahead: own.count { Self.phase($0.phase) > phase },
                total: own.count,
                counter: own.lazy.filter { Self.phase($0.phase) == phase }.compactMap(\.progress).first
            )
        }
        phases = status.ranks.map { Self.phase($0.phase) }
        remark = nil
        (most, label) = Self.share(replica.index, of: replica.count)
        (self.elapsed, self.width, self.style) = (elapsed, width, style)
    }

    /// The screen is shared by all replicas.
    private static func share(_ replica: Int, of replicas: Int) -> (Int, String) {
        replicas > 1 ? (max(1, most / replicas), "replica \(replica)  ") : (most, "")
    }

    /// What says nothing of itself has at most been spawned.
    private static func phase(_ name: String?) -> Phase { Phase.allCases.first { $0.name == name } ?? .spawned }
}
