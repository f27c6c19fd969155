import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    private static let everywhere = ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]

    static let hosts: [FaultCase] = [
        FaultCase(
            title: "64 KiB of locked memory",
            code: .lockedMemoryLimited,
            subject: "memlock",
            measured: "64 KiB",
            change: "memlock unlimited"
        ) { $0.machines[2].limits = "Max locked memory 65536 65536 bytes\nMax open files 1024 1048576 files\n" },
        FaultCase(
            title: "4096 open files and no more",
            code: .openFilesLow,
            subject: "nofile",
            measured: "4096 (hard limit)",
            change: "nofile 1048576"
        ) { $0.machines[2].limits = "Max locked memory unlimited unlimited bytes\nMax open files 1024 4096 files\n" },
        FaultCase(
            title: "docker's 64 MiB",
            code: .sharedMemorySmall,
            subject: "/dev/shm",
            measured: "64 MiB free of 64 MiB",
            change: "remount"
        ) { fleet in
            fleet.machines[2].disk(
                "/dev/shm",
                .init(
                    device: "shm",
                    size: .mebibytes(64),
                    used: .mebibytes(0),
                    available: .mebibytes(64),
                    mountPoint: "/dev/shm"
                )
            )
        },
        FaultCase(
            title: "segments of dead processes",
            code: .sharedMemorySmall,
            subject: "/dev/shm",
            measured: "0 B free of 512 GiB",
            change: "rm /dev/shm/nccl-*"
        ) { $0.machines[2].disk("/dev/shm", Machine.disk("tmpfs", "/dev/shm", 512, 0)) },
        FaultCase(
            title: "no room for logs",
            code: .diskNearlyFull,
            subject: "/",
            measured: "0 B free of 900 GiB, with /tmp, ~/.muster",
            change: "make room"
        ) { fleet in
            for place in ["/tmp", "~/.muster"] { fleet.machines[2].disk(place, Machine.disk("/dev/sda1", "/", 900, 0)) }
        },
        FaultCase(
            title: "a clock that is two minutes ahead",
            code: .clockOff,
            subject: "clock",
            measured: "120 s ahead of the other nodes",
            change: "set-ntp true"
        ) { $0.machines[2].inventory.clock = .value(NodeClock(offset: 120, uncertainty: 0.1)) },
        FaultCase(
            title: "a machine that asks whose clock is wrong: all nodes agree",
            code: .clockOff,
            severity: .warning,
            nodes: ["gpu-4"],
            subject: "clock",
            measured: "5 s behind the other nodes",
            change: "set-ntp true"
        ) { fleet in
            fleet.all { $0.inventory.clock = .value(NodeClock(offset: -300, uncertainty: 0.1)) }
            fleet.machines[3].inventory.clock = .value(NodeClock(offset: -305, uncertainty: 0.1))
        },
        FaultCase(
            title: "two clocks right and two ahead: nobody can say who is the minority",
            code: .clockOff,
            nodes: ["gpu-3", "gpu-4"],
            subject: "clock",
            measured: "90 s ahead of this machine",
            change: "set-ntp true"
        ) { fleet in
            for index in [2, 3] { fleet.machines[index].inventory.clock = .value(.init(offset: 90, uncertainty: 0.1)) }
        },
        FaultCase(
            title: "a dead engine's workers",
            code: .engineLeftOver,
            subject: "engine processes",
            measured: "2 processes, the oldest 4d old, 2 without a parent: 700, 701 `sglang::scheduler_TP0`, uid 0, "
                + "80 GiB of GPU memory",
            change: "kill 700 701",
            line: 10,
            hides: [.memoryUnbalanced]
        ) { fleet in
            for gpu in 0...1 {
                fleet.machines[2].hold(
                    gpu,
                    pid: 700 + gpu,
                    "sglang::scheduler_TP\(gpu)",
                    gibibytes: 40,
                    age: 350_000 - gpu,
                    parent: 1
                )
            }
        },
        FaultCase(
            title: "a colleague's server, which may be in use",
            code: .engineLeftOver,
            subject: "engine processes of ada",
            measured: "1 process, the oldest 3h old: 4711 `vllm serve m`, ada, 40 GiB of GPU memory",
            change: "ask their owner, or take the node out of `nodes`",
            line: 10,
            hides: [.memoryUnbalanced]
        ) { fleet in
            fleet.machines[2].hold(5, pid: 4711, "vllm serve m", gibibytes: 40, uid: 1001, user: "ada", age: 11_000)
        },
        FaultCase(
            title: "a colleague's workers without a parent",
            code: .engineLeftOver,
            subject: "engine processes of ada",
            measured: "1 process, the oldest 4d old, 1 without a parent: 4711 `VLLM::Worker_TP0`, ada",
            change: "ask their owner, or end them: `kill 4711`",
            line: 10,
            hides: [.memoryUnbalanced]
        ) { fleet in
            fleet.machines[2].hold(
                5,
                pid: 4711,
                "VLLM::Worker_TP0",
                gibibytes: 40,
                uid: 1001,
                user: "ada",
                age: 350_000,
                parent: 1
            )
        },
        FaultCase(
            title: "memory for no shard",
            code: .hostMemoryLow,
            severity: .warning,
            subject: "memory",
            measured: "9.5 GiB available",
            change: "expect a slow load"
        ) { $0.machines[2].memory = "MemTotal: 1056000000 kB\nMemAvailable: 10000000 kB\n" },
        FaultCase(
            title: "power is saved",
            code: .governorPowersave,
            severity: .warning,
            subject: "CPU governor",
            measured: "`powersave`",
            change: "cpupower"
        ) { fleet in fleet.machines[2].host { $0.governor = "powersave" } },
        FaultCase(
            title: "pages wander",
            code: .numaBalancing,
            severity: .warning,
            subject: "NUMA balancing",
            measured: "= 1",
            change: "sysctl kernel.numa_balancing=0"
        ) { fleet in fleet.machines[2].host { $0.isNUMABalancing = true } },
        FaultCase(
            title: "no toolkit for containers",
            code: .containerRuntimeMissing,
            subject: "docker",
            measured: "runtimes runc",
            change: "nvidia-ctk"
        ) { fleet in
            fleet.line("args:", "args: {trust-remote-code: true}\nruntime: {docker: {image: lmsysorg/sglang}}")
            fleet.all { $0.container { $0.runtimes = ["nvidia", "runc"] } }
            fleet.machines[2].container { $0.runtimes = ["runc"] }
        },
        FaultCase(
            title: "another image of one name",
            code: .imagesDiffer,
            subject: "container image",
            measured: "sha256:bbbb",
            change: "by its digest"
        ) { fleet in
            fleet.all { $0.container { $0.imageDigests = ["lmsysorg/sglang@sha256:aaaa"] } }
            fleet.machines[2].container { $0.imageDigests = ["lmsysorg/sglang@sha256:bbbb"] }
        },
        FaultCase(
            title: "an image that was not pulled",
            code: .imageMissing,
            severity: .warning,
            subject: "lmsysorg/sglang",
            measured: "no image `lmsysorg/sglang`",
            change: "docker pull lmsysorg/sglang"
        ) { fleet in
            fleet.line("args:", "args: {trust-remote-code: true}\nruntime: {docker: {image: lmsysorg/sglang}}")
            fleet.all { $0.container { $0.runtimes = ["nvidia"] } }
            fleet.machines[2].container { $0.missingImage = "lmsysorg/sglang" }
        },
    ]
}
