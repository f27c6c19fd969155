package import MusterDoctor
import MusterEngines
package import MusterPlan
import MusterSpec
package import MusterSupervision

/// Reading units' logs back from their nodes.
package enum LogReader {
    /// The most of a log that is read at once: an SSH exec's output is bounded.
    static let piece = 4 << 20

    /// The last part of a unit's log, up to a number of bytes.
    package static func tail(
        _ key: UnitKey,
        of plan: LaunchPlan,
        over link: NodeLink,
        limit: Int
    )
        async throws(RuntimeError) -> NodeLink.Piece?
    {
        try await link.read("log", of: key, in: plan.name, offset: -limit, limit: limit)
    }

    /// What the logs of a gang have said.
    package struct Heard: Sendable {
        package var progress: GangProgress
        package var transport = TransportReader()
    }

    /// Where the ranks of the newest generation are, by what their logs have said so far.
    package static func progress(_ observed: ObservedDeployment, _ fleet: Fleet) async -> GangProgress {
        await heard(observed, fleet).progress
    }

    /// What the ranks of the newest generation have said so far: where they are, and which way they talk.
    package static func heard(_ observed: ObservedDeployment, _ fleet: Fleet) async -> Heard {
        let plan = observed.plan
        var heard = Heard(progress: GangProgress(plan))
        let pieces = await fleet.each { link, unit async throws(RuntimeError) -> ([LogSignal], TransportReader) in
            var transport = TransportReader()
            guard let record = observed.unit(unit.nodeRank), record.isAlive else { return ([], transport) }
            let key = UnitKey(generation: record.generation, nodeRank: unit.nodeRank)
            // The lines of the rendezvous and those of NCCL are near the start, those of readiness near the end.
            guard let head = try await link.read("log", of: key, in: plan.name, offset: 0, limit: piece) else {
                return ([], transport)
            }
            var bytes = head.bytes
            if head.total > piece, let tail = try await tail(key, of: plan, over: link, limit: 256 << 10) {
                bytes += [0x0a] + tail.bytes
            }
            var lines = LogLines()
            let whole = lines.feed(bytes) + (lines.finish().map { [$0] } ?? [])
            for line in whole { transport.take(line: line, node: unit.node.name) }
            return (whole.compactMap { plan.knowledge.signal(in: $0[...]) }, transport)
        }
        for (unit, result) in pieces {
            guard case .success(let (signals, transport)) = result else { continue }
            for signal in signals { _ = heard.progress.take(signal, from: unit) }
            heard.transport.add(transport)
        }
        return heard
    }
}
