import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// A starting gang as lines of a live frame: one per unit, with a column for each of its ranks, and those for the whole.
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
        /// How much of the start is behind each rank, from 0 to 100; empty where nobody says.
        var ranks: [Int]
    }

    private let rows: [Row]
    /// The phases of all ranks.
    private let phases: [Phase]
    /// What the whole waits for now.
    private let remark: String?
    /// How far the whole is, where somebody says.
    private let start: StartDocument?
    private let elapsed: Duration
    private let width: Int
    private let style: Style

    /// How many units are shown one by one.
    private let most: Int
    /// In front of the line for the whole, where it is one of several.
    private let label: String

    private static let most = 16
    private static let roomy = 80

    var lines: [String] {
        let names = rows.map { DisplayWidth.of($0.node) }.max() ?? 0
        // A frame as tall as a screen cannot be redrawn; what does not fit is counted.
        var lines = rows.prefix(most).map { line($0, nameWidth: min(names, 24)) }
        if rows.count > most { lines.append("  and \(rows.count - most) more nodes") }
        return lines + whole
    }

    private func line(_ row: Row, nameWidth: Int) -> String {
        let name = DisplayWidth.pad(DisplayWidth.fit(row.node, nameWidth), nameWidth)
        let rank = DisplayWidth.pad("r\(row.rank)", "r\(rows.count - 1)".count)
        let percent = row.ranks.min() ?? 100 * row.phase.rawValue / Phase.serving.rawValue
        let columns = columns(row.ranks)
        // Where there is room for one of the two only, the ranks' own columns say more.
        let bar = columns.isEmpty || width >= Self.roomy ? bar(percent) + " " : ""
        var text = "  \(rank) \(name)  \(columns)\(bar)\(row.phase.name)"
        if row.ahead > 0 { text += ", \(row.ahead)/\(row.total) further" }
        if let counter = row.counter { text += " \(counter)" }
        return DisplayWidth.fit(text, width)
    }

    /// The gang's bar with what is left, the counts of ranks, and who stands still.
    private var whole: [String] {
        var lines: [String] = []
        let elapsed = ElapsedText.text(elapsed)
        if let start {
            let head = "  \(label)\(bar(start.percent)) \(start.percent)%  \(elapsed)"
            let estimates = Self.estimates(start).map { "\(head)  \($0)" }
            lines.append(estimates.first { DisplayWidth.of($0) <= width } ?? estimates.last ?? head)
        }
        var counts = ["rendezvous \(count(.connected))/\(phases.count)"]
        for (phase, word) in [(Phase.loaded, "loaded"), (.initialized, "initialized")] {
            let count = count(phase)
            if count > 0 { counts.append("\(word) \(count)/\(phases.count)") }
        }
        if let remark { counts.append(remark) }
        lines.append("  " + (start == nil ? label + elapsed + "  " : "") + counts.joined(separator: "  "))
        lines = lines.map { DisplayWidth.fit($0, width) }
        guard let stall = start?.stall else { return lines }
        return lines
            + WordWrap.lines(stall, width: width - 2, hanging: 0).map {
                "  " + style.doubtful(DisplayWidth.fit($0, width - 2))
            }
    }

    /// `about 3 min left (last start took 6m 40s)`, and without what stands in brackets; none where nothing is known.
    private static func estimates(_ start: StartDocument) -> [String] {
        guard let remaining = start.remaining, let lastTook = start.lastTook else { return [] }
        let last = ElapsedText.text(.milliseconds(lastTook))
        let seconds = (remaining + 999) / 1000
        let text =
            switch seconds {
            case 0: "longer than last time"
            case ..<10: "less than 10 s left"
            case ..<90: "about \((seconds + 9) / 10 * 10) s left"
            default: "about \((seconds + 30) / 60) min left"
            }
        return ["\(text) (last start took \(last))", text]
    }

    private func count(_ phase: Phase) -> Int { phases.count { $0 >= phase } }

    private func bar(_ percent: Int) -> String {
        let cells = 10
        let filled = cells * percent / 100
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: cells - filled) + "]"
    }

    /// A column for each rank, as high as it has come, and a blank behind them. More than a wide node has would leave no
    /// room for words.
    private func columns(_ ranks: [Int]) -> String {
        guard !ranks.isEmpty, ranks.count <= 16 else { return "" }
        let heights = Array("▁▂▃▄▅▆▇█")
        return String(ranks.map { heights[max(0, min(heights.count - 1, $0 * heights.count / 100))] }) + " "
    }
}

extension StartView {
    /// A gang that is brought up from here.
    init(
        plan: LaunchPlan,
        progress: GangProgress,
        start: StartProgress,
        state: StartMachine.State,
        elapsed: Duration,
        width: Int,
        style: Style
    ) {
        var numbers = StartDocument(start, in: plan)
        // What is being stopped comes to no end of its own.
        if case .fencing = state { (numbers.remaining, numbers.stall) = (nil, nil) }
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
                counter: counter.map { "\($0.done)/\($0.total)" },
                ranks: unit.ranks.compactMap { numbers[$0.global.value] }
            )
        }
        phases = progress.ranks.values.map(\.phase)
        remark =
            switch state {
            case .probing(let layer): "waiting for \(layer.name)"
            case .fencing: "stopping the gang"
            default: nil
            }
        self.start = numbers
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
                counter: own.lazy.filter { Self.phase($0.phase) == phase }.compactMap(\.progress).first,
                ranks: own.compactMap { status.start?[$0.rank] }
            )
        }
        phases = status.ranks.map { Self.phase($0.phase) }
        remark = nil
        start = status.start
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
