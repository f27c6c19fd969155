import MusterEngines
package import MusterPlan
package import MusterSpec
import MusterSupervision

/// `muster logs`: the end of each unit's log, and on request what comes after it.
package struct LogStream: Sendable {
    private let plan: LaunchPlan
    private let units: Set<NodeRank>
    private let generation: Int?
    private let link: @Sendable (PlannedNode) -> NodeLink

    package init(
        _ plan: LaunchPlan,
        units: Set<NodeRank>,
        generation: Int?,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) {
        self.plan = plan
        self.units = units
        self.generation = generation
        self.link = link
    }

    /// Prints the last lines of each unit, 0 for all of them, in node rank order; then follows until interrupted, if
    /// asked to. What comes back is why units could not be read, one error for each.
    package func run(
        lines: Int,
        follow: Bool,
        interrupts: Interrupts,
        print: @escaping @Sendable (NodeRank, String) -> Void
    ) async throws -> [RuntimeError] {
        guard let fleet = try await interrupts.cancelling({ await Fleet.connect(plan, only: units, link: link) }) else {
            return []
        }
        var failures = Array(fleet.failures.values)
        let observed = await fleet.observe()
        let tails = await fleet.each { link, unit async throws(RuntimeError) in
            try await tail(unit, observed, link, lines: lines)
        }
        var ends: [NodeRank: (key: UnitKey, offset: Int)] = [:]
        for (rank, result) in tails {
            switch result {
            case .failure(let error): failures.append(error)
            case .success(let tail):
                for line in tail.lines { print(rank, line) }
                ends[rank] = (key: tail.key, offset: tail.end)
            }
        }
        if follow, !ends.isEmpty {
            let positions = ends
            _ = try await interrupts.cancelling { await self.follow(positions, fleet, print) }
        }
        await fleet.close()
        return failures
    }

    private struct Tail: Sendable {
        var key: UnitKey
        var lines: [String]
        /// Where following goes on, in bytes.
        var end: Int
    }

    private func tail(
        _ unit: UnitPlan,
        _ observed: ObservedDeployment,
        _ link: NodeLink,
        lines wanted: Int
    )
        async throws(RuntimeError) -> Tail
    {
        guard case .success(let status)? = observed.nodes[unit.nodeRank],
            let record = status.units.first(where: {
                $0.nodeRank == unit.nodeRank && (generation == nil || $0.generation == generation)
            })
        else {
            let which = generation.map { " of generation \($0)" } ?? ""
            throw RuntimeError(
                .notRunning,
                "node rank \(unit.nodeRank) has no log\(which) here",
                node: unit.node.name,
                hint: "start it with `muster up`"
            )
        }
        let key = UnitKey(generation: record.generation, nodeRank: unit.nodeRank)
        var bytes: [UInt8] = []
        // All of a log is read piece by piece; the end of one is guessed generously and cut to lines here.
        var offset = wanted == 0 ? 0 : max(0, record.logSize - max(64 << 10, wanted * 400))
        while offset < record.logSize {
            let limit = min(LogReader.piece, record.logSize - offset)
            guard let piece = try await link.read("log", of: key, in: plan.name, offset: offset, limit: limit),
                !piece.bytes.isEmpty
            else { break }
            bytes += piece.bytes
            offset += piece.bytes.count
        }
        var splitter = LogLines()
        var whole = splitter.feed(bytes)
        if let rest = splitter.finish() { whole.append(rest) }
        return Tail(key: key, lines: wanted == 0 ? whole : Array(whole.suffix(wanted)), end: offset)
    }

    private func follow(
        _ positions: [NodeRank: (key: UnitKey, offset: Int)],
        _ fleet: Fleet,
        _ print: @escaping @Sendable (NodeRank, String) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (rank, position) in positions {
                guard let link = fleet.links[rank] else { continue }
                var manner = NodeFollower.Manner()
                manner.tellsLines = true
                let follower = NodeFollower(
                    rank,
                    link: link,
                    deployment: plan.name,
                    owner: nil,
                    engine: plan.knowledge,
                    manner: manner
                )
                group.addTask {
                    do {
                        try await follower.open()
                        try await follower.follow(position.key, from: position.offset)
                    } catch {
                        print(rank, "muster: \(error)")
                        return
                    }
                    await follower.run { event in
                        switch event {
                        case .line(_, let line): print(rank, line)
                        case .ended(_, let end): print(rank, "muster: the unit \(end.text)")
                        case .contactLost: print(rank, "muster: contact lost, trying again")
                        case .contact, .started, .signal, .generating, .vanished: break
                        }
                    }
                    await follower.quit()
                }
            }
        }
    }
}
