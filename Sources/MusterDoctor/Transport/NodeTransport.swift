/// How the ranks of one node talk to other nodes, as their logs say it.
package struct NodeTransport: Hashable, Sendable {
    package enum Network: String, Sendable {
        case rdma = "NET/IB"
        case sockets = "NET/Socket"
        case both = "NET/IB and NET/Socket"
        /// A vendor's plugin.
        case other = "a network plugin"
    }

    package let node: String
    /// Nothing where no log said it.
    package let network: Network?
    /// Ranks that talk to other nodes themselves: where a node has one card, one or two do it for all.
    package let ranks: Int
    /// Those that do it from GPU memory alone; nothing where no log tells of channels.
    package let directRanks: Int?
    /// Names of the RDMA devices that channels use, or that were opened where no channel names one.
    package let hcas: [String]
    /// Whether a rank found no RDMA device.
    package let hasNoDevice: Bool
    /// Why GPUDirect RDMA is off, in NCCL's words.
    package let directDisabled: String?

    /// What the processes of a node have said; none of them may have said anything.
    init(_ node: String, _ ranks: [NCCLLogReader]) {
        self.node = node
        let remote = ranks.filter { !$0.remoteWays.isEmpty }
        let ways = Set(remote.flatMap(\.remoteWays))
        if remote.isEmpty {
            let names = Set(ranks.flatMap(\.networks.keys))
            network = Self.network(
                // NVIDIA's plugin is the same transport and says `IBext_v8`.
                isRDMA: names.contains { $0.hasPrefix("IB") },
                isSocket: names.contains("Socket"),
                isOther: !names.isEmpty
            )
            self.ranks = ranks.count { !$0.networks.isEmpty }
            directRanks = nil
        } else {
            network = Self.network(
                isRDMA: !ways.isDisjoint(with: [.rdma, .rdmaDirect]),
                isSocket: ways.contains(.socket),
                isOther: true
            )
            self.ranks = remote.count
            directRanks = remote.count { $0.remoteWays == [.rdmaDirect] }
        }
        hcas = Set(ranks.flatMap(\.hcas)).sorted { NaturalOrder.isBefore($0, $1) }
        hasNoDevice = ranks.contains(where: \.hasNoDevice)
        directDisabled = ranks.compactMap(\.directDisabled.first).min()
    }

    private static func network(isRDMA: Bool, isSocket: Bool, isOther: Bool) -> Network? {
        switch (isRDMA, isSocket) {
        case (true, true): .both
        case (true, false): .rdma
        case (false, true): .sockets
        case (false, false): isOther ? .other : nil
        }
    }
}

extension NCCLLogReader {
    /// How this rank's channels leave the node.
    fileprivate var remoteWays: Set<NCCLLog.Transport> {
        Set(channels.keys).intersection([.rdmaDirect, .rdma, .socket, .otherNetwork])
    }

    /// Merged ports have numbers of their own, so of these only what was opened is known.
    fileprivate var hcas: [String] {
        let isNumbered = !hasMergedAdapters && !usedAdapters.isEmpty
        return adapters.filter { !isNumbered || usedAdapters.contains($0.index) }.map(\.device)
    }
}
