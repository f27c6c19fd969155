import MusterAPI

/// One example of every resource, with every field, under the name that the document has for it.
enum Examples {
    static let time = Timestamp(milliseconds: 1_763_757_538_007)
    static let summary = DeploymentSummary(
        name: "llm",
        state: "restarting",
        desired: "up",
        generation: 4,
        replicas: .init(ready: 1, total: 2),
        since: time,
        cause: "rank 17 on n3 was killed by SIGKILL"
    )
    static let node = NodeSummary(
        node: "n3",
        state: "unknown",
        deployments: ["llm"],
        since: time,
        cause: "no sign of life for 20 s"
    )
    static let part = Problem.Part(detail: "refused", code: "MUS0502", node: "n3", hint: "start sshd")
    static let problem = Problem(
        .nodeFailed,
        "one of two nodes failed",
        code: "MUS0502",
        hint: "start sshd",
        node: "n3",
        errors: [part],
        diagnostics: RawJSON(#"[{"code":"MUS0123"}]"#)
    )
    static let event = EventRecord(
        id: 12,
        at: time,
        deployment: "llm",
        kind: "unit.exited",
        actor: "node n3",
        text: "node rank 2 was killed by SIGKILL",
        data: RawJSON(#"{"node_rank":2,"signal":9}"#)
    )

    static let all: [(name: String, value: any Codable & Sendable)] = [
        ("DaemonVersion", DaemonVersion(version: "0.1.0", pid: 71, startedAt: time)),
        ("DaemonHealth", DaemonHealth([check])),
        ("HealthCheck", check),
        ("DeploymentSummary", summary),
        ("ReplicaCount", summary.replicas),
        ("DeploymentList", DeploymentList([summary])),
        ("DeploymentDetail", DeploymentDetail(summary, detail: RawJSON(#"{"restarts":3}"#))),
        ("NodeSummary", node),
        ("NodeList", NodeList([node])),
        ("Accepted", Accepted(name: "llm", cursor: 11, state: "starting")),
        ("UpRequest", UpRequest(file: "name: llm\n", path: "llm.yaml", secrets: ["HF_TOKEN": "x"], replace: true)),
        ("FileRequest", FileRequest(file: "name: llm\n", path: "llm.yaml")),
        ("RestartRequest", RestartRequest(rank: 17, scope: .gang)),
        ("RestartRequest", RestartRequest(nodeRank: 2)),
        ("RestartRequest", RestartRequest(node: "n3")),
        ("RestartRequest", RestartRequest(replica: 1)),
        ("ExecRequest", ExecRequest(command: ["nvidia-smi", "-L"], nodes: ["n3"], timeout: 5)),
        ("EventRecord", event),
        ("EventPage", EventPage([event], after: 0)),
        ("ExecRecord", ExecRecord.line(node: "n3", stream: .stderr, line: "GPU 0")),
        ("ExecRecord", ExecRecord.exit(node: "n3", status: 137)),
        ("ExecRecord", ExecRecord.failed(node: "n3", problem)),
        ("Problem", problem),
        ("ProblemPart", part),
    ]

    private static let check = DaemonHealth.Check(name: "store", ok: false, text: "the disk is full")
}
