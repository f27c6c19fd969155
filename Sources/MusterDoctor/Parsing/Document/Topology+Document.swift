package import MusterSpec

extension Topology: DocumentValue {
    package var json: JSONValue {
        let nearest = nearestNICs()
        return [
            "devices": .array(devices.map(Self.json)),
            "distances": .array(
                devices.indices.map { row in
                    .array(devices.indices.map { .string(self[row, $0].description) })
                }
            ),
            "nearest": .array(
                nearest.map { entry in
                    [
                        "gpu": .string(devices[entry.gpu].label),
                        "distance": .string(entry.distance.description),
                        "nics": .array(entry.nics.map { .string(devices[$0].name) }),
                    ]
                }
            ),
        ]
    }

    private static func json(_ device: Device) -> JSONValue {
        [
            "label": .string(device.label),
            "gpu": .optional(device.gpu),
            "rdma_device": .optional(device.rdmaDevice),
            "cpus": device.affinity?.cpus.json ?? .null,
            "numa_node": device.affinity?.numaNodes.json ?? .null,
        ]
    }

    package var sections: [DocumentSection] {
        let matrix = DocumentSection(
            nil,
            columns: [""] + devices.map(\.name),
            hasNamedColumns: true,
            rows: devices.indices.map { row in
                [.init(devices[row].name, .strong)] + devices.indices.map { Self.cell(self[row, $0]) }
            }
        )
        let nearest = nearestNICs()
        guard !nearest.isEmpty else { return [matrix] }
        let list = DocumentSection(
            "nearest NICs",
            columns: ["gpu", "distance", "numa", "nics"],
            rows: nearest.map { entry in
                let device = devices[entry.gpu]
                let numa = device.affinity?.numaNodes.value?.description ?? "?"
                let names = entry.nics.map { devices[$0].name }.joined(separator: " ")
                return [.init(device.label, .strong), Self.cell(entry.distance), .init(numa), .init(names)]
            }
        )
        return [matrix, list]
    }

    /// Distances over which NCCL uses no GPUDirect RDMA by default stand out.
    private static func cell(_ distance: Distance) -> DocumentSection.Cell {
        switch distance {
        case .same: .init(distance.description, .faint)
        case .nvlink, .pix, .pxb: .init(distance.description, .good)
        case .phb: .init(distance.description, .doubtful)
        case .node, .sys: .init(distance.description)
        }
    }
}
