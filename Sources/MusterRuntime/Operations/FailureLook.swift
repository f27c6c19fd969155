package import MusterEngines
import MusterPlan
import MusterSpec

/// A look back at why a gang failed: the logs of all its units, how they ended, and what the nodes' kernels said.
package struct FailureLook: Sendable {
    /// The first cause; nothing where no log has a line that is known.
    package var answer: FailureAnswer?
    /// The generation whose logs were read; nothing where no node has any.
    package var generation: Int?
    /// Whether a unit of it ended that nobody had stopped.
    package var hasEnded = false
    /// What could not be read, and why.
    package var unread: [RuntimeError] = []
    /// The nodes whose kernel keeps its log from this user, as most do from all but root.
    package var closedKernels: [String] = []

    /// The most of a log that is read, from its end: whoever waits for a dead rank may complain for hours.
    package static let longestLog = 32 << 20
    /// Of a longer log, the bytes at its beginning that are read, too.
    private static let head = 64 << 10

    /// Looks at the nodes of a plan.
    ///
    /// - Parameters:
    ///   - fleet: The nodes, as far as they are connected.
    ///   - wanted: Which generation; else the newest in which something ended or is missing.
    ///   - longest: The most of a log that is read, from its end, in bytes.
    /// - Returns: What is found, without the values of secrets that the nodes have. Nodes that say nothing are left out,
    ///   and named.
    package static func take(
        at fleet: Fleet,
        _ wanted: Int? = nil,
        longest: Int = longestLog
    ) async -> FailureLook {
        let plan = fleet.plan
        let observed = await fleet.observe()
        var look = FailureLook()
        look.unread = observed.unreachable.map(\.error)
        guard let generation = wanted ?? observed.failedGeneration else { return look }
        let parts = await fleet.each { link, unit async throws(RuntimeError) in
            try await read(unit, observed.record(of: unit.nodeRank, generation), plan, link, longest)
        }
        var cause = FirstCause(for: plan.failureSetting, around: .now)
        var vaults: [SecretVault] = []
        for (_, part) in parts {
            switch part {
            case .failure(let error): look.unread.append(error)
            case .success(let part?):
                look.generation = generation
                look.closedKernels += part.closedKernels
                look.unread += part.unread
                vaults.append(part.vault)
                cause.add(part.cause)
                look.hasEnded = look.hasEnded || part.hasEnded
            case .success(nil): break
            }
        }
        look.answer = cause.answer { line in vaults.reduce(line) { $1.scrub($0) } }
        // What units say while they serve or are stopped is no failure, unless it names one: each loses its peers then.
        if !look.hasEnded, look.answer.map({ !$0.isFatal || $0.role != .cause }) ?? false { look.answer = nil }
        return look
    }

    /// What one node told.
    private struct Part: Sendable {
        var cause: FirstCause
        var hasEnded = false
        var closedKernels: [String] = []
        var unread: [RuntimeError] = []
        let vault = SecretVault()
    }

    private static func read(
        _ unit: UnitPlan,
        _ record: UnitRecord?,
        _ plan: LaunchPlan,
        _ link: NodeLink,
        _ longest: Int
    ) async throws(RuntimeError) -> Part? {
        guard let record else { return nil }
        let node = unit.node.name
        let clock = try await link.clock()
        let started = record.started.map { LogInstant(seconds: $0) }
        let source = LogSource(name: node, node: node, clockOffset: clock.ahead, started: started, zone: clock.zone)
        var part = Part(cause: FirstCause(for: plan.failureSetting))
        let key = UnitKey(generation: record.generation, nodeRank: unit.nodeRank)
        if !plan.secrets.isEmpty,
            let env = try await link.read("env", of: key, in: plan.name, offset: 0, limit: 1 << 20)
        {
            part.vault.put(SecretVault.parse(env.bytes))
        }
        // The beginning tells by which clock its times are read.
        if record.logSize > longest,
            let head = try await link.read("log", of: key, in: plan.name, offset: 0, limit: Self.head)
        {
            var lines = LogLines()
            part.cause.take(lines.feed(head.bytes), from: source)
        }
        var lines = LogLines()
        var offset = max(0, record.logSize - longest)
        // No further than it had come when the node was asked: a log that is written meanwhile has no end.
        while offset < record.logSize,
            let piece = try await link.read(
                "log",
                of: key,
                in: plan.name,
                offset: offset,
                limit: min(LogReader.piece, record.logSize - offset)
            ), !piece.bytes.isEmpty
        {
            part.cause.take(lines.feed(piece.bytes), from: source)
            offset = piece.offset + piece.bytes.count
        }
        if let rest = lines.finish() { part.cause.take(rest[...], from: source) }
        if !record.wasStopped, let exit = record.exit {
            part.hasEnded = true
            // Whole seconds, cut: the last line came before it.
            let time = LogInstant(seconds: exit.time, nanoseconds: 999_999_999)
            part.cause.take(ExitRecord(source: source, status: exit.status, time: time))
        } else if !record.wasStopped, record.state == .lost || record.state == .orphaned {
            part.hasEnded = true
            // Whoever would have recorded the end is gone as well.
            if record.state == .lost { part.cause.take(ExitRecord(source: source, status: nil, time: nil)) }
        }
        // The logs tell most of it where the kernel says nothing.
        do throws(RuntimeError) {
            let log = try await link.kernel()
            let kernel = LogSource(
                name: "the kernel of \(node)",
                node: node,
                clockOffset: clock.ahead,
                boot: clock.boot
            )
            part.cause.take(log.lines(since: started, boot: clock.boot), from: kernel)
            if log.refusal != nil { part.closedKernels.append(node) }
        } catch {
            part.unread.append(error)
        }
        return part
    }
}

extension LaunchPlan {
    fileprivate var failureSetting: FailureSetting {
        FailureSetting(engine, version, hasContainers: units.contains { $0.runtime != .process })
    }
}

extension ObservedDeployment {
    fileprivate func record(of rank: NodeRank, _ generation: Int) -> UnitRecord? {
        guard case .success(let status)? = nodes[rank] else { return nil }
        return status.units.first { $0.nodeRank == rank && $0.generation == generation }
    }

    /// Whether a unit's newest run ended, and nobody had stopped it.
    var hasEnds: Bool {
        plan.units.contains { unit in
            self.unit(unit.nodeRank).map { !$0.wasStopped && [.exited, .lost, .orphaned].contains($0.state) } ?? false
        }
    }

    /// The newest generation, unless all of that runs and an older one has failed.
    var failedGeneration: Int? {
        let units = nodes.values.flatMap { node -> [UnitRecord] in
            guard case .success(let status) = node else { return [] }
            return status.units
        }
        guard let newest = units.map(\.generation).max() else { return nil }
        guard units.allSatisfy({ $0.generation != newest || $0.state == .running }) else { return newest }
        return units.filter { $0.generation < newest && !$0.wasStopped && !$0.isAlive && $0.state != .staged }
            .map(\.generation).max() ?? newest
    }
}
