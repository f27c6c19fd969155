import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    static let gpus: [FaultCase] = [
        FaultCase(
            title: "seven of eight",
            code: .tooFewGPUs,
            subject: nil,
            measured: "7 GPUs; on the PCI bus without the driver: 0000:da:00.0",
            change: "lspci -d 10de:",
            line: 10
        ) { $0.machines[2].gpus.removeLast() },
        FaultCase(
            title: "nvidia-smi fails",
            code: .gpuDriverSilent,
            subject: nil,
            measured: "couldn't communicate with the NVIDIA driver",
            change: "dmesg | grep NVRM"
        ) { fleet in
            fleet.machines[2].inventory.gpus = .unknown(
                "nvidia-smi said `NVIDIA-SMI couldn't communicate with the NVIDIA driver`"
            )
            fleet.machines[2].inventory.topology = .unknown("exit 9")
            fleet.machines[2].inventory.computeApps = .unknown("exit 9")
        },
        FaultCase(
            title: "the driver without its tools",
            code: .gpuDriverSilent,
            subject: nil,
            measured: "nvidia-smi is not there",
            change: "the driver is loaded: install its tools"
        ) { fleet in
            fleet.machines[2].inventory.gpus = .unknown("nvidia-smi is not there")
            fleet.machines[2].inventory.topology = .unknown("nvidia-smi is not there")
            fleet.machines[2].inventory.computeApps = .unknown("nvidia-smi is not there")
        },
        FaultCase(
            title: "fell off the bus",
            code: .gpuLost,
            subject: "GPU at 0000:da:00.0",
            measured: "Xid 79 in the kernel log",
            change: "restart the machine",
            hides: [.tooFewGPUs]
        ) { fleet in
            fleet.machines[2].gpus.removeLast()
            fleet.machines[2].kernelLog.append(
                "[   99.100000] NVRM: Xid (PCI:0000:da:00): 79, pid=12, name=python3, GPU has fallen off the bus."
            )
        },
        FaultCase(
            title: "lost by the word of nvidia-smi",
            code: .gpuLost,
            subject: "GPU 3",
            measured: "0000:58:00.0: `nvidia-smi` says that the GPU is lost",
            change: "restart the machine"
        ) { $0.machines[2].gpus[3]["memory.total"] = "[GPU is lost]" },
        FaultCase(
            title: "a row could not be remapped",
            code: .gpuMemoryErrors,
            subject: "GPU 5",
            measured: "could not be remapped",
            change: "replace the card",
            hides: [.xidReported]
        ) { fleet in
            fleet.machines[2].gpus[5]["remapped_rows.failure"] = "Yes"
            fleet.machines[2].gpus[5]["gpu_recovery_action"] = "[N/A]"
            fleet.machines[2].kernelLog.append(
                "[   99.100000] NVRM: Xid (PCI:0000:9b:00): 64, pid=12, Row Remapper failure"
            )
        },
        FaultCase(
            title: "somebody else trains",
            code: .gpuHeldByOthers,
            subject: "GPUs 1-2",
            measured: "pid 4711, 4712 `python3 train.py`, uid 1001, 3h old: 60 GiB",
            change: "kill 4711 4712",
            line: 10,
            hides: [.memoryUnbalanced]
        ) { fleet in
            fleet.machines[2].hold(1, pid: 4711, "python3 train.py", gibibytes: 30, uid: 1001, age: 11_000)
            fleet.machines[2].hold(2, pid: 4712, "python3 train.py", gibibytes: 30, uid: 1001, age: 10_900)
        },
        FaultCase(
            title: "another deployment of muster's",
            code: .gpuHeldByOthers,
            subject: "GPU 0",
            measured: "`sglang::scheduler_TP0`",
            change: "muster down other",
            line: 10,
            hides: [.memoryUnbalanced]
        ) { $0.machines[2].hold(0, pid: 99, "sglang::scheduler_TP0", gibibytes: 40, deployment: "other") },
        FaultCase(
            title: "MIG",
            code: .migEnabled,
            subject: "GPU 3",
            measured: "Enabled",
            change: "nvidia-smi -i 3 -mig 0"
        ) { $0.machines[2].gpus[3]["mig.mode.current"] = "Enabled" },
        FaultCase(
            title: "exclusive",
            code: .computeModeExclusive,
            subject: "GPUs 3-4",
            measured: "Exclusive_Process",
            change: "nvidia-smi -i 3,4 -c DEFAULT"
        ) { fleet in for gpu in 3...4 { fleet.machines[2].gpus[gpu]["compute_mode"] = "Exclusive_Process" } },
        FaultCase(
            title: "no persistence anywhere",
            code: .persistenceOff,
            severity: .warning,
            nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"],
            subject: "GPUs 0-7",
            measured: "Disabled",
            change: "nvidia-persistenced"
        ) { fleet in
            fleet.all { machine in for gpu in 0..<8 { machine.gpus[gpu]["persistence_mode"] = "Disabled" } }
        },
        FaultCase(
            title: "the driver wants a reset",
            code: .gpuRecoveryWanted,
            subject: "GPU 6",
            measured: "`Reset`",
            change: "--gpu-reset -i 6"
        ) { $0.machines[2].gpus[6]["gpu_recovery_action"] = "Reset" },
        FaultCase(
            title: "the fabric manager has not come up",
            code: .fabricNotReady,
            subject: "GPUs 0-7",
            measured: "state In Progress",
            change: "nvidia-fabricmanager"
        ) { fleet in for gpu in 0..<8 { fleet.machines[2].gpus[gpu]["fabric.state"] = "In Progress" } },
        FaultCase(
            title: "the system processor did not answer",
            code: .xidReported,
            subject: "GPU 2",
            measured: "Xid 119 (the GPU's system processor did not answer), 2 times",
            change: "reset the GPU",
            hides: [.gpuRecoveryWanted]
        ) { fleet in
            let line = "NVRM: Xid (PCI:0000:57:00): 119, pid=20, name=python3, Timeout waiting for RPC"
            fleet.machines[2].kernelLog += ["[   99.100000] \(line)", "[   99.900000] \(line)"]
            fleet.machines[2].gpus[2]["gpu_recovery_action"] = "Reset"
        },
        FaultCase(
            title: "an NVSwitch has failed",
            code: .xidReported,
            subject: "NVSwitch at 0000:06:00.0",
            measured: "SXid 20034, 2 times",
            change: "reset all GPUs of the machine"
        ) { fleet in
            let line = "nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 20034, Fatal, Link 12 LTSSM Fault Down"
            fleet.machines[2].kernelLog += ["[   99.100000] \(line)", "[   99.900000] \(line)"]
            fleet.machines[2].kernelLog.append(
                "[   99.950000] nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 12028, Non-fatal, Link 3 error"
            )
        },
        FaultCase(
            title: "a bridge that is up on the other nodes",
            code: .gpuLinkNarrow,
            subject: "GPU 1",
            measured: "0 of 4 NVLinks active",
            change: "nvidia-smi nvlink -s -i 1"
        ) { fleet in
            // GPUs 2 and 3 have no bridge anywhere.
            fleet.all { $0.nvlinks = [4, 4, 0, 0] }
            fleet.machines[2].nvlinks = [4, 0, 0, 0]
        },
        FaultCase(
            title: "a link to an NVSwitch is down, on all nodes alike",
            code: .gpuLinkNarrow,
            severity: .warning,
            nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"],
            subject: "GPU 1",
            measured: "3 of 4 NVLinks active",
            change: "nvidia-smi nvlink -s -i 1"
        ) { fleet in
            fleet.all { machine in
                machine.nvlinks = [4, 3, 4, 4, 4, 4, 4, 4]
                for gpu in 0..<8 {
                    machine.gpus[gpu]["fabric.state"] = "Completed"
                    machine.gpus[gpu]["fabric.status"] = "Success"
                }
            }
        },
        FaultCase(
            title: "a tenant that is not seen",
            code: .gpuMemoryUnaccounted,
            subject: "GPU 7",
            measured: "20 GiB in use",
            change: "fuser -v /dev/nvidia7",
            hides: [.memoryUnbalanced]
        ) { fleet in
            fleet.machines[2].gpus[7]["memory.used"] = "20480 MiB"
            fleet.machines[2].gpus[7]["memory.free"] = "24980 MiB"
        },
        FaultCase(
            title: "records of a card that are corrupt",
            code: .gpuWarned,
            severity: .warning,
            subject: "GPU at 0000:19:00.0",
            measured: "infoROM is corrupted",
            change: "firmware"
        ) { $0.machines[2].inventory.gpuWarnings = ["WARNING: infoROM is corrupted at gpu 0000:19:00.0"] },
        FaultCase(
            title: "FP8 weights on an A100",
            code: .quantisationUnsupported,
            severity: .warning,
            nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"],
            subject: "GPUs 0-7",
            measured: "compute capability 8.0, FP8 by `config.json`",
            change: "BF16 or INT8",
            line: 3
        ) { fleet in fleet.all { machine in for gpu in 0..<8 { machine.gpus[gpu]["compute_cap"] = "8.0" } } },
    ]
}
