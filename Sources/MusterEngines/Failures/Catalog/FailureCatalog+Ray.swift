extension FailureCatalog {
    static let ray: [FailureSignature] = [
        .init(
            "ray-pg-exceeds",
            .ray,
            .fatal,
            .cause,
            .bootstrap,
            ["The number of required GPUs exceeds the total number of available GPUs in the placement group"],
            means: "Ray has fewer GPUs than the parallel sizes ask for.",
            fix: "See with ray status which node is missing, or use smaller sizes.",
            key: "tp_size"
        ),
        .init(
            "ray-no-node-types",
            .ray,
            .fatal,
            .cause,
            .bootstrap,
            ["No available node types can fulfill resource request {"],
            means: "Ray knows no node that has what was asked for, often because a node joined under another address.",
            fix: "Give every node the address by which Ray knows it.",
            key: "env.VLLM_HOST_IP"
        ),
        .init(
            "ray-worker-died",
            .ray,
            .fatal,
            .umbrella,
            .any,
            ["A worker died or was killed while executing a task by an unexpected system error"],
            means: "A Ray worker vanished: it crashed, or the kernel ended it.",
            fix: "Read that node's kernel log, then the worker's own."
        ),
        .init(
            "ray-actor-other-job",
            .ray,
            .fatal,
            .cause,
            .bootstrap,
            ["ActorHandleNotFoundError"],
            means: "Workers still belong to a Ray session that is over.",
            fix: "Stop Ray on all nodes and start the deployment again."
        ),
    ]
}
