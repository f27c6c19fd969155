/// What is proven about the way between the nodes of a gang that runs: from the ranks' own words, and from what the
/// ports have counted meanwhile.
package struct TransportProof: Hashable, Sendable {
    package enum Verdict: String, Sendable {
        /// As fast a way as the nodes have.
        case good
        case bad
        /// Neither logs nor counters tell.
        case unknown
    }

    /// When the counters counted, for the words that tell it.
    package enum Span: String, Sendable {
        case launch = "since the launch"
        case measurement = "during the measurement"
    }

    /// In the order of the gang.
    package let nodes: [NodeTransport]
    /// Worst first.
    package let findings: [Finding]
    package let counters: [String: CounterProof]

    /// Judges what was read so far. The result depends on nothing else than its arguments.
    ///
    /// Where the nodes were examined, the fabric says which ports they have and will use; where somebody looked twice,
    /// the counters say what they have sent. Ray writes the lines of all nodes into the log of one, so what nodes call
    /// themselves helps, by the names of the nodes.
    package init(
        _ reader: TransportReader,
        nodes: [String],
        fabric: FabricTable? = nil,
        counters: [String: CounterProof] = [:],
        during span: Span = .launch,
        hostnames: [String: String] = [:]
    ) {
        self.nodes = Self.assigned(reader, nodes, hostnames)
        self.counters = counters
        // Within one node there is no network to judge.
        findings =
            nodes.count < 2
            ? [] : TransportFindings(self.nodes, fabric: fabric, counters: counters, during: span).sorted(in: nodes)
    }

    private static func assigned(
        _ reader: TransportReader,
        _ nodes: [String],
        _ hostnames: [String: String]
    ) -> [NodeTransport] {
        var byHost = Dictionary(nodes.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
        for (node, host) in hostnames where nodes.contains(node) { byHost[host] = node }
        // Nodes whose names for themselves are the same cannot be told apart by them.
        let isAmbiguous = Set(hostnames.values).count < hostnames.count
        var ranks: [String: [NCCLLogReader]] = [:]
        for node in nodes {
            for (process, said) in reader.processes[node] ?? [:] {
                ranks[isAmbiguous ? node : byHost[process.host] ?? node, default: []].append(said)
            }
        }
        return nodes.map { NodeTransport($0, ranks[$0] ?? []) }
    }

    package var verdict: Verdict {
        if !findings.isEmpty { return .bad }
        return nodes.count == 1 || nodes.allSatisfy(isKnown) ? .good : .unknown
    }

    /// Whether a node's logs or its counters tell which way it talks.
    func isKnown(_ node: NodeTransport) -> Bool {
        if node.network != nil { return true }
        switch counters[node.node]?.verdict {
        case .rdma, .sockets, .both: return true
        case .unknown, nil: return false
        }
    }
}
