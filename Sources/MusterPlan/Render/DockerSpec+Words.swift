package import MusterSpec

extension DockerSpec {
    /// What every container of the deployment is given, option by option: the host's network, because the ranks of all
    /// nodes reach each other on ports the engine chooses; unlimited locked memory, because RDMA registration needs it.
    /// No shell gives any of these words a meaning.
    package var machineWords: [[String]] {
        [
            ["--gpus", "all"], ["--network", "host"],
            shm.map { ["--shm-size", String($0.bytes)] } ?? ["--ipc", "host"],
            ["--ulimit", "memlock=-1"], ["--ulimit", "stack=67108864"],
        ]
    }
}
