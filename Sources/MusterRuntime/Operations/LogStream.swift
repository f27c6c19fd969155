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

    /// Prints the last lines of each unit, 0 for all of them, in the order of replicas and node ranks; then follows until
    /// interrupted, if asked to.
    ///
    /// - Parameters:
    ///   - streams: The units, by replica.
    ///   - lines: How many of each unit.
    ///   - follow: Whether to go on with what is written later.
    ///   - interrupts: Ends the following.
    ///   - print: Takes what is there already; reading waits for it.
    ///   - live: Takes what is written later, which waits for nobody.
    /// - Returns: Why units could not be read, one error for each.
    /// - Throws: `CancellationError` alone.
    package static func run(
        _ streams: [LogStream],
        lines: Int,
        follow: Bool,
        interrupts: Interrupts,
        print: @escaping @Sendable (LaunchPlan, NodeRank, String) async -> Void,
        live: @escaping @Sendable (LaunchPlan, NodeRank, String) -> Void
    ) async throws -> [RuntimeError] {
        let opened = try await interrupts.cancelling {
            await FanOut.map(streams) { stream in
                (stream: stream, fleet: await Fleet.connect(stream.plan, only: stream.units, link: stream.link))
            }
        }
        guard let opened else { return [] }
        var failures = opened.flatMap(\.fleet.failures.values)
        let tails = await FanOut.map(opened) { await $0.stream.tails($0.fleet, lines: lines) }
        var followed: [(stream: LogStream, fleet: Fleet, ends: Ends)] = []
        for ((stream, fleet), tails) in zip(opened, tails) {
            var ends: Ends = [:]
            for (rank, result) in tails {
                switch result {
                case .failure(let error): failures.append(error)
                case .success(var tail):
                    for line in tail.lines { await print(stream.plan, rank, line) }
                    do throws(RuntimeError) {
                        if lines == 0, let link = fleet.links[rank] {
                            try await stream.whole(&tail, link) { await print(stream.plan, rank, $0) }
                        }
                        ends[rank] = (key: tail.key, offset: tail.end)
                    } catch {
                        failures.append(error)
                    }
                }
            }
            if follow, !ends.isEmpty { followed.append((stream, fleet, ends)) }
        }
        if !followed.isEmpty {
            let all = followed
            _ = try await interrupts.cancelling {
                // Each is followed until the end, so none may wait for another.
                await FanOut.map(all, width: all.count) { entry in
                    await entry.stream.follow(entry.ends, entry.fleet) { live(entry.stream.plan, $0, $1) }
                }
            }
        }
        for entry in opened { await entry.fleet.close() }
        return failures
    }

    /// Where following a unit goes on, in bytes.
    private typealias Ends = [NodeRank: (key: UnitKey, offset: Int)]

    private func tails(_ fleet: Fleet, lines: Int) async -> [(NodeRank, Result<Tail, RuntimeError>)] {
        let observed = await fleet.observe()
        return await fleet.each { link, unit async throws(RuntimeError) in
            try await tail(unit, observed, link, lines: lines)
        }
    }

    private struct Tail: Sendable {
        var key: UnitKey
        var lines: [String] = []
        /// Where following goes on, in bytes.
        var end = 0
        /// How long the log was when it was looked at.
        var size: Int
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
        var tail = Tail(key: UnitKey(generation: record.generation, nodeRank: unit.nodeRank), size: record.logSize)
        guard wanted > 0 else { return tail }
        // The end of a log is guessed generously and cut to lines here.
        tail.end = max(0, record.logSize - max(64 << 10, wanted * 400))
        var splitter = LogLines()
        while let bytes = try await next(&tail, link) { tail.lines += splitter.feed(bytes) }
        if let rest = splitter.finish() { tail.lines.append(rest) }
        tail.lines = tail.lines.suffix(wanted)
        return tail
    }

    /// All of a log, of which no more than a piece is in memory.
    private func whole(
        _ tail: inout Tail,
        _ link: NodeLink,
        _ print: (String) async -> Void
    ) async throws(RuntimeError) {
        var splitter = LogLines()
        while !Task.isCancelled, let bytes = try await next(&tail, link) {
            for line in splitter.feed(bytes) { await print(line) }
        }
        if let rest = splitter.finish() { await print(rest) }
    }

    private func next(_ tail: inout Tail, _ link: NodeLink) async throws(RuntimeError) -> [UInt8]? {
        let limit = min(LogReader.piece, tail.size - tail.end)
        guard limit > 0,
            let piece = try await link.read("log", of: tail.key, in: plan.name, offset: tail.end, limit: limit),
            !piece.bytes.isEmpty
        else { return nil }
        tail.end += piece.bytes.count
        return piece.bytes
    }

    private func follow(
        _ positions: Ends,
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

extension LaunchPlan {
    /// What a unit's lines are marked with among those of others.
    package func tag(of rank: NodeRank) -> String { replicas > 1 ? "\(replica)/r\(rank)" : "r\(rank)" }
}
