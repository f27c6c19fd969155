extension FailureCatalog {
    static let container: [FailureSignature] = [
        .init(
            "docker-no-gpu-runtime",
            .container,
            .fatal,
            .cause,
            .container,
            ["could not select device driver \"*\" with capabilities: [[gpu]]"],
            means: "Docker on this node does not know how to give a container GPUs.",
            fix: "Install NVIDIA's container toolkit, configure it for Docker with nvidia-ctk, and restart Docker.",
            key: "runtime.docker"
        ),
        .init(
            "nvidia-container-cli-lib",
            .container,
            .fatal,
            .cause,
            .container,
            ["nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so"],
            means: "The container toolkit found no driver library on the host to pass into the container.",
            fix: "Make nvidia-smi work on the host itself: install or repair its driver."
        ),
        .init(
            "docker-port-allocated",
            .container,
            .fatal,
            .cause,
            .container,
            ["Bind for ~ failed: port is already allocated"],
            means: "Something else on the node already publishes this port.",
            fix: "Stop the container that has it (docker ps names it), or choose another port.",
            key: "ports.http"
        ),
        .init(
            "docker-name-conflict",
            .container,
            .fatal,
            .cause,
            .container,
            ["Conflict. The container name \"~\" is already in use"],
            means: "A container of an earlier run still has the name.",
            fix: "Remove that container once it is clear that nobody needs it."
        ),
        .init(
            "docker-daemon-unreachable",
            .container,
            .fatal,
            .cause,
            .container,
            [
                "Cannot connect to the Docker daemon at",
                "permission denied while trying to connect to the docker daemon socket",
                "permission denied while trying to connect to the Docker daemon socket",
                "permission denied while trying to connect to the docker API",
                "permission denied while trying to connect to the Docker API",
            ],
            means: "Docker is not running on the node, or the SSH user may not talk to it.",
            fix: "Start Docker, or put the user into the group docker and let it log in anew.",
            key: "ssh.user"
        ),
        .init(
            "nvml-unknown-in-container",
            .container,
            .fatal,
            .cause,
            .serving,
            ["Failed to initialize NVML: Unknown Error"],
            means:
                "A container that ran lost its access to the GPUs: systemd reloaded its units and reset device rights.",
            fix: "Recreate the container; pass GPUs by CDI so that a reload cannot take them away."
        ),
        .init(
            "glibc-too-old",
            .container,
            .fatal,
            .cause,
            .container,
            ["version `GLIBC_~' not found", "version 'GLIBC_~' not found"],
            means: "A binary was built for a newer C library than this system has.",
            fix: "Run the engine's own image, or a newer base system.",
            key: "runtime.docker.image"
        ),
        .init(
            "exec-permission-denied",
            .container,
            .fatal,
            .cause,
            .container,
            [
                "bad interpreter: Permission denied", "exec*: Permission denied",
            ],
            means: "The entry program may not be executed by this user.",
            fix: "Look at the mode of the file and at noexec on its mount.",
            key: "ssh.user"
        ),
    ]
}
