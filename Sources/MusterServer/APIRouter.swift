import Hummingbird
import MusterAPI
import MusterMetrics

/// All routes of the table, each with its handler, behind one gate.
struct APIRouter {
    let service: any DaemonService
    let settings: ServerSettings
    let metrics: RequestMetrics
    let version: String

    func router(gate: @escaping Gate) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: metrics)
        router.add(middleware: ProblemMiddleware(version: version))
        router.add(middleware: GateMiddleware(gate: gate))
        let handlers = APIHandlers(
            service: service,
            settings: settings,
            streams: StreamScope(openStreams: metrics.openStreams),
            document: OpenAPIDocument.json(version: version)
        )
        for route in Route.all {
            let method = Self.method(route.method)
            router.on(RouterPath(route.path), method: method) { request, context in
                try await handlers.respond(route.operation, request, context)
            }
        }
        return router
    }

    private static func method(_ method: Route.Method) -> HTTPRequest.Method {
        switch method {
        case .get: .get
        case .put: .put
        case .post: .post
        case .delete: .delete
        }
    }
}
