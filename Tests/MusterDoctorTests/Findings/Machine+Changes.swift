import MusterSpec

@testable import MusterDoctor

/// Changes that plant faults.
extension Machine {
    /// A process on a GPU, with the memory it takes.
    mutating func hold(
        _ gpu: Int,
        pid: Int,
        _ title: String,
        gibibytes: Int,
        uid: Int = 0,
        user: String? = nil,
        age: Int = 60,
        deployment: String? = nil,
        parent: Int = 77
    ) {
        let process = ComputeApps.Process(
            gpuUUID: .value("GPU-\(number)-\(gpu)"),
            address: .unknown(""),
            pid: .value(pid),
            name: .value(title),
            memory: .value(.gibibytes(gibibytes))
        )
        inventory.computeApps = .value(
            ComputeApps(processes: (inventory.computeApps.value?.processes ?? []) + [process])
        )
        let details = NodeProcess(
            pid: pid,
            uid: uid,
            user: user,
            age: age,
            parent: parent,
            deployment: deployment,
            title: title
        )
        inventory.processes = .value((inventory.processes.value ?? []) + [details])
        gpus[gpu]["memory.used"] = "\(gibibytes << 10) MiB"
        gpus[gpu]["memory.free"] = "\(45460 - (gibibytes << 10)) MiB"
    }

    mutating func host(_ change: (inout HostFacts) -> Void) {
        guard var facts = inventory.host.value else { return }
        change(&facts)
        inventory.host = .value(facts)
    }

    mutating func software(_ change: (inout NodeSoftware) -> Void) {
        guard var software = inventory.software.value else { return }
        change(&software)
        inventory.software = .value(software)
    }

    mutating func model(_ change: (inout ModelFiles) -> Void) {
        guard var model = inventory.model.value else { return }
        change(&model)
        inventory.model = .value(model)
    }

    mutating func container(_ change: (inout ContainerRuntime) -> Void) {
        var runtime = inventory.containerRuntime.value ?? ContainerRuntime()
        change(&runtime)
        inventory.containerRuntime = .value(runtime)
    }

    mutating func disk(_ place: String, _ disk: FileSystems.FileSystem) {
        var disks = inventory.disks.value ?? [:]
        disks[place] = disk
        inventory.disks = .value(disks)
    }
}
