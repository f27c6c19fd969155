package import MusterSpec

extension RDMAInventory: DocumentValue {
    package var json: JSONValue {
        ["hcas": .array(hcas.map(Self.json))]
    }

    private static func json(_ hca: HCA) -> JSONValue {
        [
            "name": .string(hca.name), "type": .optional(hca.type), "firmware": .optional(hca.firmware),
            "board_id": .optional(hca.boardID), "numa_node": .optional(hca.numaNode),
            "pci_address": .optional(hca.address?.description), "path": .optional(hca.path?.description),
            "is_virtual": hca.isVirtual.map(JSONValue.boolean) ?? .null, "link": hca.link?.json ?? .null,
            "ports": .array(hca.ports.map(json)),
            "attributes": .object(of: hca.attributes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
        ]
    }

    private static func json(_ port: RDMAPort) -> JSONValue {
        [
            "number": .integer(port.number), "state": .optional(port.state?.description),
            "physical_state": .optional(port.physicalState?.description),
            "rate_gigabits": port.rate.map(JSONValue.number) ?? .null,
            "link_layer": .optional(port.linkLayer?.rawValue), "active_mtu": .optional(port.activeMTU),
            "max_mtu": .optional(port.maxMTU), "netdev": .optional(port.netdev),
            "netdev_is_up": port.isNetdevUp.map(JSONValue.boolean) ?? .null,
            "gids": .array(port.gids.map { json($0, port) }),
            "nccl_gid_index": port.gids.isEmpty ? .null : .integer(GIDChoice.automatic(of: port)),
            "counters": .object(
                of: port.counters.sorted { $0.key < $1.key }.map { name, count in
                    (name, Int(exactly: count).map(JSONValue.integer) ?? .number(Double(count)))
                }
            ),
        ]
    }

    private static func json(_ entry: GIDEntry, _ port: RDMAPort) -> JSONValue {
        [
            "index": .integer(entry.index), "gid": .string(entry.gid.description),
            "type": .optional(entry.kind?.rawValue), "address": .optional(entry.gid.ipv4?.text),
            "netdev": .optional(entry.netdev), "judgement": .string(GIDChoice.judge(entry.index, of: port).rawValue),
        ]
    }

    package var sections: [DocumentSection] {
        let ports = hcas.flatMap { hca in hca.ports.map { (hca: hca, port: $0) } }
        var sections = [Self.portTable(ports, devices: hcas)]
        let tables = ports.filter { !$0.port.gids.isEmpty }
        guard !tables.isEmpty else { return sections }
        sections.append(
            DocumentSection(
                "gid table",
                columns: ["hca", "port", "index", "type", "address", "netdev", "judgement"],
                rows: tables.flatMap { hca, port in
                    port.gids.map { entry in
                        let judgement = GIDChoice.judge(entry.index, of: port)
                        return [
                            .init(Cut.short(hca.name), .strong), .init("\(port.number)"), .init("\(entry.index)"),
                            .init(entry.kind?.rawValue ?? "?"),
                            .init(entry.gid.ipv4?.text ?? entry.gid.description), .init(entry.netdev ?? ""),
                            .init(judgement.rawValue, judgement == .usable ? .good : .doubtful),
                        ]
                    }
                }
            )
        )
        sections.append(
            DocumentSection("what NCCL takes by itself", lines: tables.map { Self.choice($0.hca, $0.port) })
        )
        return sections
    }

    private static func portTable(
        _ ports: [(hca: HCA, port: RDMAPort)],
        devices: [HCA]
    ) -> DocumentSection {
        func cell(_ text: String?) -> DocumentSection.Cell { text.map { .init($0) } ?? .init("?", .faint) }
        guard !ports.isEmpty else {
            return DocumentSection("devices", lines: devices.map { .init($0.name) })
        }
        return DocumentSection(
            "ports",
            columns: ["hca", "port", "state", "physical", "rate", "link", "mtu", "netdev"],
            rows: ports.map { hca, port in
                let tone: DocumentSection.Tone = port.state == nil ? .faint : port.isActive ? .good : .bad
                return [
                    .init(Cut.short(hca.name), .strong), .init("\(port.number)"),
                    .init(port.state?.description ?? "?", tone),
                    cell(port.physicalState?.description),
                    cell(port.rate.map { $0 == $0.rounded() ? "\(Int(exactly: $0) ?? 0)" : "\($0)" }),
                    cell(port.linkLayer?.rawValue), cell(port.activeMTU.map(String.init)),
                    cell(port.netdev.map { port.isNetdevUp == false ? "\($0) (down)" : $0 }),
                ]
            }
        )
    }

    /// `mlx5_0 port 1: index 3, 10.0.0.1 over RoCE v2`
    private static func choice(_ hca: HCA, _ port: RDMAPort) -> DocumentSection.Cell {
        let index = GIDChoice.automatic(of: port)
        let judgement = GIDChoice.judge(index, of: port)
        let place = "\(Cut.short(hca.name)) port \(port.number): index \(index)"
        let address = port.gids.first { $0.index == index }?.gid.ipv4?.text
        if judgement == .usable { return .init(address.map { "\(place), \($0)" } ?? place, .good) }
        let other = GIDChoice.usable(of: port).map { "; index \($0) would do" } ?? "; no index will do"
        return .init("\(place), which is \(judgement.rawValue)\(other)", .bad)
    }
}
