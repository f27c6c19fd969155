package import MusterPlan
package import MusterSpec

/// The nodes of a plan, connected.
package struct Fleet: Sendable {
    package let plan: LaunchPlan
    package let links: [NodeRank: NodeLink]
    /// Nodes that could not be reached, and why.
    package let failures: [NodeRank: RuntimeError]

    /// Connects to every node of a plan at once.
    ///
    /// - Parameters:
    ///   - plan: Whose nodes.
    ///   - only: A part of the nodes, where an operation concerns only that.
    ///   - link: Makes the link of a node.
    /// - Returns: The fleet, with the reasons of the nodes that could not be reached.
    package static func connect(
        _ plan: LaunchPlan,
        only: Set<NodeRank>? = nil,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async -> Fleet {
        let units = plan.units.filter { only?.contains($0.nodeRank) ?? true }
        let outcomes = await FanOut.map(units) { unit -> (NodeRank, NodeLink, RuntimeError?) in
            let link = link(unit.node)
            do throws(RuntimeError) {
                try await link.open()
                return (unit.nodeRank, link, nil)
            } catch {
                return (unit.nodeRank, link, error)
            }
        }
        var links: [NodeRank: NodeLink] = [:]
        var failures: [NodeRank: RuntimeError] = [:]
        for (rank, link, error) in outcomes {
            if let error { failures[rank] = error } else { links[rank] = link }
        }
        return Fleet(plan: plan, links: links, failures: failures)
    }

    package func close() async {
        _ = await FanOut.map(Array(links.values)) { await $0.close() }
    }

    /// Asks every connected node about the deployment.
    package func observe() async -> ObservedDeployment {
        let answers = await each { link, _ async throws(RuntimeError) in
            try await link.status(of: plan.name)
        }
        var nodes: [NodeRank: Result<NodeStatus, RuntimeError>] = failures.mapValues { .failure($0) }
        for (rank, answer) in answers { nodes[rank] = answer }
        return ObservedDeployment(plan: plan, nodes: nodes)
    }

    /// Does one thing on every connected node at once; results by node rank, failures kept apart from each other.
    package func each<Value: Sendable>(
        _ work: @escaping @Sendable (NodeLink, UnitPlan) async throws(RuntimeError) -> Value
    ) async -> [(NodeRank, Result<Value, RuntimeError>)] {
        let connected = plan.units.compactMap { unit in links[unit.nodeRank].map { (unit: unit, link: $0) } }
        return await FanOut.map(connected) { entry -> (NodeRank, Result<Value, RuntimeError>) in
            do throws(RuntimeError) {
                return (entry.unit.nodeRank, .success(try await work(entry.link, entry.unit)))
            } catch {
                return (entry.unit.nodeRank, .failure(error))
            }
        }
    }
}
