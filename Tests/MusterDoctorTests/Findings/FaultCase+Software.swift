import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    private static let everywhere = ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]

    static let software: [FaultCase] = [
        FaultCase(
            title: "an interpreter without the engine",
            code: .engineMissing,
            subject: "sglang",
            measured: "/usr/bin/python3 (Python 3.10.12) has no package `sglang`",
            change: "pip install sglang==0.5.9",
            line: 2
        ) { fleet in fleet.machines[2].software { $0.packages["sglang"] = nil } },
        FaultCase(
            title: "no interpreter",
            code: .engineMissing,
            subject: "python3",
            measured: "`python3` is not there",
            change: "engine: {executable: /path/to/python3}",
            line: 2
        ) { $0.machines[2].inventory.software = .unknown("`python3` is not there") },
        FaultCase(
            title: "an older engine on one node",
            code: .engineVersionDiffers,
            subject: "sglang",
            measured: "0.5.8",
            change: "pip install sglang==0.5.9",
            line: 2,
            hides: [.softwareDiffers, .engineRefusesFlags]
        ) { fleet in
            fleet.machines[2].software { software in
                software.packages["sglang"] = "0.5.8"
                software.packages["torch"] = "2.8.0"
            }
            fleet.machines[2].inventory.engineComplaints = .value(["unrecognized arguments: --trust-remote-code"])
        },
        FaultCase(
            title: "another engine everywhere",
            code: .engineVersionDiffers,
            nodes: everywhere,
            subject: "sglang",
            measured: "0.5.8",
            change: "write `engine.version: 0.5.8`",
            line: 2,
            edit: FileEdit(path: ["engine", "version"], value: "0.5.8")
        ) { fleet in fleet.all { $0.software { $0.packages["sglang"] = "0.5.8+cu128" } } },
        FaultCase(
            title: "a build on the way to another release everywhere",
            code: .engineVersionDiffers,
            severity: .warning,
            nodes: everywhere,
            subject: "sglang",
            measured: "0.5.10.dev3",
            change: "write `engine.version: 0.5.10.dev3`",
            line: 2,
            edit: FileEdit(path: ["engine", "version"], value: "0.5.10.dev3")
        ) { fleet in fleet.all { $0.software { $0.packages["sglang"] = "0.5.10.dev3+gabc" } } },
        FaultCase(
            title: "a flag of another release",
            code: .engineRefusesFlags,
            nodes: everywhere,
            subject: "args.trust-remote-code",
            measured: "unrecognized arguments: --trust-remote-code",
            change: "remove or correct `trust-remote-code`",
            line: 15
        ) { fleet in
            fleet.all { $0.inventory.engineComplaints = .value(["unrecognized arguments: --trust-remote-code"]) }
        },
        FaultCase(
            title: "no model on one node",
            code: .modelMissing,
            subject: "/models/DeepSeek-V3",
            measured: "no `/models/DeepSeek-V3`",
            change: "copy or mount it",
            line: 3
        ) { $0.machines[2].inventory.model = .value(ModelFiles(path: "/models/DeepSeek-V3", exists: false)) },
    ]

    static let across: [FaultCase] = [
        FaultCase(
            title: "another driver",
            code: .hostsDiffer,
            severity: .warning,
            subject: "NVIDIA driver",
            measured: "535.161.08",
            change: "one release of the driver"
        ) { fleet in for gpu in 0..<8 { fleet.machines[2].gpus[gpu]["driver_version"] = "535.161.08" } },
        FaultCase(
            title: "two kernels, two and two",
            code: .hostsDiffer,
            severity: .warning,
            nodes: everywhere,
            subject: "kernel",
            measured: "5.15.0-105-generic on gpu-1, gpu-3; 5.15.0-91-generic on gpu-2, gpu-4",
            change: "one kernel"
        ) { fleet in for index in [1, 3] { fleet.machines[index].host { $0.kernel = "5.15.0-91-generic" } } },
        FaultCase(
            title: "a card with half of its memory free, and nobody seen",
            code: .memoryUnbalanced,
            severity: .warning,
            subject: "GPU 2",
            measured: "39.1 GiB free",
            change: "free the memory"
        ) { $0.machines[2].gpus[2]["memory.free"] = "40000 MiB" },
        FaultCase(
            title: "another build of NCCL",
            code: .softwareDiffers,
            subject: "NCCL library",
            measured: "2.27.5 (fedcba9876543210)",
            change: "the same package everywhere"
        ) { fleet in
            fleet.machines[2].software { $0.nccl = .init(path: "/opt/libnccl.so.2", size: 1, head: "fedcba9876543210") }
        },
        FaultCase(
            title: "other GPUs",
            code: .gpusDiffer,
            subject: "GPU model",
            measured: "NVIDIA L40",
            change: "the same GPUs"
        ) { fleet in for gpu in 0..<8 { fleet.machines[2].gpus[gpu]["name"] = "NVIDIA L40" } },
        FaultCase(
            title: "no ECC, and so more memory, on one node",
            code: .gpusDiffer,
            severity: .warning,
            subject: "ECC mode",
            measured: "Disabled",
            change: "compare ECC"
        ) { fleet in
            fleet.all { machine in for gpu in 0..<8 { machine.gpus[gpu]["ecc.mode.current"] = "Enabled" } }
            for gpu in 0..<8 {
                fleet.machines[2].gpus[gpu]["ecc.mode.current"] = "Disabled"
                fleet.machines[2].gpus[gpu]["memory.total"] = "49140 MiB"
            }
        },
        FaultCase(
            title: "another variant of a card",
            code: .gpusDiffer,
            severity: .warning,
            subject: "GPU memory",
            measured: "48 GiB",
            change: "the cards' variants"
        ) { fleet in for gpu in 0..<8 { fleet.machines[2].gpus[gpu]["memory.total"] = "49140 MiB" } },
        FaultCase(
            title: "another limit of locked memory, which is enough",
            code: .hostsDiffer,
            severity: .warning,
            subject: "memlock",
            measured: "8 GiB",
            change: "one `memlock`"
        ) {
            $0.machines[2].limits = "Max locked memory 8589934592 8589934592 bytes\nMax open files 1024 1048576 files\n"
        },
        FaultCase(
            title: "another limit of open files, which is enough",
            code: .hostsDiffer,
            severity: .warning,
            subject: "nofile",
            measured: "65536",
            change: "one `nofile`"
        ) { $0.machines[2].limits = "Max locked memory unlimited unlimited bytes\nMax open files 1024 65536 files\n" },
        FaultCase(
            title: "another firmware of the RDMA cards",
            code: .hostsDiffer,
            severity: .warning,
            subject: "firmware of MT4125",
            measured: "22.35.1012",
            change: "one firmware"
        ) { $0.machines[2].firmware = "22.35.1012" },
        FaultCase(
            title: "another MTU on the rails of one node",
            code: .interfaceMTUDiffers,
            subject: "MTU of RDMA interfaces",
            measured: "1500",
            change: "one MTU",
            hides: [.roceMTUSmall]
        ) { $0.machines[2].railMTU = 1500 },
    ]

    static let model: [FaultCase] = [
        FaultCase(
            title: "a shard that is not there",
            code: .modelFileMissing,
            subject: Machine.shards[1],
            measured: "\(Machine.shards[1]) not there",
            change: "rsync",
            line: 3,
            hides: [.modelFilesDiffer]
        ) { fleet in
            fleet.machines[2].model { model in
                model.files[Machine.shards[1]] = nil
                model.shards[Machine.shards[1]] = nil
            }
        },
        FaultCase(
            title: "a shard that was not copied to its end",
            code: .modelFileTruncated,
            subject: Machine.shards[2],
            measured: "4096 bytes of 5000001000",
            change: "sha256sum",
            line: 3,
            hides: [.modelFilesDiffer]
        ) { fleet in fleet.machines[2].model { $0.files[Machine.shards[2]] = 4096 } },
        FaultCase(
            title: "a configuration that is no JSON",
            code: .modelConfigUnreadable,
            nodes: everywhere,
            subject: "config.json",
            measured: "expected",
            change: "copy `config.json` again",
            line: 3
        ) { fleet in fleet.all { $0.model { $0.texts["config.json"] = "{" } } },
        FaultCase(
            title: "a configuration that breaks off on one node",
            code: .modelConfigUnreadable,
            subject: "config.json",
            measured: "expected",
            change: "copy `config.json` again",
            line: 3,
            hides: [.modelFilesDiffer]
        ) { fleet in fleet.machines[2].model { $0.texts["config.json"] = "{" } },
        FaultCase(
            title: "three copies of the model on four nodes, and no majority",
            code: .modelFilesDiffer,
            nodes: everywhere,
            subject: "/models/DeepSeek-V3",
            measured: "different: config.json, model-00001-of-00003.safetensors (5000001008 bytes) on gpu-1; "
                + "config.json, model-00001-of-00003.safetensors (5000001009 bytes) on gpu-2; ",
            change: "find out which copy is right",
            line: 3
        ) { fleet in
            for index in 1...3 { fleet.machines[index].model { $0.files[Machine.shards[0]] = 5_000_001_008 + index } }
            fleet.machines[3].model { $0.texts["config.json"] = #"{"model_type": "deepseek_v3"}"# }
        },
        FaultCase(
            title: "another quantisation on one node",
            code: .modelFilesDiffer,
            subject: "/models/DeepSeek-V3",
            measured: "different: config.json",
            change: "copy the model from gpu-1",
            line: 3
        ) { fleet in
            fleet.machines[2].model { $0.texts["config.json"] = #"{"model_type": "deepseek_v3"}"# }
        },
    ]
}
