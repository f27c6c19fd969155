import MusterAPI
import MusterClient
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// `muster down` through a daemon: asks for it, and waits until nothing is seen any more.
struct KeptDown: Sendable {
    /// How the wait ends.
    private enum Verdict: Sendable {
        case over(DeploymentStatus, generations: Set<Int>, left: [Leftover])
        case unwanted(by: String)
        case forgotten
    }

    /// What a stop has left on a node.
    private struct Leftover: Sendable {
        var replica: Int
        var node: String
        var what: String
    }

    /// The events of a stop, as far as they tell what was stopped and what was not.
    private struct Watch {
        var hasBegun = false
        /// What was stopped; each replica has one of its own.
        var generations: Set<Int> = []
        var left: [Leftover] = []
        var leftSince: ContinuousClock.Instant?
    }

    let session: Session
    let keeper: Keeper

    /// Memory of a killed process comes back within seconds, and what has not after so long may never.
    private static let patience = Duration.seconds(20)

    func run() async throws {
        let name = keeper.name
        let accepted = try await session.question(keeper.address) { try await $0.down(name) }
        let verdict = try await session.ask(keeper.address) { client, interrupts in
            try await interrupts.cancelling { try await wait(accepted, client) }
        }
        let hint = session.console.talk.style.good("hint")
        switch verdict {
        case .over(let status, let generations, let left):
            let unasked = status.unasked.map(\.node)
            if !unasked.isEmpty {
                session.console.say("the daemon stops what runs on \(unasked.joined(separator: ", ")) when it answers")
            }
            try report(status, generations, left).finish(session)
        case .unwanted(let person):
            session.report([RuntimeError(.anotherPlanRuns, "\(person) has `\(name)` brought up again meanwhile")])
            throw MusterExit.failed.asError
        case .forgotten:
            session.report([RuntimeError(.notRunning, "somebody had the daemon forget `\(name)` meanwhile")])
            throw MusterExit.failed.asError
        case nil:
            session.console.say("no longer watched; the daemon goes on stopping it")
            session.console.say("  \(hint): `muster status \(keeper.target.words)` shows what is left")
            throw MusterExit.partial.asError
        }
    }

    private func wait(_ accepted: Accepted, _ client: DaemonClient) async throws -> Verdict {
        let trail = EventTrail(.down, session.console)
        var watch = Watch()
        // There is no event for what does not change.
        if accepted.state == "down", let verdict = try await look(watch, client) { return verdict }
        return try await client.wait(on: keeper.name, after: accepted.cursor) { step in
            guard case .event(let record) = step else { return try await look(watch, client) }
            trail.take(record)
            if record.kind == Wish.down.rawValue { watch.hasBegun = true }
            guard watch.hasBegun, let event = Journal.event(kind: record.kind, payload: record.data.text) else {
                return nil
            }
            switch event {
            case .fencing(_, let generation, _): watch.generations.insert(generation)
            case .left(let replica, _, let node, let what):
                let news = what.map { Leftover(replica: replica, node: node, what: $0) }
                watch.left = watch.left.filter { $0.node != node } + news
                watch.leftSince = watch.leftSince ?? .now
            case .upWanted: return .unwanted(by: record.actor)
            case .stopped(let replica):
                watch.left.removeAll { $0.replica == replica }
                if watch.left.isEmpty { watch.leftSince = nil }
                return try await look(watch, client)
            default: break
            }
            return nil
        }
    }

    /// Whether it is over, by what the nodes say.
    private func look(_ watch: Watch, _ client: DaemonClient) async throws -> Verdict? {
        do {
            let kept = try await client.kept(keeper.name)
            let isDown = kept.summary.state == "down"
            let isHeld = watch.leftSince.map { .now - $0 > Self.patience } ?? false
            guard isDown || isHeld || !kept.lostNodes.isEmpty else { return nil }
            let status = try DeploymentStatus(reading: await client.status(of: keeper.name).text)
            guard !status.units.contains(where: \.isAlive) else { return nil }
            // A node that has only fallen silent is waited for; one that is lost is left to the daemon.
            let isLeftToDaemon = status.unasked.allSatisfy { kept.lostNodes.contains($0.node) }
            guard isDown || isHeld || isLeftToDaemon && !status.unasked.isEmpty else { return nil }
            return .over(status, generations: watch.generations, left: isDown ? [] : watch.left)
        } catch let error as ClientError where error.isNotKept {
            return .forgotten
        }
    }

    private func report(_ status: DeploymentStatus, _ generations: Set<Int>, _ left: [Leftover]) -> DownReport {
        let stopped = status.units.count { $0.wasStopped == true && $0.generation.map(generations.contains) ?? false }
        return DownReport(
            name: keeper.name,
            nodes: status.units.count,
            unasked: status.unreachable.count,
            stopped: stopped,
            left: left.map { (node: $0.node, what: $0.what) },
            errors: status.unreachable.map(\.error)
        )
    }
}
