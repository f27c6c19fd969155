import MusterSpec

/// The GPUs and RDMA cards of one node, each with what is known about where it sits.
struct MachineParts {
    struct Part {
        let device: MachineDevice
        let path: PCIPath?
        let numaNode: Int?
        /// What the topology matrix may call it: the names of a card's devices.
        let names: [String]
    }

    /// GPUs by index, then cards by address.
    let devices: [Part]

    init(_ inventory: NodeInventory, displaced: [DisplacedCard], findings: [Finding]) {
        let onBus = Dictionary(
            (inventory.pci.value?.devices ?? []).map { ($0.address, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let codes = Dictionary(
            findings.compactMap { finding in finding.subject.map { ($0, finding) } },
            uniquingKeysWith: { first, _ in first }
        )
        func note(_ subject: String) -> [DocumentSection.Cell] {
            codes[subject].map { [.init("\($0.code)", $0.severity == .error ? .bad : .doubtful)] } ?? []
        }
        let records = (inventory.gpus.value?.gpus ?? []).sorted { ($0.index.value ?? .max) < ($1.index.value ?? .max) }
        let links = GPULinks(inventory)
        let gpus = records.map { record -> Part in
            let device = record.address.value.flatMap { onBus[$0] }
            let subject = record.index.value.map { "GPU \($0)" } ?? "GPU"
            return Part(
                device: .gpu(record, title: subject, nvlink: links.line(record.index.value), note: note(subject)),
                path: device?.path,
                numaNode: device?.numaNode,
                names: record.index.value.map { ["GPU\($0)"] } ?? []
            )
        }
        let hcas = (inventory.rdma.value?.hcas ?? []).filter { $0.isVirtual != true }
        let cards = NICPlacement.byCard(hcas).map { functions -> Part in
            let names = functions.map(\.name)
            let displacement = displaced.firstIndex { $0.hcas == names }
            return Part(
                device: .card(
                    functions,
                    displacement: displacement,
                    note: displacement == nil ? note(names.joined(separator: ", ")) : []
                ),
                path: functions[0].path ?? functions[0].address.flatMap { onBus[$0]?.path },
                numaNode: functions[0].numaNode ?? functions[0].address.flatMap { onBus[$0]?.numaNode },
                names: names
            )
        }
        let known = Set(records.compactMap(\.address.value) + (inventory.rdma.value?.hcas ?? []).compactMap(\.address))
        let silent = (inventory.pci.value?.devices ?? []).filter { !known.contains($0.address) }
            .compactMap { device -> Part? in
                guard let drawn = MachineDevice.silent(device, inventory) else { return nil }
                return Part(device: drawn, path: device.path, numaNode: device.numaNode, names: [])
            }
        let listed = gpus + cards + silent
        devices = listed + Self.unlisted(inventory.topology.value, beside: listed, links)
    }

    /// What only the topology matrix knows: there is no more to say about it than its name.
    private static func unlisted(_ topology: Topology?, beside parts: [Part], _ links: GPULinks) -> [Part] {
        guard let topology else { return [] }
        let hasGPUs = parts.contains { $0.device.kind == .gpu }
        let hasCards = parts.contains { $0.device.kind == .nic }
        return topology.devices.compactMap { device in
            guard device.gpu == nil ? !hasCards : !hasGPUs else { return nil }
            return Part(
                device: .named(device, nvlink: links.line(device.gpu)),
                path: nil,
                numaNode: device.affinity?.numaNodes.value?.only,
                names: [device.name]
            )
        }
    }
}

/// What the NVLinks of a machine come to.
private struct GPULinks {
    /// Links to each other GPU, by the indices of both.
    private var peers: [Int: [Int: Int]] = [:]
    private var active: [Int: (active: Int, all: Int)] = [:]
    private let gpuCount: Int

    init(_ inventory: NodeInventory) {
        gpuCount = inventory.gpus.value?.gpus.count ?? inventory.topology.value?.gpus.count ?? 0
        for gpu in inventory.nvlinks.value?.gpus ?? [] where !gpu.links.isEmpty && gpu.reason == nil {
            active[gpu.index] = (gpu.activeLinks, gpu.links.count)
        }
        guard let topology = inventory.topology.value else { return }
        for row in topology.gpus {
            for column in topology.gpus {
                guard case .nvlink(let count) = topology[row, column], let from = topology.devices[row].gpu,
                    let to = topology.devices[column].gpu
                else { continue }
                peers[from, default: [:]][to] = count
            }
        }
    }

    /// `NVLink NV18 to all`, `NVLink NV4 to 1`; nothing for a GPU without NVLinks.
    func line(_ index: Int?) -> [DocumentSection.Cell] {
        guard let index else { return [] }
        // A link that is down shows best beside those of the other GPUs.
        let most = active.values.map(\.active).max() ?? 0
        let isShort = active[index].map { $0.active < most } ?? false
        if let peers = peers[index], !peers.isEmpty {
            let counts = Set(peers.values).sorted().map { "NV\($0)" }.joined(separator: "/")
            let whom = peers.count == gpuCount - 1 && gpuCount > 2 ? "all" : Names.gpus(Array(peers.keys))
            return [.init("NVLink \(counts) to \(whom)", isShort ? .bad : .good)]
        }
        guard let links = active[index] else { return [] }
        return [.init("NVLink \(links.active) of \(links.all) up", isShort ? .bad : .good)]
    }
}
