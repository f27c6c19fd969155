package import MusterSpec

/// What one node is, as one probe found it. Everything may be unknown, with the reason: a rule that needs what is not
/// known says nothing, and the report lists what was not known.
package struct NodeInventory: Hashable, Sendable {
    /// What messages call the node.
    package let node: String
    package var clock: Known<NodeClock> = .notAsked
    package var host: Known<HostFacts> = .notAsked
    package var limits: Known<ResourceLimits> = .notAsked
    package var memory: Known<HostMemory> = .notAsked
    /// The file system of each place that was asked for, by the place: `/dev/shm`, the state directory, the model.
    package var disks: Known<[String: FileSystems.FileSystem]> = .notAsked
    package var modules: Known<KernelModules> = .notAsked
    /// `driver` of `/proc/driver/nvidia/version`, versions of peer-memory modules, by file.
    package var moduleFacts: [String: String] = [:]
    package var kernelLog: Known<KernelLog> = .notAsked
    package var gpus: Known<GPUQuery> = .notAsked
    /// What the driver's tool said below its table, such as `WARNING: infoROM is corrupted at gpu ...`.
    package var gpuWarnings: [String] = []
    package var computeApps: Known<ComputeApps> = .notAsked
    package var processes: Known<[NodeProcess]> = .notAsked
    package var topology: Known<Topology> = .notAsked
    package var nvlinks: Known<NVLinks> = .notAsked
    /// GPUs and NICs on the PCI bus, those without a driver too.
    package var pci: Known<PCILinks> = .notAsked
    /// Empty where the kernel has no RDMA device.
    package var rdma: Known<RDMAInventory> = .notAsked
    package var accessControl: Known<PCIListing> = .notAsked
    /// `ofed`, `ibverbs`.
    package var rdmaSoftware: [String: String] = [:]
    package var interfaces: Known<NetworkInterfaces> = .notAsked
    /// What sysfs says of an interface beyond its addresses, by interface.
    package var interfaceFacts: [String: InterfaceFacts] = [:]
    package var bonds: Known<Bonds> = .notAsked
    package var routes: Known<Routes> = .notAsked
    /// The way the kernel would take to each peer's address.
    package var ways: [String: Routes.Route] = [:]
    package var listeners: Known<[Listener]> = .notAsked
    package var software: Known<NodeSoftware> = .notAsked
    package var model: Known<ModelFiles> = .notAsked
    /// The container program, and the image that was asked for.
    package var containerRuntime: Known<ContainerRuntime> = .notAsked
    /// What decides whether RoCE loses packets: `/sys/...` files and `INTERFACE.COUNTER`, by those names.
    package var congestion: Known<[String: String]> = .notAsked
    /// What the engine's own argument parser says about the unit's command line; empty when it takes it.
    package var engineComplaints: Known<[String]> = .notAsked
    /// Sections whose text could not be read, with the damage.
    package var damages: [String: Damage] = [:]

    package init(node: String) { self.node = node }
}

extension Known {
    /// No such section was in the probe's answer.
    package static var notAsked: Self { .unknown("not asked") }
}

/// The node's clock against this machine's.
package struct NodeClock: Hashable, Sendable {
    /// How far the node is ahead, in seconds, to within ``uncertainty``.
    package var offset: Double
    /// Half of the time between question and answer, in seconds.
    package var uncertainty: Double
}

/// What the kernel and the login session say of the machine.
package struct HostFacts: Hashable, Sendable {
    package var bootID: String?
    package var hostname: String?
    package var kernel: String?
    package var machine: String?
    package var operatingSystem: String?
    package var user: String?
    package var uid: Int?
    package var home: String?
    package var cpus: Int?
    /// The kernel's command line, in words.
    package var commandLine: [String] = []
    /// What the node's own name resolves to there.
    package var ownAddresses: [IPAddress] = []
    package var governor: String?
    package var isNUMABalancing: Bool?
    package var ephemeralPorts: ClosedRange<Int>?
    /// None where the kernel translates no addresses of devices.
    package var iommuGroups: Int?
    /// Why ``ownAddresses`` is empty, where nobody could say.
    package var ownAddressesUnknown: String?
}

/// A process that uses a GPU, or that has the title of an engine's.
package struct NodeProcess: Hashable, Sendable {
    package var pid: Int
    package var uid: Int?
    package var user: String?
    /// In seconds.
    package var age: Int
    package var parent: Int
    /// The deployment of muster's that it belongs to.
    package var deployment: String?
    package var title: String
}

/// What `/sys/class/net` says of one interface.
package struct InterfaceFacts: Hashable, Sendable {
    package var operationalState: String?
    package var mtu: Int?
    /// In Mb/s.
    package var speed: Int?
    /// Where its card sits; nothing for one without a card.
    package var device: String?
    package var isBridge = false
    package var master: String?
    package var sentBytes: UInt64?
    package var receivedBytes: UInt64?
}

/// A TCP port that somebody listens on.
package struct Listener: Hashable, Sendable {
    package var address: IPAddress
    package var port: Int
    package var uid: Int
}

/// The interpreter that runs the engine and what is installed for it.
package struct NodeSoftware: Hashable, Sendable {
    package var python: String
    package var executable: String
    /// Versions by name, such as `sglang`, `torch`, `nvidia-nccl-cu12`.
    package var packages: [String: String] = [:]
    /// The CUDA release torch was built for.
    package var torchCUDA: String?
    package var nccl: NCCLLibrary?

    package struct NCCLLibrary: Hashable, Sendable {
        package var path: String
        package var size: Int
        /// SHA-256 of its first MiB, 16 digits of it.
        package var head: String
    }
}

/// The directory of the model.
package struct ModelFiles: Hashable, Sendable {
    package var path: String
    package var exists: Bool
    /// Sizes in bytes; -1 for a link that leads nowhere.
    package var files: [String: Int] = [:]
    package var shards: [String: Shard] = [:]
    /// What the index refers to; nothing where there is no index.
    package var index: Index?
    /// Texts of `config.json`, `hf_quant_config.json` and the like, by name.
    package var texts: [String: String] = [:]

    package init(path: String, exists: Bool) {
        self.path = path
        self.exists = exists
    }

    /// What a safetensors file says of its own length.
    package enum Shard: Hashable, Sendable {
        /// Bytes the header takes, with the eight of its length, and where the last tensor ends behind it.
        case lengths(header: Int, data: Int)
        case unreadable(String)

        /// What the file must have at least, in bytes.
        package var fileSize: Int? {
            guard case .lengths(let header, let data) = self else { return nil }
            let (size, overflow) = header.addingReportingOverflow(data)
            return overflow ? nil : size
        }
    }

    package enum Index: Hashable, Sendable {
        case files(Set<String>, tensors: Int, totalSize: Int?)
        case unreadable(String)
    }
}
