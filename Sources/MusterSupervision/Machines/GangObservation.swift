package import MusterSpec

/// What the nodes of one gang say about it, when nobody has followed it so far.
package struct GangObservation: Sendable {
    /// One unit on its own node.
    package enum Unit: Hashable, Sendable {
        /// Nothing of it was ever there, or it ended and its record is no news.
        case absent
        case running(generation: Int)
        /// It ended, in this generation; whether a stop through the node script did it.
        case ended(generation: Int, UnitEnd, wasStopped: Bool = false)
        /// Its node cannot be asked.
        case unreachable(String)
    }

    package var units: [NodeRank: Unit]
    /// Units that live beside the one that belongs on the node, as generation and node rank.
    package var strays: [NodeRank: [Stray]]
    /// The highest generation that any node has seen.
    package var generation: Int
    /// Whether every running unit runs the scripts of the plan.
    package var matchesPlan: Bool
    /// Where the ranks are, by their logs.
    package var progress: GangProgress?

    /// A unit of the deployment that lives where it should not.
    package struct Stray: Hashable, Sendable {
        package var generation: Int
        package var nodeRank: NodeRank

        package init(generation: Int, nodeRank: NodeRank) {
            self.generation = generation
            self.nodeRank = nodeRank
        }
    }

    package init(
        units: [NodeRank: Unit],
        strays: [NodeRank: [Stray]] = [:],
        generation: Int,
        matchesPlan: Bool,
        progress: GangProgress?
    ) {
        self.units = units
        self.strays = strays
        self.generation = generation
        self.matchesPlan = matchesPlan
        self.progress = progress
    }

    var running: [NodeRank: Int] {
        units.compactMapValues { if case .running(let generation) = $0 { generation } else { nil } }
    }

    /// Whether nothing of a generation runs or may run any more, and a stop had a part in it.
    func wasStopped(_ generation: Int) -> Bool {
        running.isEmpty && unreachable.isEmpty && strays.values.allSatisfy(\.isEmpty)
            && units.values.contains { if case .ended(generation, _, wasStopped: true) = $0 { true } else { false } }
    }

    var unreachable: Set<NodeRank> {
        Set(units.filter { if case .unreachable = $0.value { true } else { false } }.keys)
    }
}
