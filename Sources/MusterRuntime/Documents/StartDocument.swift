package import MusterPlan
package import MusterSpec
package import MusterSupervision

/// How far a start is, as the daemon that keeps the deployment sees it: a part of its status.
package struct StartDocument: Decodable, Hashable, Sendable {
    /// Of the gang, from 0 to 100: as much as its slowest rank.
    package var percent: Int
    /// Of each rank, in their order.
    package var ranks: [Int]
    /// Milliseconds to ready, where an earlier start was good.
    package var remaining: Int?
    /// Milliseconds that the last good start took.
    package var lastTook: Int?
    /// Who stands still, and how long that may last.
    package var stall: String?

    private enum CodingKeys: String, CodingKey {
        case percent, ranks, stall
        case remaining = "remaining_ms"
        case lastTook = "last_start_ms"
    }

    package init(_ progress: StartProgress, in plan: LaunchPlan) {
        percent = Self.percent(progress.fraction)
        ranks = progress.ranks.sorted { $0.key < $1.key }.map { Self.percent($0.value) }
        remaining = progress.remaining?.milliseconds
        lastTook = progress.lastTook?.milliseconds
        stall = progress.stall?.text(in: plan)
    }

    /// How far a rank is; nothing for one that is not of the gang.
    package subscript(rank: Int) -> Int? { ranks.indices.contains(rank) ? ranks[rank] : nil }

    /// A start that is not over is not at 100.
    private static func percent(_ fraction: Double) -> Int { max(0, min(99, Int(fraction * 100))) }

    package var json: JSONValue {
        [
            "percent": .integer(percent),
            "ranks": .array(ranks.map(JSONValue.integer)),
            "remaining_ms": .optional(remaining),
            "last_start_ms": .optional(lastTook),
            "stall": .optional(stall),
        ]
    }
}
