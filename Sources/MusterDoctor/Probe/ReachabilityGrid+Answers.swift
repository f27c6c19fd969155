import MusterSpec

extension ReachabilityGrid {
    /// Puts together what the nodes found out about each other.
    ///
    /// - Parameters:
    ///   - endpoints: Who took part. Peers are numbered by their position here.
    ///   - answers: By the name of the node; the reason, for one that could not take part.
    ///   - inventories: What the nodes said before, for the interfaces that packets leave over.
    package init(
        endpoints: [ReachEndpoint],
        answers: [String: Known<ReachAnswer>],
        inventories: [String: NodeInventory]
    ) {
        var ways: [Way] = []
        for from in endpoints {
            for (number, to) in endpoints.enumerated() where from.peers.contains(to.node) {
                var way = Way(from: from.node, to: to.node, address: to.address)
                way.interface = Self.interface(inventories[from.node], to.address)
                switch (answers[from.node] ?? .notAsked, answers[to.node] ?? .notAsked) {
                case (.value(let own), .value(let peer)):
                    way.take(own.outcomes[number], listening: peer)
                    way.judge(smallest: [from.interfaceMTU, to.interfaceMTU].compactMap(\.self).min())
                case (.unknown(let reason), _), (.value, .unknown(let reason)):
                    way.rendezvous = .unknown(reason)
                    way.ephemeral = .unknown(reason)
                    way.packets = .unknown(reason)
                }
                ways.append(way)
            }
        }
        self.init(ways: ways, gaps: endpoints.compactMap { Self.gap(of: $0, answers[$0.node] ?? .notAsked, ways) })
    }

    private static func gap(of endpoint: ReachEndpoint, _ answer: Known<ReachAnswer>, _ ways: [Way]) -> Gap? {
        switch answer {
        case .unknown(let reason): return Gap(node: endpoint.node, part: .ways, reason: reason)
        case .value(let own):
            if ways.contains(where: { $0.from == endpoint.node && $0.ephemeral == .unknown(silent) }) {
                return Gap(node: endpoint.node, part: .ways, reason: silent)
            }
            guard case .unknown(let reason) = own.rendezvous, own.rendezvous != .notAsked else { return nil }
            return Gap(node: endpoint.node, part: .rendezvous, reason: reason)
        }
    }

    /// Of a node that listened, and whose own attempts are not told of.
    fileprivate static let silent = "the node did not say whom it reaches"

    private static func interface(_ inventory: NodeInventory?, _ address: IPAddress) -> Known<String> {
        inventory?.ways[address.text]?.interface.map { .value($0) } ?? .notAsked
    }
}

extension ReachabilityGrid.Way {
    fileprivate mutating func take(_ outcome: ReachAnswer.Outcome?, listening peer: ReachAnswer) {
        guard let outcome else {
            (rendezvous, ephemeral) = (.unknown(ReachabilityGrid.silent), .unknown(ReachabilityGrid.silent))
            packets = .unknown(ReachabilityGrid.silent)
            return
        }
        ephemeral = outcome.ephemeral
        packets = outcome.packets
        if case .unknown(let reason) = peer.rendezvous, peer.rendezvous != .notAsked {
            rendezvous = .unknown("\(to): \(reason)")
        } else {
            rendezvous = outcome.rendezvous
        }
    }

    /// A way that passed packets of less than both interfaces could send has something narrower in the middle, which the
    /// kernel was told of: TCP lives with that, RDMA does not. What was lost without a word has no known limit.
    fileprivate mutating func judge(smallest: Int?) {
        guard let smallest else { return }
        switch packets {
        case .value(.passed(let size)) where size < smallest: packets = .value(.tooLong(limit: size))
        case .value(.tooLong(let limit?)) where limit >= smallest: packets = .value(.lost)
        default: break
        }
    }
}
