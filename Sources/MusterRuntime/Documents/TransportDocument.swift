package import MusterDoctor
package import MusterSpec

/// `muster.transport/1`: which way the ranks of a gang talk between their nodes, the same from the command line and from
/// a daemon.
package struct TransportDocument: Decodable, Hashable, Sendable {
    /// How the ranks of one node talk to the others.
    package struct Node: Decodable, Hashable, Sendable {
        package var name: String
        package var network: String?
        package var ranks: Int
        /// Those that do it from GPU memory alone.
        package var directRanks: Int?
        package var hcas: [String]
        /// Between two looks at the counters, where there were two.
        package var rdmaBytes: Int?
        package var tcpBytes: Int?

        private enum CodingKeys: String, CodingKey {
            case name, network, ranks, hcas
            case directRanks = "ranks_gpudirect"
            case rdmaBytes = "rdma_bytes"
            case tcpBytes = "tcp_bytes"
        }
    }

    /// What is wrong with it.
    package struct Finding: Decodable, Hashable, Sendable {
        package var code: String
        package var severity: String
        package var nodes: [String]
        package var subject: String?
        package var message: String
        package var measured: String?
        package var expected: String?
        package var change: String
    }

    /// `good`, `bad` or `unknown`, or a word of a later release.
    package var verdict: String
    /// All of it in one line: `NET/IB, GDR 8/8 on all nodes`.
    package var text: String
    package var nodes: [Node]
    /// Worst first.
    package var findings: [Finding]

    package var json: JSONValue {
        [
            "format": "muster.transport/1", "verdict": .string(verdict), "text": .string(text),
            "nodes": .array(nodes.map(\.json)), "findings": .array(findings.map(\.json)),
        ]
    }
}

extension TransportDocument {
    package init(_ proof: TransportProof) {
        let nodes = proof.nodes.map { node in
            let counter = proof.counters[node.node]
            return Node(
                name: node.node,
                network: node.network?.rawValue,
                ranks: node.ranks,
                directRanks: node.directRanks,
                hcas: node.hcas,
                rdmaBytes: counter.map { Int(clamping: $0.rdmaBytes) },
                tcpBytes: counter?.interfaceBytes.map { Int(clamping: $0) }
            )
        }
        let findings = proof.findings.map { finding in
            Finding(
                code: finding.code.description,
                severity: finding.severity.rawValue,
                nodes: finding.nodes,
                subject: finding.subject,
                message: finding.message,
                measured: finding.measured,
                expected: finding.expected,
                change: finding.change
            )
        }
        self.init(verdict: proof.verdict.rawValue, text: proof.text, nodes: nodes, findings: findings)
    }
}

extension TransportDocument.Node {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "network": .optional(network), "ranks": .integer(ranks),
            "ranks_gpudirect": .optional(directRanks), "hcas": .array(hcas.map(JSONValue.string)),
            "rdma_bytes": .optional(rdmaBytes), "tcp_bytes": .optional(tcpBytes),
        ]
    }
}

extension TransportDocument.Finding {
    fileprivate var json: JSONValue {
        [
            "code": .string(code), "severity": .string(severity), "nodes": .array(nodes.map(JSONValue.string)),
            "subject": .optional(subject), "message": .string(message), "measured": .optional(measured),
            "expected": .optional(expected), "change": .string(change),
        ]
    }
}
