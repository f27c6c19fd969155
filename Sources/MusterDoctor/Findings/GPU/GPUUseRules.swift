import MusterSpec

/// Who uses the GPUs before the launch does.
enum GPUUseRules {
    static let all: [ClusterRule] = [Rules.each(foreign), Rules.each(unaccounted)]

    /// Monitors hold a card with a few MiB and do no harm.
    static let monitorMemory = ByteCount.mebibytes(128)
    /// Above what drivers reserve: an idle L40S shows up to 609 MiB, an H100 479 (recorded queries).
    static let idleMemory = ByteCount.mebibytes(700)

    /// What tells the processes of one job apart from those of another.
    private struct Job: Hashable {
        let title: String
        let owner: String?
        let deployment: String?
    }

    private struct Holding {
        var gpus: [Int] = []
        var pids: Set<Int> = []
        var memory = 0
        var age: Int?
    }

    static func foreign(_ node: ExaminedNode) -> [Finding] {
        guard let apps = node.inventory.computeApps.value, let gpus = node.gpus else { return [] }
        let indices = Dictionary(
            gpus.compactMap { gpu in gpu.uuid.value.map { ($0, gpu.index.value ?? 0) } },
            uniquingKeysWith: { first, _ in first }
        )
        let details = Dictionary(
            (node.inventory.processes.value ?? []).map { ($0.pid, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var jobs: [Job: Holding] = [:]
        for app in apps.processes {
            let process = app.pid.value.flatMap { details[$0] }
            if process?.deployment == node.file.name.value.value { continue }
            // What an engine left behind is a finding of its own.
            if let process, LeftoverRules.isLeftover(process, of: node) { continue }
            if let memory = app.memory.value, memory < monitorMemory { continue }
            let job = Job(
                title: shown(process?.title ?? app.name.value ?? "unnamed"),
                owner: process?.owner,
                deployment: process?.deployment
            )
            var holding = jobs[job] ?? Holding()
            if let index = app.gpuUUID.value.flatMap({ indices[$0] }) { holding.gpus.append(index) }
            if let pid = app.pid.value { holding.pids.insert(pid) }
            holding.memory.add(app.memory.value?.bytes ?? 0)
            if let age = process?.age { holding.age = max(holding.age ?? 0, age) }
            jobs[job] = holding
        }
        return jobs.sorted { ($0.value.gpus.min() ?? 0, $0.key.title) < ($1.value.gpus.min() ?? 0, $1.key.title) }
            .map { job, holding in finding(node, job, holding) }
    }

    private static func finding(_ node: ExaminedNode, _ job: Job, _ holding: Holding) -> Finding {
        let pids = holding.pids.sorted()
        let numbers = Names.list(pids.map(String.init))
        let owner = job.owner.map { ", \($0)" } ?? ""
        let age = holding.age.map { ", \(Amount.age($0)) old" } ?? ""
        return node.finding(
            .gpuHeldByOthers,
            on: holding.gpus.isEmpty ? nil : Names.gpus(holding.gpus),
            job.deployment.map { "deployment `\($0)` holds GPUs" } ?? "GPUs are held by another process",
            measured: "pid \(numbers) `\(job.title)`\(owner)\(age): "
                + Amount.text(ByteCount(bytes: holding.memory)),
            expected: "nobody",
            change: job.deployment.map { "run `muster down \($0)`, or take the node out of `nodes`" }
                ?? "ask its owner, or end it with `kill \(pids.map(String.init).joined(separator: " "))`",
            at: node.spec.span
        )
    }

    /// The program and its first words.
    static func shown(_ title: String) -> String {
        let short = Cut.words(title).joined(separator: " ")
        return short.utf8.count <= 60 ? short : String(decoding: short.utf8.prefix(57), as: UTF8.self) + "..."
    }

    /// Memory in use and nobody who is seen to use it: a container hides its processes, and a process that died badly
    /// keeps its memory until the driver notices (vllm#42017).
    static func unaccounted(_ node: ExaminedNode) -> [Finding] {
        guard let gpus = node.gpus, !node.runsDeployment, let apps = node.inventory.computeApps.value else { return [] }
        let known = Set(apps.processes.compactMap(\.gpuUUID.value))
        return gpus.compactMap { gpu in
            guard let used = gpu.memoryUsed.value, used > idleMemory, let index = gpu.index.value,
                let uuid = gpu.uuid.value, !known.contains(uuid)
            else { return nil }
            let total = gpu.memoryTotal.value?.bytes ?? .max
            return node.finding(
                .gpuMemoryUnaccounted,
                // A tenth less is what the engines' own checks stumble over.
                used.bytes > total / 10 ? .error : .warning,
                on: "GPU \(index)",
                "GPU memory is in use, and no process is seen to use it",
                measured: "\(Amount.text(used)) in use",
                expected: "at most \(Amount.text(idleMemory)) on an idle card",
                change:
                    "look for a container with `docker ps`, "
                    + "and for dead processes with `fuser -v /dev/nvidia\(index)`; "
                    + "if there is none, run `nvidia-smi --gpu-reset -i \(index)`"
            )
        }
    }
}
