import MusterSpec

/// Whether there is room where a launch writes.
enum DiskRules {
    static let all: [ClusterRule] = [Rules.each(sharedMemory), Rules.each(disks)]

    static let sharedMemory = "/dev/shm"
    /// Docker gives 64 MiB, and NCCL fails at once (nccl#290).
    static let sharedMemoryMinimum = ByteCount.gibibytes(1)
    /// What the engines' own examples give containers is twice as much.
    static let sharedMemoryAdvised = ByteCount.gibibytes(16)
    /// Scripts and records of a launch.
    static let diskMinimum = ByteCount.mebibytes(512)
    /// Logs and compile caches of one.
    static let diskAdvised = ByteCount.gibibytes(5)

    static func sharedMemory(_ node: ExaminedNode) -> [Finding] {
        // A container gets its own, of the size that the file says.
        if case .docker(let docker) = node.file.runtime, docker.shm != nil { return [] }
        guard let shm = node.inventory.disks.value?[sharedMemory] else { return [] }
        let isSmall = shm.size < sharedMemoryAdvised
        guard isSmall || shm.available < sharedMemoryMinimum else { return [] }
        return [
            node.finding(
                .sharedMemorySmall,
                shm.available < sharedMemoryMinimum ? .error : .warning,
                on: sharedMemory,
                "little shared memory is left for ranks to meet in",
                measured: "\(Amount.text(shm.available)) free of \(Amount.text(shm.size))",
                expected: "\(Amount.text(sharedMemoryAdvised)), and \(Amount.text(sharedMemoryMinimum)) free at least",
                change: isSmall
                    ? "run `mount -o remount,size=32G /dev/shm`, or give the container `runtime.docker.shm: 32g`"
                    : "remove what dead processes left: `rm /dev/shm/nccl-* /dev/shm/psm_*`"
            )
        ]
    }

    static func disks(_ node: ExaminedNode) -> [Finding] {
        // The model is read and not written. Nodes tell its place with their home in it.
        let model = node.file.model.value
        let home = node.inventory.host.value?.home
        let places = [
            model, node.inventory.model.value?.path, home.flatMap { home in Cut.behind(model, "~").map { home + $0 } },
        ]
        let disks = (node.inventory.disks.value ?? [:]).filter { place, _ in
            place != sharedMemory && !places.contains(place)
        }
        let full = Dictionary(grouping: disks.filter { $0.value.available < diskAdvised }) { $0.value.mountPoint }
        return full.sorted { $0.key < $1.key }.compactMap { mount, entries in
            guard let disk = entries.first?.value else { return nil }
            let places = entries.map(\.key).sorted().filter { $0 != mount }
            return node.finding(
                .diskNearlyFull,
                disk.available < diskMinimum ? .error : .warning,
                on: mount,
                "a disk that the launch writes to is nearly full",
                measured: "\(Amount.text(disk.available)) free of \(Amount.text(disk.size))"
                    + (places.isEmpty ? "" : ", with \(places.joined(separator: ", "))"),
                expected: "\(Amount.text(diskAdvised)) free",
                change: "make room with `du -xh \(mount) | sort -h | tail`, or set `state_dir` to another disk"
            )
        }
    }
}
