package import MusterEngines
package import MusterPlan
package import MusterSpec

/// What the nodes say about a deployment, beside what the plan says it should be.
package struct ObservedDeployment: Sendable {
    package let plan: LaunchPlan
    /// By node rank; an error where a node could not be asked.
    package let nodes: [NodeRank: Result<NodeStatus, RuntimeError>]

    package init(plan: LaunchPlan, nodes: [NodeRank: Result<NodeStatus, RuntimeError>]) {
        self.plan = plan
        self.nodes = nodes
    }

    /// How the deployment as a whole stands.
    package enum Standing: Hashable, Sendable {
        /// No unit of it runs anywhere.
        case absent
        /// Every unit runs, in one generation, as the plan has it.
        case running(generation: Int)
        /// Every unit runs in one generation, but with other scripts than the plan's.
        case different(generation: Int, units: [NodeRank])
        /// Some units run and some do not, or generations are mixed.
        case broken(generation: Int, alive: [NodeRank], missing: [NodeRank])
        /// Nothing that was seen speaks against it, but these nodes could not be asked.
        case unknown(unasked: [NodeRank])
    }

    /// Units that may still have processes, of any generation, with the node rank of the node they are on.
    package var live: [(node: NodeRank, unit: UnitRecord)] {
        nodes.sorted { $0.key < $1.key }.flatMap { node, result -> [(node: NodeRank, unit: UnitRecord)] in
            guard case .success(let status) = result else { return [] }
            return status.units.filter(\.isAlive).map { (node: node, unit: $0) }
        }
    }

    /// The highest generation any node has a record of.
    package var generation: Int {
        nodes.values.compactMap { try? $0.get() }.flatMap(\.units).map(\.generation).max() ?? 0
    }

    /// The newest record of a unit on its own node.
    package func unit(_ rank: NodeRank) -> UnitRecord? {
        guard case .success(let status)? = nodes[rank] else { return nil }
        return status.units.first { $0.nodeRank == rank }
    }

    package var unreachable: [(node: NodeRank, error: RuntimeError)] {
        nodes.sorted { $0.key < $1.key }.compactMap { node, result in
            guard case .failure(let error) = result else { return nil }
            return (node: node, error: error)
        }
    }

    package var standing: Standing {
        let live = live
        let unasked = plan.units.map(\.nodeRank).filter { if case .success? = nodes[$0] { false } else { true } }
        guard !live.isEmpty else { return unasked.isEmpty ? .absent : .unknown(unasked: unasked) }
        let generations = Set(live.map(\.unit.generation))
        let newest = generations.max() ?? 0
        // A unit on the wrong node is a leftover of another plan, whatever its script.
        let placed = live.filter { $0.node == $0.unit.nodeRank && $0.unit.state == .running }
        let alive = Set(placed.filter { $0.unit.generation == newest }.map(\.node))
        let missing = plan.units.map(\.nodeRank).filter { !alive.contains($0) }
        let isWhole = missing.allSatisfy(unasked.contains) && generations.count == 1 && placed.count == live.count
        guard isWhole else { return .broken(generation: newest, alive: alive.sorted(), missing: missing) }
        guard unasked.isEmpty else { return .unknown(unasked: unasked) }
        let changed = plan.units.filter { $0.render.hash.hex != unit($0.nodeRank)?.renderHash }.map(\.nodeRank)
        return changed.isEmpty ? .running(generation: newest) : .different(generation: newest, units: changed)
    }

    /// What is known about every GPU worker.
    package var ranks: [RankHealth] {
        plan.ranks.map { entry in
            let rank = entry.rank
            let node = entry.unit.nodeRank
            guard case .success = nodes[node] else {
                return RankHealth(rank: rank, node: node, state: .unknown, pid: nil)
            }
            guard let unit = unit(node), unit.isAlive else {
                return RankHealth(rank: rank, node: node, state: .gone, pid: nil)
            }
            let titled = unit.processes.compactMap { process in
                plan.knowledge.worker(title: process.title).map { (title: $0, pid: process.pid) }
            }
            if let process = titled.first(where: { $0.title == WorkerTitle(of: rank) }) {
                return RankHealth(rank: rank, node: node, state: .alive, pid: process.pid)
            }
            // Without any title of this engine there is nothing to tell a worker by: not yet spawned, or renamed.
            return RankHealth(rank: rank, node: node, state: titled.isEmpty ? .untitled : .gone, pid: nil)
        }
    }
}

/// One GPU worker as its node shows it.
package struct RankHealth: Hashable, Sendable {
    package enum State: String, Sendable {
        /// Its process is there.
        case alive
        /// Its unit runs and shows workers, but not this one; or its unit does not run.
        case gone
        /// Its unit runs and shows no worker by title.
        case untitled
        /// Its node could not be asked.
        case unknown
    }

    package let rank: RankCoordinates
    package let node: NodeRank
    package let state: State
    package let pid: Int?
}
