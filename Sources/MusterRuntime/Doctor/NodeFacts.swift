package import MusterDoctor
package import MusterPlan
package import MusterSpec

/// What the nodes of a file said, at one time.
package struct NodeFacts: Sendable {
    package private(set) var documents: [InventoryDocument] = []
    /// What the documents say, by the names of the nodes: read once, since an answer is long.
    package private(set) var inventories: [String: NodeInventory] = [:]
    /// Who reaches whom; nothing where that was not tried.
    package var grid: ReachabilityGrid?
    /// Why nodes gave no answer.
    package var failures: [RuntimeError]

    package init(documents: [InventoryDocument] = [], failures: [RuntimeError] = []) {
        self.failures = failures
        for document in documents { add(document) }
    }

    package mutating func add(_ document: InventoryDocument) {
        documents.append(document)
        inventories[document.node] = document.inventory
    }

    /// What they come to.
    package func report(on spec: ClusterSpec, _ plans: [LaunchPlan], file: String) -> DoctorReport {
        let examination = Examination(spec: spec, plans: plans, inventories: inventories, grid: grid)
        return DoctorReport(
            examination,
            name: spec.name.value.value,
            file: file,
            inventories: inventories,
            grid: grid
        )
    }
}
