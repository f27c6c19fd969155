import MusterEngines
import MusterPlan
package import MusterSpec
import MusterSupervision

/// What a look at all nodes says about the GPU workers of a gang.
package enum WorkerLook: Hashable, Sendable {
    case whole
    /// Ranks of a unit have no process.
    case missing(NodeRank, [GlobalRank])
    /// Nothing can be said, and why.
    case unknown(String)

    /// - Parameters:
    ///   - observed: What the nodes say.
    ///   - generation: The generation that should run.
    package init(_ observed: ObservedDeployment, _ generation: Int) {
        // A unit that does not run at all is news of its own, with how it ended, and its follower brings it.
        let isWhole = observed.plan.units.allSatisfy { unit in
            observed.unit(unit.nodeRank).map { $0.state == .running && $0.generation == generation } ?? false
        }
        guard observed.unreachable.isEmpty, isWhole else {
            self = .unknown("not all nodes can be asked")
            return
        }
        let gone = Dictionary(grouping: Self.missing(in: observed.ranks), by: \.node)
        guard let (node, ranks) = gone.min(by: { $0.key < $1.key }) else {
            self = .whole
            return
        }
        self = .missing(node, ranks.map(\.rank.global))
    }

    /// Ranks without a process. Where some workers show their title, a unit that shows none has lost its workers; an
    /// engine that titles none says nothing either way.
    static func missing(in ranks: [RankHealth]) -> [RankHealth] {
        let isTitled = ranks.contains { $0.state == .alive }
        return ranks.filter { $0.state == .gone || $0.state == .untitled && isTitled }
    }
}

/// The random id of one launch of one unit.
package enum RunToken {
    /// 16 hexadecimal digits.
    package static func new() -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - random.count) + random
    }
}
