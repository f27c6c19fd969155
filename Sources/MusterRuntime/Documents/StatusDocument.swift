package import MusterEngines
import MusterSpec

/// `muster.status/1`: what the nodes say about a deployment, the same from the command line and from a daemon.
///
/// It is what the text view is drawn from, too, so that both sources look the same. States are words: a view must be
/// able to show those of a later daemon. What a later release adds is not looked at.
package struct StatusDocument: Decodable, Hashable, Sendable {
    /// One unit, and what its node says of it.
    package struct Unit: Decodable, Hashable, Sendable {
        package var nodeRank: Int
        package var node: String
        package var state: String
        package var phase: String?
        package var generation: Int?
        package var pid: Int?
        /// Seconds since the epoch, by the node's clock.
        package var started: Int?
        package var exitStatus: Int?
        /// muster has stopped it, or begun to: its exit status says nothing then.
        package var wasStopped: Bool?
        package var renderHash: String?
        package var matchesPlan: Bool?
        package var logBytes: Int?

        private enum CodingKeys: String, CodingKey {
            case node, state, phase, generation, pid, started
            case nodeRank = "node_rank"
            case exitStatus = "exit_status"
            case wasStopped = "was_stopped"
            case renderHash = "render_hash"
            case matchesPlan = "matches_plan"
            case logBytes = "log_bytes"
        }

        /// Whether processes of it may still be there.
        package var isAlive: Bool { state == "running" || state == "orphaned" }
    }

    /// One GPU worker.
    package struct Rank: Decodable, Hashable, Sendable {
        package var rank: Int
        package var nodeRank: Int
        package var localRank: Int
        package var tensor: Int
        package var pipeline: Int
        package var pid: Int?
        package var phase: String?
        /// How far the phase is, where the rank tells: `41/163`.
        package var progress: String?
        package var state: String

        private enum CodingKeys: String, CodingKey {
            case rank, pid, phase, progress, state
            case nodeRank = "node_rank"
            case localRank = "local_rank"
            case tensor = "tp_rank"
            case pipeline = "pp_rank"
        }

        /// Whether its process was seen.
        package var isAlive: Bool { state == "healthy" || state == "alive" }
    }

    /// Why a node could not be asked.
    package struct Failure: Decodable, Hashable, Sendable {
        package var code: String
        package var message: String
        package var node: String?
        package var details: [String]
        package var hint: String?

        package var error: RuntimeError {
            // A code of a later release is at least no wrong one.
            RuntimeError(DiagnosticCode(code) ?? .sshOther, message, node: node, details: details, hint: hint)
        }
    }

    package var name: String
    package var engine: String
    package var engineVersion: String
    package var standing: String
    package var isHealthy: Bool
    package var generation: Int?
    package var planHash: String
    package var endpoint: String
    /// Nothing where there was nobody to ask.
    package var endpointAnswers: Bool?
    /// Why the endpoint does not answer.
    package var endpointProblem: String?
    /// Who holds the deployment's lock on its nodes.
    package var lockOwner: String?
    package var units: [Unit]
    package var ranks: [Rank]
    package var unreachable: [Failure]
    /// Which way the ranks talk between nodes; nothing within one node, and before a gang has said it.
    package var transport: TransportDocument?
    /// How far it is while a daemon brings it up; nothing without one.
    package var start: StartDocument?
    /// Why what has ended by itself did so; nothing where nobody looked, or where no log tells.
    package var why: FailureAnswer?

    private enum CodingKeys: String, CodingKey {
        case name, engine, standing, generation, endpoint, units, ranks, unreachable, transport, start, why
        case engineVersion = "engine_version"
        case isHealthy = "healthy"
        case planHash = "plan_hash"
        case endpointAnswers = "endpoint_answers"
        case endpointProblem = "endpoint_problem"
        case lockOwner = "lock_owner"
    }

    /// The units whose node could not be asked.
    package var unasked: [Unit] { units.filter { $0.state == Self.unreachableState } }

    static let unreachableState = "unreachable"
}
