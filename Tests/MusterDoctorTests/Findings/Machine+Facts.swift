import MusterSpec

@testable import MusterDoctor

extension Machine {
    /// What is not composed as text.
    static func facts(_ number: Int) -> NodeInventory {
        var inventory = NodeInventory(node: "gpu-\(number)")
        inventory.clock = .value(NodeClock(offset: 0.02, uncertainty: 0.01))
        inventory.host = .value(
            HostFacts(
                bootID: "boot-\(number)",
                hostname: "gpu-\(number)",
                kernel: "5.15.0-105-generic",
                machine: "x86_64",
                user: "root",
                uid: 0,
                commandLine: ["quiet", "intel_iommu=on", "iommu=pt"],
                // As Debian writes it into /etc/hosts; `tcp_iface` makes it harmless.
                ownAddresses: [.known("127.0.1.1")],
                governor: "performance",
                isNUMABalancing: false,
                ephemeralPorts: 32768...60999
            )
        )
        inventory.disks = .value([
            "/dev/shm": disk("tmpfs", "/dev/shm", 512, 500), "~/.muster": disk("/dev/sda1", "/", 900, 400),
            "/tmp": disk("/dev/sda1", "/", 900, 400), "/models/DeepSeek-V3": disk("nas:/models", "/models", 9000, 1),
        ])
        inventory.moduleFacts = ["driver": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07"]
        inventory.computeApps = .value(ComputeApps(processes: []))
        inventory.processes = .value([])
        inventory.listeners = .value([Listener(address: .known("0.0.0.0"), port: 22, uid: 0)])
        inventory.rdmaSoftware = [
            "ofed": "MLNX_OFED_LINUX-24.04-0.6.6.0", "ibverbs": "libibverbs.so.1.14.51.0",
            "devices": "rdma_cm uverbs0 uverbs1",
        ]
        inventory.software = .value(
            NodeSoftware(
                python: "3.10.12",
                executable: "/usr/bin/python3",
                packages: ["sglang": "0.5.9", "torch": "2.9.1+cu128", "nvidia-nccl-cu12": "2.27.5"],
                torchCUDA: "12.8",
                nccl: .init(path: "/usr/lib/libnccl.so.2", size: 400_000_000, head: "0123456789abcdef")
            )
        )
        inventory.model = .value(model)
        inventory.engineComplaints = .value([])
        for peer in 1...4 where peer != number {
            var route = Routes.Route(destination: "10.0.0.\(peer)")
            route.interface = "bond0"
            inventory.ways["10.0.0.\(peer)"] = route
        }
        return inventory
    }

    static func disk(_ device: String, _ mount: String, _ size: Int, _ free: Int) -> FileSystems.FileSystem {
        FileSystems.FileSystem(
            device: device,
            size: .gibibytes(size),
            used: .gibibytes(size - free),
            available: .gibibytes(free),
            mountPoint: mount
        )
    }

    static let shards = (1...3).map { "model-0000\($0)-of-00003.safetensors" }

    private static var model: ModelFiles {
        var model = ModelFiles(path: "/models/DeepSeek-V3", exists: true)
        for shard in shards {
            model.files[shard] = 5_000_001_008
            model.shards[shard] = .lengths(header: 1_000, data: 5_000_000_000)
        }
        model.files["config.json"] = 1_729
        model.texts["config.json"] = #"{"model_type": "deepseek_v3", "quantization_config": {"quant_method": "fp8"}}"#
        model.index = .files(Set(shards), tensors: 91_991, totalSize: 15_000_000_000)
        return model
    }
}
