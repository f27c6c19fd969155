package import MusterSpec

/// What NCCL says in the log of a rank with `NCCL_DEBUG=INFO`: which network it took and how each channel goes.
/// Lines of others are passed over.
package struct NCCLLog: Hashable, Sendable {
    /// `NET/IB : Using [0]mlx5_0:1/RoCE`
    package struct Adapter: Hashable, Sendable {
        package let index: Int
        package let device: String
        package let port: Int?
        /// `RoCE` or `IB`.
        package let kind: String?
    }

    /// `via NET/IB/0/GDRDMA` and its relatives.
    package enum Transport: String, Sendable, CaseIterable {
        /// RDMA straight from and to GPU memory.
        case rdmaDirect = "NET/IB/GDRDMA"
        /// RDMA through host memory.
        case rdma = "NET/IB"
        /// TCP.
        case socket = "NET/Socket"
        /// Another vendor's network plugin.
        case otherNetwork = "NET/other"
        /// Between GPUs of one node.
        case peer = "P2P"
        case sharedMemory = "SHM"
    }

    /// `Using network IB`, one for each process that said it.
    package let networks: [String: Int]
    package let version: String?
    package let adapters: [Adapter]
    /// Interfaces that sockets use, bootstrap among them.
    package let interfaces: [String]
    /// How many channels go each way.
    package let channels: [Transport: Int]
    /// Whether NCCL found no RDMA device.
    package let hasNoDevice: Bool
    /// Devices for which GPUDirect RDMA is off, in NCCL's words.
    package let directDisabled: [String]
    /// `NCCL WARN` lines, the first of each text.
    package let warnings: [String]

    package static func read(_ bytes: [UInt8]) -> Reading<NCCLLog> {
        .of(bytes, source: "a log with lines of `NCCL INFO`") { text throws(Damage) in
            var reader = NCCLLogReader()
            let lines = try text.lines()
            for line in lines where !line.isBlank { reader.take(line.text) }
            guard reader.lines > 0 else { throw text.foreign(lines.first { !$0.isBlank }) }
            return NCCLLog(
                networks: reader.networks,
                version: reader.version,
                adapters: reader.adapters,
                interfaces: reader.interfaces,
                channels: reader.channels,
                hasNoDevice: reader.hasNoDevice,
                directDisabled: reader.directDisabled,
                warnings: reader.warnings
            )
        }
    }
}

extension NCCLLog: DocumentValue {
    package var json: JSONValue {
        [
            "version": .optional(version), "no_rdma_device": .boolean(hasNoDevice),
            "interfaces": .array(interfaces.map(JSONValue.string)),
            "networks": .array(
                networks.sorted { $0.key < $1.key }.map { ["name": .string($0.key), "processes": .integer($0.value)] }
            ),
            "adapters": .array(
                adapters.map { adapter in
                    [
                        "index": .integer(adapter.index), "device": .string(adapter.device),
                        "port": .optional(adapter.port), "kind": .optional(adapter.kind),
                    ]
                }
            ),
            "channels": .array(
                Transport.allCases.compactMap { transport in
                    channels[transport].map { ["transport": .string(transport.rawValue), "channels": .integer($0)] }
                }
            ),
            "gpudirect_disabled": .array(directDisabled.map(JSONValue.string)),
            "warnings": .array(warnings.map(JSONValue.string)),
        ]
    }
}
