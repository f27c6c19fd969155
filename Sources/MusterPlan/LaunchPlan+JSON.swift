import MusterEngines
package import MusterSpec
import OrderedCollections

extension LaunchPlan {
    /// The plan in its versioned machine form. Secrets appear by name only.
    package var json: JSONValue {
        [
            "format": "muster.plan/1",
            "name": .string(name.value),
            "hash": .string(hash.hex),
            "engine": ["kind": .string(engine.rawValue), "version": .string(version.text)],
            "model": .string(model),
            "master": .optional(master?.text),
            "rendezvous_port": .integer(rendezvous.value),
            "http_port": .integer(http.value),
            "endpoint": .string(endpoint),
            "units": .array(units.map(json)),
            "ranks": .array(ranks.map { json($0.rank, of: $0.unit) }),
            "spares": .array(spares.map { .string($0.name) }),
            "secrets": .array(secrets.map { .string($0.name) }),
        ]
    }

    private func json(_ unit: UnitPlan) -> JSONValue {
        [
            "node_rank": .integer(unit.nodeRank.value),
            "node": .string(unit.node.name),
            "host": .string(unit.node.host),
            "address": .optional(unit.node.address?.text),
            "render_hash": .string(unit.render.hash.hex),
            "argv": .array(unit.shownArguments.map(JSONValue.string)),
            "environment": .object(
                .init(unit.environment.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { $1 })
            ),
            "added": .array(unit.added.map { ["what": .string($0.what), "reason": .string($0.reason)] }),
            "teardown": .array(unit.teardown.map { .string($0.text) }),
        ]
    }

    private func json(_ rank: RankCoordinates, of unit: UnitPlan) -> JSONValue {
        [
            "rank": .integer(rank.global.value), "node_rank": .integer(unit.nodeRank.value),
            "node": .string(unit.node.name),
            "local_rank": .integer(rank.local.value), "gpu": .integer(rank.local.value),
            "tp_rank": .integer(rank.tensor),
            "pp_rank": .integer(rank.pipeline), "dp_rank": .integer(rank.data),
        ]
    }
}

extension UnitPlan {
    /// What muster put into the launch by itself, with the reason, in script order and without the launch records.
    package var added: [(what: String, reason: String)] {
        let variables = environment.compactMap { variable -> (what: String, reason: String)? in
            guard case .added(let reason) = variable.origin else { return nil }
            return (what: "\(variable.name)=\(variable.value)", reason: reason)
        }
        let flags = arguments.compactMap { argument -> (what: String, reason: String)? in
            guard case .added(let reason) = argument.origin else { return nil }
            let words = argument.words.map { word in
                switch word {
                case .literal(let text): text
                case .secret(let name): "$\(name)"
                }
            }
            return (what: words.joined(separator: " "), reason: reason)
        }
        return variables + flags + Self.launchRecord
    }

    /// Not in the script, which stays the same from launch to launch, but in the unit's environment.
    private static let launchRecord = [
        (
            what: "MUSTER_DEPLOYMENT, MUSTER_GENERATION, MUSTER_NODE_RANK, MUSTER_RUN_TOKEN, MUSTER_RENDER_HASH",
            reason: "set by the node script, so that a process can be told to be this launch's"
        )
    ]
}
