import FoundationEssentials
import MusterEngines
package import MusterSpec

extension StatusDocument {
    /// The document with its members in their order.
    package var json: JSONValue {
        [
            "format": "muster.status/1",
            "name": .string(name),
            "engine": .string(engine),
            "engine_version": .string(engineVersion),
            "standing": .string(standing),
            "healthy": .boolean(isHealthy),
            "generation": .optional(generation),
            "plan_hash": .string(planHash),
            "endpoint": .string(endpoint),
            "endpoint_answers": endpointAnswers.map(JSONValue.boolean) ?? .null,
            "endpoint_problem": .optional(endpointProblem),
            "lock_owner": .optional(lockOwner),
            "units": .array(units.map(\.json)),
            "ranks": .array(ranks.map(\.json)),
            "unreachable": .array(unreachable.map { Documents.error($0.error) }),
            "transport": transport?.json ?? .null,
            "start": start?.json ?? .null,
            "why": why?.json ?? .null,
        ]
    }

    /// Reads what another process has written.
    ///
    /// - Parameter text: A document of ``json``, of this release or another one.
    /// - Throws: `DecodingError`.
    package init(reading text: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }
}

extension StatusDocument.Unit {
    fileprivate var json: JSONValue {
        [
            "node_rank": .integer(nodeRank),
            "node": .string(node),
            "state": .string(state),
            "phase": .optional(phase),
            "generation": .optional(generation),
            "pid": .optional(pid),
            "started": .optional(started),
            "exit_status": .optional(exitStatus),
            "was_stopped": wasStopped.map(JSONValue.boolean) ?? .null,
            "render_hash": .optional(renderHash),
            "matches_plan": matchesPlan.map(JSONValue.boolean) ?? .null,
            "log_bytes": .optional(logBytes),
        ]
    }
}

extension StatusDocument.Rank {
    fileprivate var json: JSONValue {
        [
            "rank": .integer(rank),
            "node_rank": .integer(nodeRank),
            "local_rank": .integer(localRank),
            "tp_rank": .integer(tensor),
            "pp_rank": .integer(pipeline),
            "pid": .optional(pid),
            "phase": .optional(phase),
            "progress": .optional(progress),
            "state": .string(state),
        ]
    }
}
