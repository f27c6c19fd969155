/// The table of the cluster file's keys.
///
/// Adding a key: a row here, its decoding in `ClusterSpec+Decoding.swift`, its effect in the plan, an example in
/// `Configs/`, and the goldens. The generated wrong-type test, the JSON Schema and the reference follow by themselves.
package enum ClusterFields {
    package static let root: [Field] = [
        Field("name", .deploymentName, required: true, example: "deepseek-v3-l40s", "What the deployment is called."),
        Field("engine", .mapping(engine), required: true, example: "{kind: sglang, version: 0.5.9}", "What serves."),
        Field("model", .text, required: true, example: "/workspace/DeepSeek-V3/", "Path on every node, or a hub id."),
        Field("master_ip", .address, default: "the first node's address", example: "10.0.0.1", "Where ranks meet."),
        Field("tcp_iface", .interface, example: "bond0", "For NCCL and Gloo; `auto`: who owns the address."),
        Field(
            "rdma_gid_index",
            .integerOrChoice(0...255, ["auto"]),
            default: "the engine's libraries choose",
            example: "3",
            "The GID table index of the RoCE v2 address; `auto` has `muster up` look for it on the nodes."
        ),
        Field(
            "rdma_hcas",
            .list(.interface),
            default: "all",
            example: "[mlx5_0, mlx5_1]",
            "The RDMA devices NCCL may use."
        ),
        Field("tp_size", .integer(1...4096), default: "1", example: "32", "Tensor parallel size."),
        Field("pp_size", .integer(1...4096), default: "1", example: "2", "Pipeline parallel size."),
        Field("dp_size", .integer(1...4096), default: "1", example: "2", "Data parallel size."),
        Field("ep_size", .integer(1...4096), default: "1", example: "8", "Expert parallel size; inside tp."),
        Field("gpus_per_node", .integer(1...64), default: "8", example: "8", "GPUs a unit uses on its node."),
        Field(
            "nodes",
            .list(node),
            required: true,
            example: "[10.0.0.1, \"10.0.0.[2-4]\"]",
            "The nodes, in rank order."
        ),
        Field(
            "replicas",
            .integer(1...4096),
            default: "1",
            example: "2",
            "Independent gangs; `nodes` is split into so many equal runs, in order."
        ),
        Field("spares", .list(node), default: "none", example: "[10.0.0.9]", "Nodes that may replace one that fails."),
        Field("ssh", .mapping(ssh), default: "as `ssh HOST` does", example: "{user: root}", "How nodes are reached."),
        Field("ports", .mapping(ports), example: "{http: 8000, rendezvous: 5000}", "Ports a person chooses."),
        Field("bind", .address, default: "0.0.0.0", example: "0.0.0.0", "The address node rank 0 serves HTTP on."),
        Field("env", .table(.text), default: "none", example: "{NCCL_DEBUG: INFO}", "Environment of every unit."),
        Field(
            "secrets",
            .table(.mapping(secret)),
            default: "none",
            example: "{HF_TOKEN: {env: HF_TOKEN}}",
            "Values that never appear in a script, a log or an argument."
        ),
        Field(
            "args",
            .table(.flagValue),
            default: "none",
            example: "{trust-remote-code: true}",
            "Engine flags by their own names, without the dashes."
        ),
        Field(
            "runtime",
            .scalarOrMapping(
                .choice(["process"]),
                [
                    Field(
                        "docker",
                        .mapping(docker),
                        required: true,
                        example: "{image: lmsysorg/sglang:latest}",
                        "Run each unit in a container."
                    )
                ]
            ),
            default: "process",
            example: "process",
            "What a unit runs in."
        ),
        Field("state_dir", .text, default: "~/.muster", example: "/var/tmp/muster", "muster's directory on the nodes."),
        Field("health", .mapping(health), example: "{startup_timeout: 40m}", "When a start has taken too long."),
        Field("restart", .mapping(restart), example: "{policy: on-failure}", "What follows a failure."),
    ]

    static let engine: [Field] = [
        Field("kind", .choice(["sglang", "vllm"]), required: true, example: "sglang", "Which engine."),
        Field(
            "version",
            .version,
            required: true,
            example: "0.4.4.post1",
            "The release that is installed on the nodes."
        ),
        Field(
            "executable",
            .text,
            default: "`python3` for sglang, `vllm` for vllm",
            example: "/opt/venv/bin/python3",
            "The program to start, where it is not on the PATH of a non-login shell."
        ),
    ]

    static let node: FieldKind = .scalarOrMapping(.host, nodeMapping)

    static let nodeMapping: [Field] = [
        Field("host", .host, required: true, example: "10.0.0.2", "What `ssh` is told; may hold a range."),
        Field("name", .deploymentName, default: "the host", example: "gpu-2", "What messages call the node."),
        Field(
            "rank",
            .integer(0...4095),
            default: "the position in the list",
            example: "1",
            "The node rank, in its replica."
        ),
        Field(
            "address",
            .address,
            default: "the host, where it is an address",
            example: "10.0.0.2",
            "The node's own address on its tcp_iface."
        ),
        Field("tcp_iface", .interface, default: "the file's", example: "ens1f0", "The interface on this node."),
        Field(
            "rdma_gid_index",
            .integerOrChoice(0...255, ["auto"]),
            default: "the file's",
            example: "5",
            "The GID index on this node."
        ),
        Field(
            "rdma_hcas",
            .list(.interface),
            default: "the file's",
            example: "[mlx5_0]",
            "The RDMA devices on this node."
        ),
        Field("env", .table(.text), default: "none", example: "{OMP_NUM_THREADS: 8}", "Added to the file's `env`."),
        Field("ssh", .mapping(ssh), default: "the file's", example: "{port: 2222}", "How this node is reached."),
        Field("state_dir", .text, default: "the file's", example: "/data/muster", "muster's directory on this node."),
    ]

    static let ssh: [Field] = [
        Field("user", .text, default: "as ssh_config says", example: "root", "The login."),
        Field("port", .integer(1...65535), default: "as ssh_config says", example: "22", "The SSH port."),
        Field("identity", .text, default: "as ssh_config says", example: "~/.ssh/id_ed25519", "A private key file."),
        Field(
            "host_keys",
            .choice(["strict", "accept-new"]),
            default: "strict",
            example: "strict",
            "`accept-new` records the key of a host seen for the first time."
        ),
        Field(
            "known_hosts",
            .text,
            default: "as ssh_config says",
            example: "~/.ssh/known_hosts",
            "The file of host keys."
        ),
        Field("config", .text, default: "~/.ssh/config", example: "lab/ssh_config", "Another ssh_config."),
        Field("jump", .text, default: "as ssh_config says", example: "admin@bastion", "Jump hosts, first one first."),
        Field("connect_timeout", .duration, default: "15s", example: "15s", "To connect and log in."),
    ]

    static let ports: [Field] = [
        Field("http", .integer(1...65535), default: "30000 for sglang, 8000 for vllm", example: "8000", "The API."),
        Field(
            "rendezvous",
            .integer(1...65535),
            default: "5000 for sglang, 29501 for vllm",
            example: "5000",
            "Where ranks meet on master_ip."
        ),
    ]

    static let secret: [Field] = [
        Field("env", .text, example: "HF_TOKEN", "A variable of muster's own environment."),
        Field("file", .text, example: "~/.hf_token", "A file here; its last newline is dropped."),
    ]

    static let docker: [Field] = [
        Field("image", .text, required: true, example: "lmsysorg/sglang:v0.5.9-cu129", "The image."),
        Field("shm", .byteCount, default: "the host's (--ipc=host)", example: "64g", "Size of /dev/shm."),
        Field(
            "mounts",
            .list(.text),
            default: "none",
            example: "[/workspace:/workspace:ro]",
            "As `docker run -v` takes them."
        ),
        Field(
            "command",
            .choice(["docker", "podman"]),
            default: "docker",
            example: "podman",
            "The program that runs containers."
        ),
        Field("options", .list(.text), default: "none", example: "[--cap-add=SYS_PTRACE]", "Added to `docker run`."),
    ]

    static let health: [Field] = [
        Field("startup_timeout", .duration, default: "40m", example: "40m", "From launch to ready."),
        Field("request_timeout", .duration, default: "60s", example: "60s", "For the one-token generation."),
        Field("probe_interval", .duration, default: "10s", example: "10s", "Between two looks at HTTP, once ready."),
        Field(
            "generation_interval",
            .duration,
            default: "1m",
            example: "1m",
            "How long a gang may generate nothing before one token is asked for."
        ),
        Field("suspect_after", .duration, default: "5s", example: "5s", "A node unheard of for so long is suspected."),
        Field("lost_after", .duration, default: "14s", example: "14s", "And for so long counts as lost."),
        Field(
            "contact_grace",
            .duration,
            default: "2m",
            example: "2m",
            "How long lost nodes alone, with no other sign of failure, stop nothing."
        ),
    ]

    static let restart: [Field] = [
        Field(
            "policy",
            .choice(["on-failure", "never"]),
            default: "on-failure",
            example: "on-failure",
            "When to restart."
        ),
        Field("max_attempts", .integer(0...1000), default: "5", example: "5", "Restarts within the window."),
        Field("window", .duration, default: "1h", example: "1h", "How long an attempt counts."),
        Field(
            "stable_after",
            .duration,
            default: "10m",
            example: "10m",
            "A gang ready for so long has its next failure followed by a restart at once."
        ),
    ]
}
