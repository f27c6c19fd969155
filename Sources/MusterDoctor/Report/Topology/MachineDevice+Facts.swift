import MusterSpec

extension MachineDevice {
    /// An idle GPU drops the speed of its link on purpose, so only its width is judged.
    static func gpu(
        _ record: GPURecord,
        title: String,
        nvlink: [DocumentSection.Cell],
        note: [DocumentSection.Cell]
    ) -> MachineDevice {
        var lines: [DocumentSection.Cell] = []
        if let address = record.address.value { lines.append(.init(address.description, .faint)) }
        var isShort = false
        if let width = record.linkWidth.value {
            let most = record.linkWidthMax.value ?? width
            isShort = width < most
            let generation = record.linkGenerationMax.value.map { " gen \($0)" } ?? ""
            lines.append(isShort ? .init("PCIe x\(width) of x\(most)", .bad) : .init("PCIe x\(width)\(generation)"))
        }
        return MachineDevice(
            kind: .gpu,
            title: title,
            model: record.name.value.map { Cut.behind($0, "NVIDIA ") ?? $0 },
            lines: lines + nvlink + note,
            ports: [],
            isLinkShort: isShort,
            displacement: nil,
            gpu: record.index.value
        )
    }

    /// The functions of one card.
    static func card(_ functions: [HCA], displacement: Int?, note: [DocumentSection.Cell]) -> MachineDevice {
        let first = functions[0]
        var lines: [DocumentSection.Cell] = []
        if let address = first.address { lines.append(.init(address.description, .faint)) }
        let link = first.link ?? PCILink()
        let isShort = link.isNarrow || link.isSlow
        if let text = text(link) { lines.append(.init(text, isShort ? .bad : .plain)) }
        if displacement != nil { lines.append(.init("not its usual switch", .bad)) }
        return MachineDevice(
            kind: .nic,
            title: "NIC",
            model: first.type,
            lines: lines + note,
            ports: functions.flatMap { hca in hca.ports.map { port(hca, $0) } },
            isLinkShort: isShort,
            displacement: displacement,
            gpu: nil
        )
    }

    /// What is on the bus, and its driver does not know it, or nobody could ask the driver. Other devices are none of
    /// ours, and virtual functions belong to guests.
    static func silent(_ device: PCILinks.Device, _ inventory: NodeInventory) -> MachineDevice? {
        let isGPU = device.isNVIDIAGPU
        guard isGPU || device.isMellanoxNIC && device.attributes["physfn"] == nil else { return nil }
        let isAsked = isGPU ? inventory.gpus.value != nil : inventory.rdma.value != nil
        let missed = isGPU ? "not seen by driver" : "no RDMA device"
        return MachineDevice(
            kind: isGPU ? .gpu : .nic,
            title: isGPU ? "GPU ?" : "NIC",
            model: nil,
            lines: [
                .init(device.address.description, .faint),
                isAsked ? .init(missed, .bad) : .init("state unknown", .doubtful),
            ],
            ports: [],
            isLinkShort: false,
            displacement: nil,
            gpu: nil
        )
    }

    /// What the topology matrix alone knows.
    static func named(_ device: Topology.Device, nvlink: [DocumentSection.Cell]) -> MachineDevice {
        MachineDevice(
            kind: device.gpu == nil ? .nic : .gpu,
            title: device.gpu.map { "GPU \($0)" } ?? "NIC",
            model: device.gpu == nil ? device.name : nil,
            lines: nvlink,
            ports: [],
            isLinkShort: false,
            displacement: nil,
            gpu: device.gpu
        )
    }

    /// The place of a card that is not there.
    static func ghost(of card: DisplacedCard, _ number: Int) -> MachineDevice {
        MachineDevice(
            kind: .ghost,
            title: card.hcas.joined(separator: ", "),
            model: nil,
            lines: [
                .init("sits here on"),
                .init(card.usualNodes.count == 1 ? card.usualNodes[0] : "\(card.usualNodes.count) other nodes"),
            ],
            ports: [],
            isLinkShort: false,
            displacement: number,
            gpu: nil
        )
    }

    /// `PCIe x16 16 GT/s`, `x8 of x16`.
    private static func text(_ link: PCILink) -> String? {
        let width: String? = link.width.map { width in
            link.isNarrow ? "x\(width) of x\(link.maxWidth ?? width)" : "x\(width)"
        }
        let speed: String? = link.speed.map { speed in
            let own = Amount.text(speed)
            return link.isSlow ? "\(own) of \(Amount.text(link.maxSpeed ?? speed)) GT/s" : "\(own) GT/s"
        }
        let parts = [width, speed].compactMap(\.self)
        guard !parts.isEmpty else { return nil }
        return (link.isNarrow || link.isSlow ? "" : "PCIe ") + parts.joined(separator: " ")
    }

    /// The state in words, since colour alone says nothing to many.
    private static func port(_ hca: HCA, _ port: RDMAPort) -> Port {
        let name = "\(hca.name):\(port.number)"
        if port.isActive {
            return Port(label: "\(name) ACTIVE" + (port.rate.map { " \(Amount.text($0))G" } ?? ""), tone: .good)
        }
        let state = port.state.map { "\($0)" } ?? "?"
        guard let physical = port.physicalState, physical != .linkUp else {
            return Port(label: "\(name) \(state)", tone: .bad)
        }
        return Port(label: "\(name) \(state) \(physical)", tone: physical == .polling ? .doubtful : .bad)
    }
}
