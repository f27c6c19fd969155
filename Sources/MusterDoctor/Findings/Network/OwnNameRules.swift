import MusterSpec

/// Whether a node knows an address of its own.
enum OwnNameRules {
    static let all: [ClusterRule] = [
        { cluster in cluster.nodes.flatMap { ownName($0, in: cluster) } }
    ]

    /// Gloo asks what the machine's own name resolves to unless it is told an interface, and then binds to the loopback
    /// (vllm#7074). With `tcp_iface` it is told.
    static func ownName(_ node: ExaminedNode, in cluster: ExaminedCluster) -> [Finding] {
        guard let host = node.inventory.host.value, !host.ownAddresses.isEmpty, node.file.nodes.count > 1,
            host.ownAddresses.allSatisfy(\.isLoopback), node.environment["GLOO_SOCKET_IFNAME"] == nil,
            node.spec.address?.isLoopback != true
        else { return [] }
        return [
            node.finding(
                .hostnameIsLoopback,
                on: host.hostname,
                "the node's own name resolves to the loopback, and no `tcp_iface` is given",
                measured: host.ownAddresses.map(\.text).joined(separator: ", "),
                expected: node.spec.address.map { "\($0), or a `tcp_iface`" } ?? "an address that other nodes reach",
                change:
                    "add `tcp_iface: \(node.addressOwner?.name ?? "INTERFACE")`, or correct `/etc/hosts` on the node",
                at: node.spec.span,
                edit: cluster.edit("tcp_iface", of: node) { $0.addressOwner?.name }
            )
        ]
    }
}
