import Hummingbird
import MusterAPI
import NIOCore

/// Tells who asks, or refuses to answer.
typealias Gate = @Sendable (_ request: Request, _ channel: any Channel) async throws -> Requester

/// Lets nobody further who is not known.
struct GateMiddleware: RouterMiddleware {
    let gate: Gate

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requester = try await gate(request, context.channel)
        return try await next(request, context)
    }
}
