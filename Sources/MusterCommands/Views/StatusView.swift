import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// A status as text.
struct StatusView {
    let report: StatusReport
    let width: Int
    let style: Style

    private var plan: LaunchPlan { report.observed.plan }

    func lines(ranks: Bool) -> [String] {
        heading + [""] + unitTable + (ranks && report.observed.live.count > 0 ? [""] + rankTable : [])
    }

    private var heading: [String] {
        let healthy = report.observed.ranks.count { $0.state == .alive }
        let total = plan.ranks.count
        var lines = [
            "\(style.strong(plan.name.value))  \(plan.engine.rawValue) \(plan.version)  \(standing)  "
                + "\(healthy)/\(total) ranks \(report.isHealthy ? "healthy" : "alive")"
        ]
        switch report.api {
        case .success: lines.append("endpoint \(plan.endpoint)  \(style.good("answers"))")
        case .failure(let problem): lines.append("endpoint \(plan.endpoint)  \(style.doubtful(problem.description))")
        case nil: break
        }
        let owners = report.observed.nodes.values.compactMap { try? $0.get().lockOwner }
        if let owner = owners.first { lines.append("busy: \(LockOwner.describe(owner))") }
        return lines
    }

    private var standing: String {
        switch report.observed.standing {
        case .absent: style.faint("not running")
        case .unknown(let unasked):
            style.doubtful("unknown: \(unasked.count) of \(plan.units.count) nodes cannot be asked")
        case .running(let generation):
            (report.isHealthy ? style.good("running") : style.doubtful("running")) + " generation \(generation)"
        case .different(let generation, _): style.doubtful("running another plan") + " generation \(generation)"
        case .broken(let generation, _, _): style.bad("not whole") + " generation \(generation)"
        }
    }

    private var unitTable: [String] {
        var table = Table([
            .init("NODE RANK"), .init("NODE"), .init("RANKS", priority: 3), .init("STATE"), .init("PHASE", priority: 4),
            .init("WORKERS"), .init("PID", priority: 2), .init("RENDER", priority: 1),
        ])
        let ranks = Dictionary(grouping: report.observed.ranks, by: \.node)
        for unit in plan.units {
            let first = unit.ranks.first?.global.description ?? "-"
            let last = unit.ranks.last?.global.description ?? "-"
            let record = report.observed.unit(unit.nodeRank)
            let alive = ranks[unit.nodeRank]?.count { $0.state == .alive } ?? 0
            let (state, paint) = state(of: unit, record)
            let isAlive = record?.isAlive ?? false
            let drift = record.map { $0.renderHash == unit.render.hash.hex ? "" : " (not this file's)" } ?? ""
            table.add([
                .init(unit.nodeRank.description), .init(unit.node.name), .init("\(first)-\(last)"), .init(state, paint),
                .init(isAlive ? report.progress.phase(of: unit.nodeRank).name : "-"),
                .init(isAlive ? "\(alive)/\(unit.ranks.count)" : "-", alive == unit.ranks.count ? .good : .none),
                .init(isAlive ? record?.pid.map { String($0) } ?? "-" : "-"),
                .init(isAlive ? String(record?.renderHash.prefix(12) ?? "-") + drift : "-"),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private func state(of unit: UnitPlan, _ record: UnitRecord?) -> (String, Table.Paint) {
        if case .failure? = report.observed.nodes[unit.nodeRank] { return ("unreachable", .bad) }
        guard let record else { return ("absent", .faint) }
        switch record.state {
        case .running: return ("running", .good)
        case .staged: return ("staged", .faint)
        case .lost: return ("gone without a record", .bad)
        case .orphaned: return ("running without a waiter", .doubtful)
        case .exited: return (record.exit.map { "exited \($0.status)" } ?? "exited", .bad)
        }
    }

    private var rankTable: [String] {
        var table = Table([
            .init("RANK"), .init("NODE"), .init("GPU"), .init("TP"), .init("PP"), .init("PID", priority: 3),
            .init("PHASE", priority: 4), .init("STATE"),
        ])
        for health in report.observed.ranks {
            let phase = report.progress.ranks[health.rank.global]?.phase.name ?? "-"
            let paint: Table.Paint = health.state == .alive ? .good : health.state == .gone ? .bad : .doubtful
            table.add([
                .init(health.rank.global.description), .init(plan.unit(health.node)?.node.name ?? "-"),
                .init(health.rank.local.description), .init(String(health.rank.tensor)),
                .init(String(health.rank.pipeline)),
                .init(health.pid.map { String($0) } ?? "-"), .init(health.state == .alive ? phase : "-"),
                .init(report.word(for: health), paint),
            ])
        }
        return table.lines(width: width, style: style)
    }
}
