import MusterEngines
package import MusterPlan
import MusterSSH
package import MusterSpec
package import MusterSupervision

/// Asks the engine's API on node rank 0, through the SSH connection to it, so that its port need not be reachable
/// from here.
package struct HTTPProbe: Sendable {
    private let link: NodeLink
    private let host: String
    private let port: Port
    private let paths: ReadinessPaths
    private let bearer: Redacted?
    private let generationTimeout: Duration

    package init(_ plan: LaunchPlan, link: NodeLink, bearer: Redacted?) {
        self.link = link
        // The node's own address rather than its loopback: where several nodes share one machine, each has its own.
        host = plan.units.first?.node.address?.text ?? "127.0.0.1"
        port = plan.http
        paths = plan.knowledge.readiness
        self.bearer = bearer
        generationTimeout = plan.health.requestTimeout
    }

    /// Whether a layer answers as it should; the reason when it does not. An engine that has lost a rank may take as
    /// long as its own health check's timeout to say so, which `patience` cuts short.
    package func ask(_ layer: ReadinessLayer, patience: Duration = .seconds(30)) async -> Result<Void, ProbeProblem> {
        do {
            switch layer {
            case .http:
                let response = try await send("GET", paths.health, timeout: patience)
                guard response.status == 200 else {
                    return .failure(.init("\(paths.health) answers \(response.status)"))
                }
            case .model: _ = try await modelName()
            case .generation: try await generate()
            case .workers: break
            }
            return .success(())
        } catch {
            return .failure(ProbeProblem(error))
        }
    }

    /// The first model the API lists.
    private func modelName() async throws -> String {
        let response = try await send("GET", paths.models, timeout: .seconds(10))
        guard response.status == 200 else { throw ProbeProblem("\(paths.models) answers \(response.status)") }
        guard let name = ModelList.firstIdentifier(in: response.body) else {
            throw ProbeProblem("\(paths.models) lists no model")
        }
        return name
    }

    /// One token, which takes every rank of the gang.
    private func generate() async throws {
        let model = try await modelName()
        let body: JSONValue = ["model": .string(model), "prompt": "1", "max_tokens": 1, "temperature": 0]
        let bytes = Array(body.compact.utf8)
        let response = try await send("POST", paths.completions, body: bytes, timeout: generationTimeout)
        guard response.status == 200 else { throw ProbeProblem("\(paths.completions) answers \(response.status)") }
    }

    private func send(
        _ method: String,
        _ path: String,
        body: [UInt8]? = nil,
        timeout: Duration
    ) async throws -> HTTPResponse {
        let connection = try await link.live()
        let (host, port) = (host, port)
        let request = HTTPRequest(method, path, host: "\(host):\(port)", bearer: bearer, body: body)
        return try await Deadline.run(timeout) {
            let channel = try await connection.connect(host: host, port: port.value)
            do {
                let response = try await Self.exchange(request, over: channel)
                await channel.close()
                return response
            } catch {
                await channel.close()
                throw error
            }
        }
    }

    private static func exchange(_ request: HTTPRequest, over channel: any NodeChannel) async throws -> HTTPResponse {
        try await channel.write(request.bytes)
        var reader = HTTPReader()
        while let bytes = try await channel.read() {
            if let response = try reader.take(bytes) { return response }
        }
        return try reader.end()
    }
}

/// Why a probe got no good answer.
package struct ProbeProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the engine had its chance: trouble on the way to it says nothing about its health.
    package let reachedEngine: Bool

    init(_ description: String, reachedEngine: Bool = true) {
        self.description = description
        self.reachedEngine = reachedEngine
    }

    /// What a failure of the connection, or of time, says.
    init(_ error: any Error) {
        switch error {
        case let problem as ProbeProblem: self = problem
        case let late as Deadline.TimedOut: self.init("\(late)")
        // The node was reached, and nothing listens on the engine's port.
        case let error as SSHError: self.init("\(error)", reachedEngine: error.code == .forwardRefused)
        default: self.init("\(error)", reachedEngine: false)
        }
    }
}
