import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision

/// What the daemon knows about one deployment beyond what its nodes say: `muster.deployment/1`.
enum DeploymentDocument {
    static func json(_ known: Supervisor.Snapshot) -> JSONValue {
        let record = known.record
        return [
            "format": "muster.deployment/1",
            "file": .optional(record.file?.path),
            "file_hash": .optional(record.file?.hash),
            "paused": .boolean(record.isPaused),
            "drained": .array(record.drained.sorted().map(JSONValue.string)),
            "replicas": .array(
                known.plans.map { replica($0.replica, record.replica($0.replica), $0, known.obstacles[$0.replica]) }
            ),
            "nodes": .array(
                known.nodes.sorted { $0.key < $1.key }.map {
                    [
                        "node": .string($0.key), "state": .string($0.value.word),
                        "since_ms": .integer(known.epoch + $0.value.since.milliseconds),
                        "cause": .optional($0.value.trouble),
                    ]
                }
            ),
            "evictions": .array(
                record.evictions.sorted { $0.key < $1.key }.map {
                    ["node": .string($0.key), "generation": .integer($0.value)]
                }
            ),
        ]
    }

    private static func replica(
        _ index: Int,
        _ replica: ReplicaRecord,
        _ plan: LaunchPlan,
        _ obstacle: String?
    ) -> JSONValue {
        let due: Int? = if case .waiting(let until, _) = replica.state { until } else { nil }
        return [
            "replica": .integer(index),
            "state": .string(replica.word),
            "generation": .optional(replica.generation),
            "plan_hash": .string(plan.hash.hex),
            "endpoint": .string(plan.endpoint),
            "since_ms": .integer(replica.since),
            "next_launch_ms": .optional(due),
            "waiting_for": .optional(obstacle),
            "restarts": .integer(replica.restarts),
            "attempts_in_memory": .integer(replica.history.attempts.count),
            "cause": replica.cause.map(cause) ?? .null,
            "failure": replica.failure.map(failure) ?? .null,
            "substitutes": .object(
                of: replica.substitutes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
            ),
        ]
    }

    /// Why the newest generation that failed did so.
    private static func failure(_ failure: ExplainedFailure) -> JSONValue {
        failure.answer.json.adding(["generation": .integer(failure.generation)])
    }

    private static func cause(_ cause: Cause) -> JSONValue {
        [
            "code": .string(cause.code), "text": .string(cause.text), "node_rank": .optional(cause.nodeRank?.value),
            "node": .optional(cause.node), "evidence": .array(cause.evidence.map(JSONValue.string)),
        ]
    }
}
