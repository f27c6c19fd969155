/// What the ports and interfaces of a node have sent since they were started.
///
/// Only what was sent is counted: a node that reads its model over the network receives much and sends little.
package struct TrafficCounters: Hashable, Sendable {
    /// In units of four bytes, by port: `mlx5_0:1`. On RoCE these are RDMA's alone.
    package var ports: [String: UInt64] = [:]
    /// In bytes, by interface.
    package var interfaces: [String: UInt64] = [:]

    package init() {}

    /// Those of a probe's answer. A virtual function's are those of its guest.
    package init(_ inventory: NodeInventory) {
        for hca in inventory.rdma.value?.hcas ?? [] where hca.isVirtual != true {
            for port in hca.ports { ports["\(hca.name):\(port.number)"] = port.counters["port_xmit_data"] }
        }
        interfaces = inventory.interfaceFacts.compactMapValues(\.sentBytes)
    }
}
