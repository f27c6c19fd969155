/// The daemon itself, its nodes, and what needs no deployment.
extension Operation {
    var daemonRoute: Route {
        switch self {
        case .version:
            Route(self, .get, APIVersion.path("/version"), "Which daemon this is.", answer: .resource("DaemonVersion"))
        case .health:
            Route(
                self,
                .get,
                APIVersion.path("/health"),
                "How the daemon itself is.",
                answer: .resource("DaemonHealth")
            )
        case .metrics:
            Route(self, .get, "/metrics", "Counters and gauges for Prometheus.", answer: .text("text/plain"))
        default:
            Route(self, .get, APIVersion.path("/openapi.json"), "This document.", answer: .rawJSON)
        }
    }

    var nodeRoute: Route {
        switch self {
        case .nodes:
            Route(
                self,
                .get,
                APIVersion.path("/nodes"),
                "The nodes of all deployments.",
                answer: .resource("NodeList")
            )
        case .drain:
            Route(
                self,
                .post,
                APIVersion.path("/nodes/{node}/drain"),
                "Start nothing more on a node, and move what runs there to a spare where there is one.",
                answer: .accepted
            )
        default:
            Route(self, .post, APIVersion.path("/nodes/{node}/undrain"), "Use a node again.", answer: .accepted)
        }
    }

    var fileRoute: Route {
        switch self {
        case .validate: file("/validate", "Check a cluster file; `muster.validate/1`.")
        case .plan: file("/plan", "What a cluster file comes to; `muster.plan/1`.")
        case .render: file("/render", "The launch scripts of a cluster file; `muster.render/1`.")
        case .explain:
            Route(self, .get, APIVersion.path("/diagnostics/{code}"), "The page of a diagnostic.", answer: .rawJSON)
        default:
            Route(self, .get, APIVersion.path("/schema"), "The JSON Schema of the cluster file.", answer: .rawJSON)
        }
    }

    private func file(_ path: String, _ summary: String) -> Route {
        Route(self, .post, APIVersion.path(path), summary, body: "FileRequest", answer: .rawJSON)
    }
}
