package import MusterDoctor
package import MusterPlan
package import MusterSpec

/// What the nodes of a file said, at one time.
package struct NodeFacts: Sendable {
    package var documents: [InventoryDocument]
    /// Who reaches whom; nothing where that was not tried.
    package var grid: ReachabilityGrid?
    /// Why nodes gave no answer.
    package var failures: [RuntimeError]

    package init(documents: [InventoryDocument] = [], failures: [RuntimeError] = []) {
        self.documents = documents
        self.failures = failures
    }

    /// By the names of the nodes.
    package var inventories: [String: NodeInventory] {
        Dictionary(documents.map { ($0.node, $0.inventory) }, uniquingKeysWith: { first, _ in first })
    }

    /// What they come to.
    package func examination(of spec: ClusterSpec, _ plans: [LaunchPlan]) -> Examination {
        Examination(spec: spec, plans: plans, inventories: inventories, grid: grid)
    }

    /// The same as a report, with what was measured besides.
    package func report(
        on spec: ClusterSpec,
        _ plans: [LaunchPlan],
        file: String,
        bandwidth: BandwidthReport? = nil
    ) -> DoctorReport {
        DoctorReport(
            examination(of: spec, plans),
            name: spec.name.value.value,
            file: file,
            inventories: inventories,
            grid: grid,
            bandwidth: bandwidth
        )
    }
}
