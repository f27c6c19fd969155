/// Deployments: what is wanted of them, and what comes of it.
extension Operation {
    private static let deployments = APIVersion.path("/deployments")
    private static let one = deployments + "/{name}"

    var deploymentRoute: Route {
        switch self {
        case .listDeployments:
            Route(self, .get, Self.deployments, "All deployments.", answer: .resource("DeploymentList"))
        case .up:
            Route(
                self,
                .put,
                Self.one,
                "Bring a deployment up, and keep it up.",
                body: "UpRequest",
                answer: .accepted
            )
        case .deployment:
            Route(self, .get, Self.one, "One deployment.", answer: .resource("DeploymentDetail"))
        case .forget:
            Route(self, .delete, Self.one, "Forget a deployment that is down, with its events.", answer: .nothing)
        case .status:
            Route(self, .get, Self.one + "/status", "What its nodes and units do; `muster.status/1`.", answer: .rawJSON)
        case .restart:
            Route(
                self,
                .post,
                Self.one + "/restart",
                "Restart a unit, with its gang where it has to.",
                body: "RestartRequest",
                answer: .accepted
            )
        case .pause: change("/pause", "Restart nothing by itself until it is resumed.")
        case .resume: change("/resume", "Restart what fails again.")
        default: change("/down", "Stop a deployment, and keep it down.")
        }
    }

    private func change(_ path: String, _ summary: String) -> Route {
        Route(self, .post, Self.one + path, summary, answer: .accepted)
    }

    var streamRoute: Route {
        switch self {
        case .events:
            Route(
                self,
                .get,
                APIVersion.path("/events"),
                "Events of everything.",
                parameters: Self.page,
                answer: .events
            )
        case .deploymentEvents:
            Route(
                self,
                .get,
                Self.one + "/events",
                "Events of one deployment.",
                parameters: Self.page,
                answer: .events
            )
        case .logs:
            Route(
                self,
                .get,
                Self.one + "/logs",
                "The units' logs.",
                parameters: Self.lines,
                answer: .text("text/plain")
            )
        default:
            Route(
                self,
                .post,
                Self.one + "/exec",
                "Run a command on its nodes.",
                body: "ExecRequest",
                answer: .records("ExecRecord")
            )
        }
    }

    private static let page: [Route.Parameter] = [
        .init(name: "after", place: .query, type: .integer, summary: "The last event already known; 0 without it."),
        .init(name: "before", place: .query, type: .integer, summary: "The newest before this one instead."),
        .init(name: "limit", place: .query, type: .integer, summary: "At most so many, 100 without it, 1000 at most."),
        .init(name: "Last-Event-ID", place: .header, type: .integer, summary: "A stream's `after`; it wins."),
    ]

    private static let lines: [Route.Parameter] = [
        .init(name: "replica", place: .query, type: .integer, summary: "The logs of this replica only."),
        .init(name: "node_rank", place: .query, type: .integer, summary: "The log of this unit only."),
        .init(name: "generation", place: .query, type: .integer, summary: "An older generation than the newest."),
        .init(name: "lines", place: .query, type: .integer, summary: "The last lines of each, 0 for all."),
        .init(name: "follow", place: .query, type: .boolean, summary: "Whether to go on with what is written later."),
    ]
}
