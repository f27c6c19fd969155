import MusterSpec

/// Which way a node has sent between two looks at its counters.
package struct CounterProof: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case rdma, sockets, both
        /// With the reason.
        case unknown(String)
    }

    /// What each RDMA port has sent, in bytes, by its name: `mlx5_0:1`.
    package let ports: [String: UInt64]
    /// The interface that TCP would take.
    package let interface: String?
    /// What it has sent, in bytes.
    package let interfaceBytes: UInt64?

    /// Below this much, in bytes, control traffic alone could be all of it.
    static let least = Double(64 << 20)
    /// Below this much, in bytes, it may be a file that somebody copied.
    static let leastBySockets = Double(1 << 30)
    /// Ranks that talk over RDMA send only control traffic by TCP, and the other way round.
    static let most = 0.9

    package init(before: TrafficCounters, after: TrafficCounters, interface: String?) {
        // A counter that went back was reset: what it has seen since is not known.
        ports = after.ports.reduce(into: [:]) { grown, counter in
            guard let start = before.ports[counter.key], counter.value >= start else { return }
            grown[counter.key] = min(counter.value - start, .max / 4) * 4
        }
        self.interface = interface
        interfaceBytes = interface.flatMap { name in
            after.interfaces[name].flatMap { end in
                before.interfaces[name].flatMap { start in end >= start ? end - start : nil }
            }
        }
    }

    /// What all RDMA ports have sent, in bytes.
    package var rdmaBytes: UInt64 { ports.values.reduce(0) { sum, port in sum + min(port, .max - sum) } }

    package var verdict: Verdict {
        guard let interfaceBytes else { return .unknown("the interface's counter is not known") }
        let (rdma, socket) = (Double(rdmaBytes), Double(interfaceBytes))
        guard rdma + socket >= Self.least else { return .unknown("too little was sent to tell") }
        let share = rdma / (rdma + socket)
        if share >= Self.most { return .rdma }
        guard share <= 1 - Self.most else { return .both }
        return socket >= Self.leastBySockets ? .sockets : .unknown("too little was sent to tell")
    }

    /// `1.5 GiB by RDMA, 12 MiB by bond0`
    package var text: String {
        let socket = interfaceBytes.map(Self.text) ?? "an unknown amount"
        return "\(Self.text(rdmaBytes)) by RDMA, \(socket) by \(interface ?? "TCP")"
    }

    static func text(_ bytes: UInt64) -> String { Amount.text(.init(bytes: Int(clamping: bytes))) }
}
