import Hummingbird
import MusterAPI

/// Turns requests into calls of the service and what comes back into answers, and does nothing else.
struct APIHandlers: Sendable {
    let service: any DaemonService
    let settings: ServerSettings
    let streams: StreamScope
    let document: RawJSON

    /// - Parameters:
    ///   - operation: What is asked for.
    ///   - request: The request.
    ///   - context: Who asks, and the names in the path.
    /// - Returns: The answer to a success.
    /// - Throws: `Problem`, or whatever went wrong.
    func respond(_ operation: Operation, _ request: Request, _ context: APIContext) async throws -> Response {
        switch operation {
        case .version, .health, .metrics, .openAPI: try await daemon(operation)
        case .listDeployments: try .json(DeploymentList(await service.deployments()))
        case .deployment: try .json(await service.deployment(context.name("name")))
        case .status: .json(try await service.status(of: context.name("name")))
        case .up, .down, .restart, .pause, .resume, .forget: try await change(operation, request, context)
        case .nodes: try .json(NodeList(await service.nodes()))
        case .drain, .undrain: try await changeNode(operation, context)
        case .events: try await events(request, context, of: nil)
        case .deploymentEvents: try await events(request, context, of: context.name("name"))
        case .logs: try await logs(request, context)
        case .exec: try await exec(request, context)
        case .validate, .plan, .render: try await file(operation, request)
        case .explain: .json(try await service.explain(context.name("code")))
        case .schema: .json(try await service.schema())
        }
    }

    private func daemon(_ operation: Operation) async throws -> Response {
        switch operation {
        case .version: try .json(await service.version())
        case .health: try .json(await service.health())
        case .metrics:
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await service.metrics()))
            )
        default: .json(document)
        }
    }

    private func file(_ operation: Operation, _ request: Request) async throws -> Response {
        let file = try await request.resource(FileRequest.self, limit: settings.bodyLimit)
        switch operation {
        case .validate: return .json(try await service.validate(file))
        case .plan: return .json(try await service.plan(file))
        default: return .json(try await service.render(file))
        }
    }
}
