package import MusterPlan
package import MusterSpec

extension BandwidthMember {
    /// Who takes part, by gang and in rank order: the nodes of each replica with what the examination found there. Spares
    /// have no ranks to measure.
    ///
    /// - Returns: Gangs without those nodes whose interpreter or address is not known.
    package static func gangs(
        spec: ClusterSpec,
        plans: [LaunchPlan],
        inventories: [String: NodeInventory]
    ) -> [[BandwidthMember]] {
        let sites = ProbeSite.all(spec, plans, asksEngine: false)
        let nodes = ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: nil).nodes
        return plans.map { plan in
            plan.units.compactMap { unit in
                guard let site = sites.first(where: { $0.node == unit.node }),
                    let node = nodes.first(where: { $0.name == unit.node.name }),
                    let python = node.inventory.software.value?.executable,
                    // Alone a node meets itself.
                    let address = ReachEndpoint.address(of: node)
                        ?? (plan.units.count == 1 ? IPAddress("127.0.0.1") : nil)
                else { return nil }
                return BandwidthMember(
                    node: unit.node,
                    address: address,
                    port: plan.rendezvous,
                    gpus: unit.ranks.count,
                    python: python,
                    surroundings: site.container ?? site.host
                )
            }
        }
    }
}
