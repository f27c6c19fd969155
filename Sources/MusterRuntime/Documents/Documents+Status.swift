import MusterEngines
import MusterPlan
package import MusterSpec
import MusterSupervision

extension Documents {
    /// `muster.status/1`
    package static func status(_ report: StatusReport) -> JSONValue {
        let plan = report.observed.plan
        let (word, generation): (String, Int?) =
            switch report.observed.standing {
            case .absent: ("absent", nil)
            case .unknown: ("unknown", nil)
            case .running(let generation): ("running", generation)
            case .different(let generation, _): ("different", generation)
            case .broken(let generation, _, _): ("broken", generation)
            }
        return [
            "format": "muster.status/1",
            "name": .string(plan.name.value),
            "standing": .string(word),
            "healthy": .boolean(report.isHealthy),
            "generation": .optional(generation),
            "plan_hash": .string(plan.hash.hex),
            "endpoint": .string(plan.endpoint),
            "endpoint_answers": report.api.map { if case .success = $0 { true } else { false } } ?? .null,
            "units": .array(plan.units.map { json($0, report) }),
            "ranks": .array(report.observed.ranks.map { json($0, report) }),
            "unreachable": .array(report.observed.unreachable.map { error($0.error) }),
        ]
    }

    private static func json(_ unit: UnitPlan, _ report: StatusReport) -> JSONValue {
        let record = report.observed.unit(unit.nodeRank)
        let isAsked = if case .success? = report.observed.nodes[unit.nodeRank] { true } else { false }
        let phase = record?.isAlive ?? false ? report.progress.phase(of: unit.nodeRank).name : nil
        return [
            "node_rank": .integer(unit.nodeRank.value),
            "node": .string(unit.node.name),
            "state": .string(record?.state.rawValue ?? (isAsked ? "absent" : "unreachable")),
            "phase": .optional(phase),
            "generation": .optional(record?.generation),
            "pid": .optional(record?.pid),
            "started": .optional(record?.started),
            "exit_status": .optional(record?.exit?.status),
            "render_hash": .optional(record?.renderHash),
            "matches_plan": record.map { .boolean($0.renderHash == unit.render.hash.hex) } ?? .null,
            "log_bytes": .optional(record?.logSize),
        ]
    }

    private static func json(_ rank: RankHealth, _ report: StatusReport) -> JSONValue {
        [
            "rank": .integer(rank.rank.global.value),
            "node_rank": .integer(rank.node.value),
            "local_rank": .integer(rank.rank.local.value),
            "tp_rank": .integer(rank.rank.tensor),
            "pp_rank": .integer(rank.rank.pipeline),
            "pid": .optional(rank.pid),
            "phase": .optional(rank.state == .alive ? report.progress.ranks[rank.rank.global]?.phase.name : nil),
            "state": .string(report.word(for: rank)),
        ]
    }
}
