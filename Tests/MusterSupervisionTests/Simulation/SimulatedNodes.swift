import MusterPlan
import MusterSpec
import MusterSupervision
import Testing

/// Nodes as the node contract has them, without a shell: what runs where, and what a verb would answer.
struct SimulatedNodes {
    /// A unit that was launched at some time.
    struct Unit {
        var generation: Int
        var rank: NodeRank
        var isAlive = true
        var status = 0
        /// A stop of the node script ended it.
        var wasStopped = false
        /// Its GPU worker is gone while the launcher runs.
        var hasLostWorker = false
    }

    struct Node {
        var isCut = false
        var boot = 1
        var seen = 0
        var units: [Unit] = []

        /// A unit whose launcher runs.
        func live(_ rank: NodeRank) -> Unit? { units.last { $0.rank == rank && $0.isAlive } }
    }

    var nodes: [String: Node]
    /// Launches of units, ever.
    private(set) var launches = 0
    /// Launches onto a node on which a unit of that rank still lived.
    private(set) var doubles = 0

    init(_ names: [String]) { nodes = Dictionary(names.map { ($0, Node()) }) { first, _ in first } }

    /// What the node script answers to a start; it refuses what the contract says it refuses.
    mutating func start(_ rank: NodeRank, _ generation: Int, on name: String) -> StartAnswer {
        guard var node = nodes[name], !node.isCut else { return .unreachable }
        guard generation >= node.seen else { return .stale(node.seen) }
        if node.units.contains(where: { $0.isAlive }) {
            doubles += 1
            return .refused("live")
        }
        node.seen = generation
        node.units.append(Unit(generation: generation, rank: rank))
        nodes[name] = node
        launches += 1
        return .started
    }

    enum StartAnswer { case started, refused(String), stale(Int), unreachable }

    /// Stops units by name and nothing else; false when the node cannot be asked.
    mutating func stop(_ units: [(generation: Int, rank: NodeRank)], on name: String) -> Bool {
        guard let node = nodes[name], !node.isCut else { return false }
        for index in node.units.indices
        where units.contains(where: { $0 == (node.units[index].generation, node.units[index].rank) }) {
            guard node.units[index].isAlive else { continue }
            nodes[name]?.units[index].isAlive = false
            nodes[name]?.units[index].status = 143
            nodes[name]?.units[index].wasStopped = true
        }
        return true
    }

    mutating func evict(_ generation: Int, on name: String) -> Bool {
        guard let node = nodes[name], !node.isCut else { return false }
        for index in node.units.indices where node.units[index].generation <= generation {
            nodes[name]?.units[index].isAlive = false
        }
        return true
    }

    mutating func kill(_ rank: NodeRank, on name: String, status: Int) -> Int? {
        guard let index = nodes[name]?.units.lastIndex(where: { $0.rank == rank && $0.isAlive }) else { return nil }
        nodes[name]?.units[index].isAlive = false
        nodes[name]?.units[index].status = status
        return nodes[name]?.units[index].generation
    }

    mutating func reboot(_ name: String) {
        nodes[name]?.boot += 1
        for index in nodes[name]?.units.indices ?? 0..<0 { nodes[name]?.units[index].isAlive = false }
    }

    /// Whether all units of a plan live in one generation, each on its own node.
    func isWhole(_ plan: LaunchPlan, _ generation: Int) -> Bool {
        plan.units.allSatisfy { unit in
            let live = nodes[unit.node.name]?.live(unit.nodeRank)
            return live.map { $0.generation == generation && !$0.hasLostWorker } ?? false
        }
    }

    func observation(_ plan: LaunchPlan) -> GangObservation {
        var units: [NodeRank: GangObservation.Unit] = [:]
        var strays: [NodeRank: [GangObservation.Stray]] = [:]
        var highest = 0
        for unit in plan.units {
            guard let node = nodes[unit.node.name], !node.isCut else {
                units[unit.nodeRank] = .unreachable("cut")
                continue
            }
            highest = max(highest, node.seen)
            if let live = node.live(unit.nodeRank) {
                units[unit.nodeRank] = .running(generation: live.generation)
            } else if let last = node.units.last(where: { $0.rank == unit.nodeRank }) {
                units[unit.nodeRank] = .ended(
                    generation: last.generation,
                    .exited(status: last.status),
                    wasStopped: last.wasStopped
                )
            } else {
                units[unit.nodeRank] = .absent
            }
            strays[unit.nodeRank] = node.units.filter { $0.isAlive && $0.rank != unit.nodeRank }.map {
                GangObservation.Stray(generation: $0.generation, nodeRank: $0.rank)
            }
        }
        return GangObservation(units: units, strays: strays, generation: highest, matchesPlan: true, progress: nil)
    }
}
