/// The kinds of output that can be read by themselves, under the names `muster doctor parse` takes.
package enum ParserKind: String, CaseIterable, Sendable {
    case topo
    case topoSingle = "topo-single"
    case smiQuery = "smi-query"
    case smiComputeApps = "smi-compute-apps"
    case smiList = "smi-list"
    case smiTable = "smi-table"
    case smiQ = "smi-q"
    case smiPageRetirement = "smi-page-retirement"
    case smiVersion = "smi-version"
    case smiNVLink = "smi-nvlink"
    case ibvDevinfo = "ibv_devinfo"
    case ibstat
    case ibstatus
    case ibdev2netdev
    case rdmaLink = "rdma_link"
    case showGIDs = "show_gids"
    case sysfsInfiniBand = "sysfs-infiniband"
    case sysfsPCI = "sysfs-pci"
    case ipAddress = "ip_addr"
    case ipRoute = "ip_route"
    case bonding
    case lspci
    case dmesg
    case fabricManager = "fabricmanager"
    case ncclTests = "nccl-tests"
    case ncclLog = "nccl-log"
    case ibWriteBandwidth = "ib-write-bw"
    case df
    case meminfo
    case modules
    case ulimit
    case safetensors
    case modelIndex = "model-index"
    case modelConfig = "model-config"

    /// As much as is read, in bytes: longer texts are refused, and of a file of weights only the head matters.
    package var mostBytes: Int { self == .safetensors ? SafetensorsHeader.longest : Transcript.largest }

    /// Reads bytes as this kind. Any bytes end in a document: one with a value, or one that names the damage.
    package func read(_ bytes: [UInt8]) -> ParsedDocument {
        switch self {
        case .topo, .topoSingle: document(Topology.read(bytes))
        case .smiQuery: document(GPUQuery.read(bytes))
        case .smiComputeApps: document(ComputeApps.read(bytes))
        case .smiList: document(GPUList.read(bytes))
        case .smiTable: document(SMISummary.read(bytes))
        case .smiQ, .smiPageRetirement: document(SMIReport.read(bytes))
        case .smiVersion: document(SMIVersion.read(bytes))
        case .smiNVLink: document(NVLinks.read(bytes))
        case .ibvDevinfo: document(RDMAInventory.read(bytes, from: .ibvDevinfo))
        case .ibstat: document(RDMAInventory.read(bytes, from: .ibstat))
        case .ibstatus: document(RDMAInventory.read(bytes, from: .ibstatus))
        case .ibdev2netdev: document(RDMAInventory.read(bytes, from: .ibdev2netdev))
        case .rdmaLink: document(RDMAInventory.read(bytes, from: .rdmaLink))
        case .showGIDs: document(RDMAInventory.read(bytes, from: .showGIDs))
        case .sysfsInfiniBand: document(RDMAInventory.read(bytes, from: .sysfs))
        case .sysfsPCI: document(PCILinks.read(bytes))
        case .ipAddress: document(NetworkInterfaces.read(bytes))
        case .ipRoute: document(Routes.read(bytes))
        case .bonding: document(Bonds.read(bytes))
        case .lspci: document(PCIListing.read(bytes))
        case .dmesg: document(KernelLog.read(bytes))
        case .fabricManager: document(FabricManagerLog.read(bytes))
        case .ncclTests: document(NCCLTest.read(bytes))
        case .ncclLog: document(NCCLLog.read(bytes))
        case .ibWriteBandwidth: document(WriteBandwidth.read(bytes))
        case .df: document(FileSystems.read(bytes))
        case .meminfo: document(HostMemory.read(bytes))
        case .modules: document(KernelModules.read(bytes))
        case .ulimit: document(ResourceLimits.read(bytes))
        case .safetensors: document(SafetensorsHeader.read(bytes))
        case .modelIndex: document(ModelIndex.read(bytes))
        case .modelConfig: document(ModelConfig.read(bytes))
        }
    }

    private func document(_ reading: Reading<some DocumentValue>) -> ParsedDocument {
        switch reading {
        case .read(let value, let remarks): ParsedDocument(kind: self, outcome: .read(value, remarks: remarks))
        case .damaged(let damage): ParsedDocument(kind: self, outcome: .damaged(damage))
        }
    }
}
