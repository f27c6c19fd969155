import MusterSpec

@testable import MusterDoctor

extension Machine {
    /// The inventory that the parsers make of this machine's texts.
    var read: NodeInventory {
        var result = inventory
        func known<Value>(_ reading: Reading<Value>) -> Known<Value> {
            switch reading {
            case .read(let value, _): .value(value)
            case .damaged(let damage): .unknown(damage.message)
            }
        }
        func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
        if result.gpus == .notAsked { result.gpus = known(GPUQuery.read(bytes(query))) }
        if result.topology == .notAsked, !gpus.isEmpty {
            result.topology = known(Topology.read(bytes(matrix), from: .probe))
        }
        result.pci = known(PCILinks.read(bytes(pci)))
        result.rdma =
            cards.isEmpty ? .value(RDMAInventory(hcas: [])) : known(RDMAInventory.read(bytes(sysfs), from: .sysfs))
        result.interfaces = known(NetworkInterfaces.read(bytes(addresses)))
        result.kernelLog = known(KernelLog.read(bytes(kernelLog)))
        result.modules = known(KernelModules.read(bytes(modules.map { "\($0) 16384 1 - Live 0x0" })))
        result.accessControl = known(PCIListing.read(bytes(listing)))
        result.limits = known(ResourceLimits.read(Array(limits.utf8)))
        result.memory = known(HostMemory.read(Array(memory.utf8)))
        result.nvlinks = nvlinks.isEmpty ? .value(NVLinks(gpus: [])) : known(NVLinks.read(bytes(nvlinkLines)))
        result.bonds = bonds.isEmpty ? .value(Bonds(bonds: [])) : known(Bonds.read(bytes(bondLines)))
        return result
    }

    private var nvlinkLines: [String] {
        nvlinks.enumerated().flatMap { gpu, active in
            ["GPU \(gpu): NVIDIA A40 (UUID: GPU-\(number)-\(gpu))"]
                + (0..<4).map { "\t Link \($0): \($0 < active ? "14.062 GB/s" : "<inactive>")" }
        }
    }

    private var bondLines: [String] {
        bonds.sorted { $0.key < $1.key }.flatMap { name, members in
            ["==> /proc/net/bonding/\(name) <==", "Ethernet Channel Bonding Driver: v5.15.0", "MII Status: up"]
                + members.sorted { $0.key < $1.key }.flatMap { member, isUp in
                    ["Slave Interface: \(member)", "MII Status: \(isUp ? "up" : "down")", "Speed: 25000 Mbps"]
                }
        }
    }

    private var query: [String] {
        let names = gpus.flatMap(\.keys).reduce(into: Set<String>()) { $0.insert($1) }.sorted()
        return [names.joined(separator: ", ")]
            + gpus.map { gpu in names.map { gpu[$0] ?? "[N/A]" }.joined(separator: ", ") }
    }

    /// GPUs of the bus are those of the slots, whatever the driver lists.
    private var pci: [String] {
        let gpus = Self.gpuSlots.flatMap { slot in
            lines(slot, vendor: "0x10de", code: "0x030200")
        }
        return gpus
            + cards.flatMap { card in
                lines(card.slot, vendor: "0x15b3", code: "0x020000")
                    + (card.isVirtual ? ["\(card.slot.address)/physfn=yes"] : [])
            } + hidden.flatMap { lines($0, vendor: "0x15b3", code: "0x020000") }
    }

    private func lines(_ slot: Slot, vendor: String, code: String) -> [String] {
        [
            "\(slot.address)=\(slot.path)", "\(slot.address)/vendor=\(vendor)", "\(slot.address)/class=\(code)",
            "\(slot.address)/numa_node=\(slot.numaNode)",
        ]
    }

    private var sysfs: [String] {
        cards.flatMap { card in
            let port = "\(card.name)/ports/1"
            var lines = [
                "\(card.name)/fw_ver=\(firmware)", "\(card.name)/hca_type=MT4125",
                "\(card.name)/board_id=MT_0000000359",
                "\(card.name)/device=\(card.slot.path)", "\(card.name)/device/numa_node=\(card.slot.numaNode)",
                "\(card.name)/device/current_link_speed=\(card.speed)",
                "\(card.name)/device/max_link_speed=16.0 GT/s PCIe",
                "\(card.name)/device/current_link_width=\(card.width)", "\(card.name)/device/max_link_width=16",
                "\(card.name)/device/net=\(card.netdev)", "\(port)/state=\(card.state)",
                "\(port)/phys_state=\(card.physicalState)", "\(port)/rate=\(card.rate)",
                "\(port)/link_layer=\(card.linkLayer)",
            ]
            if card.isVirtual { lines.append("\(card.name)/device/physfn=yes") }
            for entry in card.gids {
                lines += [
                    "\(port)/gids/\(entry.index)=\(entry.gid)", "\(port)/gid_attrs/types/\(entry.index)=\(entry.kind)",
                    "\(port)/gid_attrs/ndevs/\(entry.index)=\(card.netdev)",
                ]
            }
            return lines
        }
    }

    private var addresses: [String] {
        let rails = cards.filter { !$0.isVirtual }.map { card in
            let isUp = card.state.hasPrefix("4")
            return (name: card.netdev, flags: isUp ? "UP,LOWER_UP" : "BROADCAST", mtu: railMTU, address: String?.none)
        }
        return (interfaces + rails).enumerated().flatMap { index, interface in
            [
                "\(index + 1): \(interface.name): <\(interface.flags)> mtu \(interface.mtu) state UP",
                "    link/\(interface.name == "lo" ? "loopback" : "ether") 00:00:00:00:00:0\(index % 10)",
            ] + (interface.address.map { ["    inet \($0)/24 scope global \(interface.name)"] } ?? [])
        }
    }

    private var listing: [String] {
        let slots = Self.gpuSlots + cards.map(\.slot)
        return Set(slots.map(\.bridge)).sorted().flatMap { bridge in
            [
                "\(bridge) PCI bridge: Broadcom PEX890xx",
                "\t\tACSCtl:\t\(accessControl[bridge] ?? "SrcValid- TransBlk- ReqRedir- CmpltRedir- UpstreamFwd-")",
            ]
        }
    }

    /// As the driver prints it, from the same paths.
    private var matrix: [String] {
        struct Place {
            let label: String
            let slot: Slot
            let isGPU: Bool
        }
        let places =
            gpus.compactMap { gpu -> Place? in
                guard let index = gpu["index"].flatMap(Int.init) else { return nil }
                return Place(label: "GPU\(index)", slot: Self.gpuSlots[index], isGPU: true)
            } + cards.enumerated().map { Place(label: "NIC\($0.offset)", slot: $0.element.slot, isGPU: false) }
        func distance(_ left: Slot, _ right: Slot) -> String {
            guard left != right, let one = PCIPath(left.path), let other = PCIPath(right.path) else { return " X " }
            return one.distance(to: other, numaNode: left.numaNode, otherNumaNode: right.numaNode)?.description ?? "SYS"
        }
        let rows = places.map { row in
            ([row.label] + places.map { distance(row.slot, $0.slot) }
                + (row.isGPU ? ["0-31", "0", "N/A"] : ["", "", ""]))
                .joined(separator: "\t")
        }
        let heading =
            "\t\u{1b}[4m" + places.map(\.label).joined(separator: "\t")
            + "\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u{1b}[0m"
        let legend = cards.enumerated().map { "  NIC\($0.offset): \($0.element.name)" }
        return [heading] + rows + ["", "NIC Legend:", ""] + legend
    }
}
