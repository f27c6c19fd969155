import MusterEngines
import MusterRuntime
import MusterTerminal

/// A status as text.
struct StatusView {
    let status: StatusDocument
    /// What it is called among several replicas.
    var replica: Int?
    /// The lines of the daemon that keeps the deployment, where one does.
    var kept: [String] = []
    /// Whether who holds the lock is of interest.
    var showsOwner = true
    let width: Int
    let style: Style

    func lines(ranks: Bool) -> [String] {
        heading + kept + [""] + unitTable
            + (ranks && status.units.contains(where: \.isAlive) ? [""] + rankTable : [])
    }

    private var heading: [String] {
        let alive = status.ranks.count { $0.isAlive }
        var lines = [
            "\(title)  \(standing)  "
                + "\(alive)/\(status.ranks.count) ranks \(status.isHealthy ? "healthy" : "alive")"
        ]
        if status.endpointAnswers == true {
            lines.append("endpoint \(status.endpoint)  \(style.good("answers"))")
        } else if let problem = status.endpointProblem {
            lines.append("endpoint \(status.endpoint)  \(style.doubtful(problem))")
        }
        if let transport = status.transport {
            lines.append(TransportView(transport: transport, style: style).statusLine)
        }
        if let why = status.why, why.namesCause { lines.append(why.line(style)) }
        // That the daemon holds the lock is no news where it is the daemon that says so.
        if kept.isEmpty, showsOwner, let owner = status.lockOwner { lines.append("busy: \(LockOwner.describe(owner))") }
        return lines
    }

    private var title: String {
        replica.map { style.strong("replica \($0)") }
            ?? "\(style.strong(status.name))  \(status.engine) \(status.engineVersion)"
    }

    private var standing: String {
        let generation = status.generation.map { " generation \($0)" } ?? ""
        return switch status.standing {
        case "absent": style.faint("not running")
        case "unknown":
            style.doubtful("unknown: \(status.unasked.count) of \(status.units.count) nodes cannot be asked")
        case "running": (status.isHealthy ? style.good("running") : style.doubtful("running")) + generation
        case "different": style.doubtful("running another plan") + generation
        case "broken": style.bad("not whole") + generation
        default: style.doubtful(status.standing) + generation
        }
    }

    private var unitTable: [String] {
        var table = Table([
            .init("NODE RANK"), .init("NODE"), .init("RANKS", priority: 3), .init("STATE"), .init("PHASE", priority: 4),
            .init("WORKERS"), .init("PID", priority: 2), .init("RENDER", priority: 1),
        ])
        let ranks = Dictionary(grouping: status.ranks, by: \.nodeRank)
        for unit in status.units {
            let own = ranks[unit.nodeRank] ?? []
            let numbers = own.map(\.rank)
            let alive = own.count { $0.isAlive }
            let (state, paint) = Self.state(of: unit)
            table.add([
                .init(String(unit.nodeRank)), .init(unit.node),
                .init(numbers.min().map { "\($0)-\(numbers.max() ?? $0)" } ?? "-"), .init(state, paint),
                .init(unit.phase ?? "-"),
                .init(unit.isAlive ? "\(alive)/\(own.count)" : "-", alive == own.count ? .good : .none),
                .init(unit.isAlive ? unit.pid.map { String($0) } ?? "-" : "-"),
                .init(unit.isAlive ? Self.render(unit) : "-"),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private static func render(_ unit: StatusDocument.Unit) -> String {
        guard let hash = unit.renderHash else { return "-" }
        return hash.prefix(12) + (unit.matchesPlan == false ? " (not this file's)" : "")
    }

    private static func state(of unit: StatusDocument.Unit) -> (String, Table.Paint) {
        switch unit.state {
        case "running": ("running", .good)
        case "absent", "staged": (unit.state, .faint)
        case "unreachable": ("unreachable", .bad)
        case "lost": ("gone without a record", .bad)
        case "orphaned": ("running without a waiter", .doubtful)
        case "exited" where unit.wasStopped == true: ("stopped", .faint)
        case "exited": (unit.exitStatus.map { "exited \($0)" } ?? "exited", .bad)
        default: (unit.state, .doubtful)
        }
    }

    private var rankTable: [String] {
        var table = Table([
            .init("RANK"), .init("NODE"), .init("GPU"), .init("TP"), .init("PP"), .init("PID", priority: 3),
            .init("PHASE", priority: 4), .init("STATE"),
        ])
        let nodes = Dictionary(status.units.map { ($0.nodeRank, $0.node) }) { first, _ in first }
        for rank in status.ranks {
            let paint: Table.Paint = rank.isAlive ? .good : rank.state == "gone" ? .bad : .doubtful
            table.add([
                .init(String(rank.rank)), .init(nodes[rank.nodeRank] ?? "-"), .init(String(rank.localRank)),
                .init(String(rank.tensor)), .init(String(rank.pipeline)), .init(rank.pid.map { String($0) } ?? "-"),
                .init(rank.phase ?? "-"), .init(rank.state, paint),
            ])
        }
        return table.lines(width: width, style: style)
    }
}
