import Hummingbird
import MusterMetrics

/// Counts requests by route and status, and the streams that are open.
struct RequestMetrics: RouterMiddleware {
    let openStreams: MetricGauge
    private let requests: MetricCounter

    init(_ registry: MetricsRegistry) {
        requests = registry.counter(
            "muster_http_requests_total",
            "Requests by route and status.",
            labels: ["method", "route", "status"]
        )
        openStreams = registry.gauge("muster_http_open_streams", "Streams of events, logs and commands that are open.")
    }

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        // What is no route has one label, whatever was asked for.
        let isRoute = response.status != .methodNotAllowed && context.endpointPath?.hasPrefix("/") == true
        let route = isRoute ? context.endpointPath ?? "none" : "none"
        requests.add(1, isRoute ? request.method.rawValue : "none", route, "\(response.status.code)")
        return response
    }
}
