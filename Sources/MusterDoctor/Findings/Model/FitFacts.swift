package import MusterEngines
package import MusterPlan
package import MusterSpec

/// What the nodes of a file said that decides whether its model fits them.
package struct FitFacts: Sendable {
    /// Files of the model that the file names, as one of the nodes has them.
    package struct Holding: Sendable {
        package let node: String
        package let model: ModelFiles
    }

    /// Nothing where no node has said that it has the model.
    package let holding: Holding?
    /// The smallest of all GPUs, which decides for all; nothing where no node has told of any.
    package let card: CardMemory?

    /// - Parameters:
    ///   - spec: The file.
    ///   - plans: Its plans.
    ///   - inventories: What the nodes said, by their names.
    package init(spec: ClusterSpec, plans: [LaunchPlan], inventories: [String: NodeInventory]) {
        let cluster = ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: nil)
        let taking = cluster.nodes.filter { $0.unit != nil }
        holding =
            taking.lazy.compactMap { node -> Holding? in
                guard let model = node.inventory.model.value, model.exists, model.configuration != nil,
                    model.isNamed(spec.model.value)
                else { return nil }
                return Holding(node: node.name, model: model)
            }.first
        card = ModelFitRules.card(taking)
    }
}

extension ModelFiles {
    /// Whether these are the files of a model as a cluster file names it: by a path, or by a name on the hub, which has a
    /// folder of its own in the hub's cache. What was kept may be of an earlier file.
    fileprivate func isNamed(_ name: String) -> Bool {
        func bare(_ path: String) -> Substring {
            var path = path[...]
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path
        }
        if bare(path) == bare(name) { return true }
        guard !ModelFileRules.isPath(name) else { return false }
        let folder = name.split(separator: "/").joined(separator: "--")
        return path.split(separator: "/").contains { $0 == "models--\(folder)" }
    }
}
