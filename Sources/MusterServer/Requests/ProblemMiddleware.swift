import Hummingbird
import Logging
import MusterAPI
import NIOCore

/// The outermost layer: every failure leaves as a problem, and every answer says which release it is from.
struct ProblemMiddleware: RouterMiddleware {
    let version: String

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = try answer(to: error, request, context)
        }
        if let name = HTTPFields.Element.Name(APIVersion.header) { response.headers[name] = version }
        return response
    }

    private func answer(to error: any Error, _ request: Request, _ context: APIContext) throws -> Response {
        switch error {
        case let problem as Problem: return try .problem(problem)
        case let error as HTTPError where error.status == .notFound: return try unknownPath(request)
        case let error as HTTPError where error.status.code < 500:
            return try .problem(Problem(.malformed, error.body ?? error.status.reasonPhrase))
        default:
            // What it was is for the log: an internal error may carry anything.
            let fields: Logger.Metadata = ["route": "\(context.endpointPath ?? "none")", "error": "\(error)"]
            context.logger.error("request failed", metadata: fields)
            return try .problem(Problem(.internal, "the daemon's log has the reason"))
        }
    }

    private func unknownPath(_ request: Request) throws -> Response {
        let methods = Route.methods(of: request.uri.path).map(\.rawValue)
        guard !methods.isEmpty else {
            return try .problem(Problem(.notFound, "there is no `\(request.uri.path)`", hint: "see /v1/openapi.json"))
        }
        let words = methods.joined(separator: ", ")
        var response = try Response.problem(
            Problem(.methodNotAllowed, "`\(request.uri.path)` has no \(request.method.rawValue), but \(words)")
        )
        response.headers[.allow] = words
        return response
    }
}
