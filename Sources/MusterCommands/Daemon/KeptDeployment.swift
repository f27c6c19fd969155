import FoundationEssentials
import MusterAPI
import MusterClient
import MusterEngines
import MusterSpec

/// A deployment as the daemon that keeps it knows it, beyond what its nodes say.
struct KeptDeployment: Sendable {
    /// The first cause of what it is doing about it.
    struct Cause: Decodable, Sendable {
        var code: String
        var text: String
        var node: String?
        var evidence: [String]
    }

    /// Why the newest generation that failed did so, by its logs.
    struct Failure: Decodable, Sendable {
        var generation: Int
        var answer: FailureAnswer

        private enum CodingKeys: CodingKey { case generation }

        init(from decoder: any Decoder) throws {
            generation = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .generation)
            answer = try FailureAnswer(from: decoder)
        }
    }

    /// One gang.
    struct Replica: Decodable, Sendable {
        var state: String
        var generation: Int?
        var planHash: String
        var endpoint: String
        /// Since 1970, in milliseconds.
        var since: Int64
        var nextLaunch: Int64?
        /// What its next step waits for.
        var obstacle: String?
        var restarts: Int
        var cause: Cause?
        /// Nothing also where an older daemon does not tell.
        var failure: Failure?
        var substitutes: [String: String]

        private enum CodingKeys: String, CodingKey {
            case state, generation, endpoint, restarts, cause, failure, substitutes
            case planHash = "plan_hash"
            case since = "since_ms"
            case nextLaunch = "next_launch_ms"
            case obstacle = "waiting_for"
        }
    }

    struct Node: Decodable, Sendable {
        var node: String
        var state: String
    }

    private struct Detail: Decodable {
        var paused: Bool
        var drained: [String]
        var replicas: [Replica]
        var nodes: [Node]
    }

    let summary: DeploymentSummary
    private let detail: Detail

    var isPaused: Bool { detail.paused }
    var drained: [String] { detail.drained }
    var replicas: [Replica] { detail.replicas }
    /// The nodes nothing was heard of for long.
    var lostNodes: Set<String> { Set(detail.nodes.filter { $0.state == "lost" }.map(\.node)) }
    /// Which spare stands in for which node; a node is of one replica only.
    var substitutes: [String: String] {
        replicas.reduce(into: [:]) { $0.merge($1.substitutes) { first, _ in first } }
    }

    /// - Parameter resource: What the daemon answers.
    /// - Throws: `DecodingError`.
    init(_ resource: DeploymentDetail) throws {
        summary = resource.summary
        detail = try JSONDecoder().decode(Detail.self, from: Data(resource.detail.text.utf8))
    }
}

extension DaemonClient {
    /// All that the daemon knows of a deployment.
    func kept(_ name: String) async throws -> KeptDeployment { try KeptDeployment(await deployment(name)) }
}

extension ClientError {
    /// The daemon knows no deployment of that name.
    var isNotKept: Bool { problem?.kind == .notFound && problem?.code == DiagnosticCode.notRunning.description }
}
