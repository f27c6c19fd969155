/// Everything that can be asked of a daemon.
package enum Operation: String, CaseIterable, Hashable, Sendable {
    case version, health, metrics, openAPI
    case listDeployments, up, deployment, status, down, restart, pause, resume, forget
    case nodes, drain, undrain
    case events, deploymentEvents
    case logs, exec
    case validate, plan, render, explain, schema

    /// Where it is asked for, and how.
    package var route: Route {
        switch self {
        case .version, .health, .metrics, .openAPI: daemonRoute
        case .listDeployments, .up, .deployment, .status, .down, .restart, .pause, .resume, .forget: deploymentRoute
        case .nodes, .drain, .undrain: nodeRoute
        case .events, .deploymentEvents, .logs, .exec: streamRoute
        case .validate, .plan, .render, .explain, .schema: fileRoute
        }
    }
}
