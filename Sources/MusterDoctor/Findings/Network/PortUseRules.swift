import MusterPlan
import MusterSpec

/// Whether the ports that a unit listens on are free, and stay so.
enum PortUseRules {
    static let all: [ClusterRule] = [Rules.each(inUse), Rules.each(ephemeral)]

    private static func ports(_ node: ExaminedNode) -> [(port: Int, key: String, span: SourceSpan?)] {
        (node.unit?.ports ?? []).map { port in
            let isHTTP = port == node.unit?.ports.first
            let written = isHTTP ? node.file.httpPort : node.file.rendezvousPort
            return (port.value, isHTTP ? "http" : "rendezvous", written?.span)
        }
    }

    static func inUse(_ node: ExaminedNode) -> [Finding] {
        guard let listeners = node.inventory.listeners.value, !node.runsDeployment else { return [] }
        return ports(node).compactMap { port, key, span in
            // A listener on any one address keeps the port from who wants it on all of them.
            guard let holder = listeners.first(where: { $0.port == port }) else { return nil }
            return node.finding(
                .portInUse,
                on: "port \(port)",
                "somebody listens on the \(key) port",
                measured: "\(holder.address.bracketed):\(port), uid \(holder.uid)",
                expected: "a free port",
                change: "end it (`ss -ltnp 'sport = :\(port)'` names it), or choose another `ports.\(key)`",
                at: span
            )
        }
    }

    /// Below what Linux starts with the file's own check says it, without a machine.
    static func ephemeral(_ node: ExaminedNode) -> [Finding] {
        guard let range = node.inventory.host.value?.ephemeralPorts else { return [] }
        return ports(node).compactMap { port, key, span in
            guard range.contains(port), port < Port.firstEphemeral else { return nil }
            return node.finding(
                .portHandedOut,
                .warning,
                on: "port \(port)",
                "the node hands the \(key) port out for outgoing connections",
                measured: "net.ipv4.ip_local_port_range \(range.lowerBound) to \(range.upperBound)",
                expected: "a range without \(port)",
                change: "choose a `ports.\(key)` below \(range.lowerBound), "
                    + "or run `sysctl net.ipv4.ip_local_reserved_ports=\(port)`",
                at: span
            )
        }
    }
}
