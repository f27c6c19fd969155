package import MusterSpec

extension BandwidthReport {
    /// The member `deep` of `muster.doctor/1`.
    package var json: JSONValue {
        [
            "small_bytes": .integer(BandwidthSize.small.bytes),
            "large_bytes": .integer(BandwidthSize.large.bytes),
            "measurements": .array(measurements.map(\.json)),
            "transports": .array(transports.map(Self.json)),
        ]
    }

    private static func json(_ proof: TransportProof) -> JSONValue {
        [
            "text": .string(proof.text), "verdict": .string(proof.verdict.rawValue),
            "nodes": .array(
                proof.nodes.map { node in
                    let counter = proof.counters[node.node]
                    return [
                        "name": .string(node.node), "network": .optional(node.network?.rawValue),
                        "ranks": .integer(node.ranks), "gpu_direct_ranks": .optional(node.directRanks),
                        "hcas": .array(node.hcas.map(JSONValue.string)),
                        "rdma_bytes": .optional(counter.map { Int(clamping: $0.rdmaBytes) }),
                        "interface": .optional(counter?.interface),
                        "interface_bytes": .optional(counter?.interfaceBytes.map { Int(clamping: $0) }),
                    ]
                }
            ),
        ]
    }
}

extension BandwidthMeasurement {
    fileprivate var json: JSONValue {
        var reason: String?
        if case .notTried(let why) = outcome { reason = why }
        return [
            "kind": .string(kind.rawValue), "nodes": .array(nodes.map(JSONValue.string)), "ranks": .integer(ranks),
            "tool": .optional(figures?.tool), "backend": .optional(figures?.backend),
            "small_us": Self.number(figures?.latency), "large_bus_bandwidth": Self.number(figures?.busBandwidth),
            "failure": .optional(failure?.text),
            "said": .array((failure?.said ?? []).map(JSONValue.string)),
            "blamed": .array((failure?.blamed ?? []).map(JSONValue.string)),
            "not_tried": .optional(reason),
        ]
    }

    /// To a thousandth: the clock says no more.
    private static func number(_ number: Double?) -> JSONValue {
        number.map { .number(($0 * 1000).rounded() / 1000) } ?? .null
    }
}
