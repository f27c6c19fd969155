import MusterSpec

/// Whether containers can be run, with GPUs, from an image that is there.
enum ContainerRules {
    static let all: [ClusterRule] = [Rules.each(runtime), Rules.each(image)]

    static func runtime(_ node: ExaminedNode) -> [Finding] {
        guard case .docker(let docker) = node.file.runtime, node.inventory.containerRuntime != .notAsked else {
            return []
        }
        switch node.inventory.containerRuntime {
        case .unknown(let reason):
            return [
                node.finding(
                    .containerRuntimeMissing,
                    on: docker.command,
                    "the container runtime does not answer",
                    measured: reason,
                    expected: "`\(docker.command) info`",
                    change: "install and start \(docker.command), and let the SSH user use it"
                )
            ]
        case .value(let runtime):
            // Podman has no runtimes of this kind.
            guard docker.command == "docker", !runtime.runtimes.isEmpty, !runtime.runtimes.contains("nvidia") else {
                return []
            }
            return [
                node.finding(
                    .containerRuntimeMissing,
                    on: docker.command,
                    "containers get no GPUs",
                    measured: "runtimes \(runtime.runtimes.joined(separator: ", "))",
                    expected: "the runtime `nvidia`",
                    change: "install nvidia-container-toolkit, run `nvidia-ctk runtime configure --runtime=docker`, "
                        + "restart docker"
                )
            ]
        }
    }

    /// It is pulled at launch then, which may take longer than the start is given.
    static func image(_ node: ExaminedNode) -> [Finding] {
        guard case .docker(let docker) = node.file.runtime,
            let image = node.inventory.containerRuntime.value?.missingImage
        else { return [] }
        return [
            node.finding(
                .imageMissing,
                .warning,
                on: image,
                "the image is not on the node",
                measured: "no image `\(image)`",
                expected: "the image, before the launch waits for it",
                change: "run `\(docker.command) pull \(image)`"
            )
        ]
    }
}
