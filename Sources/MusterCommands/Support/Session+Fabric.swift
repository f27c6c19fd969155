import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec

extension Session {
    /// The ports that the nodes of a file had when they were last examined; nothing where they never were.
    func keptFabric(_ options: FileOptions) -> FabricTable? {
        // What came from standard input is gone.
        guard options.path != "-" else { return nil }
        let checked = check(options)
        guard let spec = checked.spec else { return nil }
        let inventories = NodeFacts(documents: KeptInventories(machine, spec.name.value).read()).inventories
        return inventories.isEmpty ? nil : FabricTable(spec: spec, plans: checked.plans, inventories: inventories)
    }
}
