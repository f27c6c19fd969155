import Hummingbird
import MusterAPI

extension APIHandlers {
    /// What is wanted of a deployment from now on.
    func change(_ operation: Operation, _ request: Request, _ context: APIContext) async throws -> Response {
        let (name, asker) = (try context.name("name"), try context.asker())
        switch operation {
        case .up:
            let wanted = try await request.resource(UpRequest.self, limit: settings.bodyLimit)
            return try accepted(await service.up(name, wanted, by: asker))
        case .restart:
            let wanted = try await request.resource(RestartRequest.self, limit: settings.bodyLimit)
            return try accepted(await service.restart(name, wanted, by: asker))
        case .pause: return try accepted(await service.pause(name, by: asker))
        case .resume: return try accepted(await service.resume(name, by: asker))
        case .forget:
            try await service.forget(name, by: asker)
            return Response(status: .noContent)
        default: return try accepted(await service.down(name, by: asker))
        }
    }

    /// What is wanted of a node from now on.
    func changeNode(_ operation: Operation, _ context: APIContext) async throws -> Response {
        let (node, asker) = (try context.name("node"), try context.asker())
        return switch operation {
        case .drain: try accepted(await service.drain(node, by: asker))
        default: try accepted(await service.undrain(node, by: asker))
        }
    }

    private func accepted(_ accepted: Accepted) throws -> Response { try .json(accepted, status: .accepted) }
}
