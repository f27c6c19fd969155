/// Every resource, field by field; a test compares the table with what the resources encode to.
extension ResourceSchema {
    static let all = daemon + deployments + requests + streams + problems

    private static let daemon = [
        ResourceSchema(
            name: "DaemonVersion",
            summary: "Which daemon answers.",
            fields: [
                .required("version", .string, "The release."),
                .required("api", .string, "The version of the API, as in its paths."),
                .required("pid", .integer, "The daemon's process."),
                .required("started_at", .timestamp, "Since when it runs."),
            ]
        ),
        ResourceSchema(
            name: "DaemonHealth",
            summary: "How the daemon itself is.",
            fields: [
                .required("status", .oneOf(["ok", "degraded"]), "`degraded` when a check is not ok."),
                .required("checks", .array(.resource("HealthCheck")), "What was looked at."),
            ]
        ),
        ResourceSchema(
            name: "HealthCheck",
            summary: "One thing that was looked at.",
            fields: [
                .required("name", .string, "What it is called."),
                .required("ok", .boolean, "Whether it is as it should be."),
                .required("text", .string, "What was found."),
            ]
        ),
    ]

    private static let deployments = [
        ResourceSchema(
            name: "DeploymentSummary",
            summary: "A deployment in one line.",
            fields: [
                .required("name", .string, "Its name."),
                .required("state", .string, "What it does."),
                .required("desired", .string, "What it should do."),
                .required("generation", .integer, "The number of its last launch."),
                .required("replicas", .resource("ReplicaCount"), "How many of the replicas serve."),
                .required("since", .timestamp, "The beginning of its state."),
                .optional("cause", .string, "Why it is in this state, where that is not as it should be."),
            ]
        ),
        ResourceSchema(
            name: "ReplicaCount",
            summary: "How many of the replicas serve.",
            fields: [
                .required("ready", .integer, "So many serve."),
                .required("total", .integer, "So many there are."),
            ]
        ),
        ResourceSchema(
            name: "DeploymentList",
            summary: "All deployments.",
            fields: [.required("deployments", .array(.resource("DeploymentSummary")), "By name.")]
        ),
        ResourceSchema(
            name: "DeploymentDetail",
            summary: "A deployment with all that was decided about it.",
            fields: [
                .required("summary", .resource("DeploymentSummary"), "The deployment in one line."),
                .required("detail", .any, "What it is made from, its restarts and its budget."),
            ]
        ),
        ResourceSchema(
            name: "NodeSummary",
            summary: "A node in one line.",
            fields: [
                .required("node", .string, "Its name."),
                .required("state", .string, "Whether it is in contact, and whether it is drained."),
                .required("deployments", .array(.string), "Which deployments have it in their files."),
                .required("since", .timestamp, "The beginning of its state."),
                .optional("cause", .string, "Why it is in this state, where that is not as it should be."),
            ]
        ),
        ResourceSchema(
            name: "NodeList",
            summary: "All nodes of all deployments.",
            fields: [.required("nodes", .array(.resource("NodeSummary")), "By name.")]
        ),
        ResourceSchema(
            name: "Accepted",
            summary: "The wish is recorded; what comes of it is told by the events after the cursor.",
            fields: [
                .required("name", .string, "What it is about."),
                .required("cursor", .integer, "The last event before the wish's own."),
                .required("state", .string, "The state now."),
            ]
        ),
    ]

    private static let requests = [
        ResourceSchema(
            name: "UpRequest",
            summary: "What `up` needs.",
            fields: [
                .required("file", .string, "The text of the cluster file."),
                .required("path", .string, "What the file is called in messages."),
                .optional("secrets", .map(.string), "Values of the secrets that the file names; never kept."),
                .optional("replace", .boolean, "Whether another plan under the name is stopped first."),
            ]
        ),
        ResourceSchema(
            name: "FileRequest",
            summary: "A cluster file that something is to be made of.",
            fields: [
                .required("file", .string, "The text of the cluster file."),
                .required("path", .string, "What the file is called in messages."),
            ]
        ),
        ResourceSchema(
            name: "RestartRequest",
            summary: "What is to restart: one unit by one of its names, or the gang of one replica.",
            fields: [
                .optional("rank", .integer, "A global rank: the unit that holds it."),
                .optional("node_rank", .integer, "The unit of this node rank."),
                .optional("node", .string, "The unit on this node."),
                .optional("replica", .integer, "Which replica; not needed where there is one, or with `node`."),
                .optional("scope", .oneOf(RestartRequest.Scope.allCases.map(\.rawValue)), "How much goes with it."),
            ]
        ),
        ResourceSchema(
            name: "ExecRequest",
            summary: "A command for the nodes of a deployment.",
            fields: [
                .required("command", .array(.string), "The program and its arguments."),
                .optional("nodes", .array(.string), "Only these nodes."),
                .optional("timeout", .integer, "How long it may take on each node, in seconds; 60 without it."),
            ]
        ),
    ]

    private static let streams = [
        ResourceSchema(
            name: "EventRecord",
            summary: "One event.",
            fields: [
                .required("id", .integer, "Its place in the order of all events; numbers rise, with gaps."),
                .required("at", .timestamp, "When it was recorded."),
                .required("deployment", .string, "What it happened to; empty for the daemon itself."),
                .required("kind", .string, "What happened, for programs."),
                .required("actor", .string, "Who or what made it happen."),
                .required("text", .string, "What happened, for people."),
                .required("data", .any, "What belongs to it, by its kind."),
            ]
        ),
        ResourceSchema(
            name: "EventPage",
            summary: "Some events, oldest first.",
            fields: [
                .required("events", .array(.resource("EventRecord")), "The events."),
                .required("next", .integer, "What to ask for as `after` next time."),
            ]
        ),
        ResourceSchema(
            name: "ExecRecord",
            summary: "A line that a node wrote, the end of its command, or why it did not run.",
            fields: [
                .required("node", .string, "Where it comes from."),
                .optional("stream", .oneOf(ExecRecord.Output.allCases.map(\.rawValue)), "Where it was written to."),
                .optional("line", .string, "The line, without its end."),
                .optional("exit", .integer, "The exit status, 128 + N for signal N."),
                .optional("problem", .resource("Problem"), "Why the command did not run."),
            ]
        ),
    ]

    private static let problems = [
        ResourceSchema(
            name: "Problem",
            summary: "Why a request was not done.",
            fields: [
                .required("type", .string, "A name for the kind."),
                .required("title", .string, "The same for every problem of the kind."),
                .required("status", .integer, "The HTTP status."),
                .required("detail", .string, "What happened this time."),
                .optional("code", .string, "A diagnostic code."),
                .optional("hint", .string, "The change to make."),
                .optional("node", .string, "Where it happened."),
                .optional("errors", .array(.resource("ProblemPart")), "The single failures of several."),
                .optional("diagnostics", .any, "Diagnostics of a cluster file, as `muster validate` has them."),
            ]
        ),
        ResourceSchema(
            name: "ProblemPart",
            summary: "One failure of several.",
            fields: [
                .required("detail", .string, "What happened."),
                .optional("code", .string, "A diagnostic code."),
                .optional("node", .string, "Where it happened."),
                .optional("hint", .string, "The change to make."),
            ]
        ),
    ]
}
