import MusterAPI
import MusterClient
import MusterPlan
import MusterRuntime
import MusterSpec

extension DaemonClient {
    /// What there is to judge while a wish comes true.
    enum Step: Sendable {
        case event(EventRecord)
        /// Time to look at what no event may tell: that it was so all along, or that the deployment is forgotten.
        case look
    }

    private static let lookInterval = Duration.seconds(5)

    /// Follows a deployment until there is a verdict.
    ///
    /// - Parameters:
    ///   - name: The deployment.
    ///   - cursor: The last event that is known.
    ///   - judge: Judges each step in its turn.
    /// - Returns: The first verdict.
    /// - Throws: `RuntimeError` when the daemon stays away for long, and what the judge throws.
    func wait<Verdict: Sendable>(
        on name: String,
        after cursor: Int64,
        _ judge: (Step) async throws -> Verdict?
    ) async throws -> Verdict {
        // A deployment has a few events a second at most.
        let (steps, feed) = AsyncStream.makeStream(of: Step.self, bufferingPolicy: .unbounded)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { feed.finish() }
                do {
                    for try await record in self.follow(after: cursor, of: name) { feed.yield(.event(record)) }
                } catch let error as ClientError where error.isAbsence {
                    throw error.whileFollowing(name)
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.lookInterval)
                    feed.yield(.look)
                }
            }
            for await step in steps {
                do {
                    if let verdict = try await judge(step) { return verdict }
                } catch let error as ClientError where error.isAbsence {
                    // For how long a daemon may be away is the event stream's to say.
                }
            }
            // The events have ended with an error.
            try await group.next()
            throw CancellationError()
        }
    }

    /// Waits for a deployment to be ready.
    ///
    /// - Parameters:
    ///   - accepted: What the daemon answered to the wish.
    ///   - wish: What was asked for.
    ///   - plans: Those that are to be ready; nothing when the daemon's own will do.
    ///   - trail: Says the events on the way.
    /// - Returns: How the wait ended.
    /// - Throws: `ClientError`.
    func waitUntilReady(
        _ accepted: Accepted,
        after wish: Wish,
        plans: [LaunchPlan]?,
        _ trail: EventTrail
    ) async throws -> ReadyWatch.Verdict {
        let name = accepted.name
        // There is no event for what does not change.
        if accepted.state == "ready", let verdict = try await look(at: name, plans) { return verdict }
        let replicas = try await kept(name).replicas
        let ready = replicas.enumerated().filter { $1.state == "ready" }.map { ($0, $1.generation ?? 0) }
        var watch = ReadyWatch(
            wish,
            replicas: replicas.count,
            ready: Dictionary(ready) { first, _ in first }
        )
        return try await wait(on: name, after: accepted.cursor) { step in
            guard case .event(let record) = step else {
                if let verdict = watch.look() { return verdict }
                return try await look(at: name, plans)
            }
            let verdict = watch.take(record)
            // The last line says that better.
            if case .ready? = verdict { return verdict }
            trail.take(record)
            return verdict
        }
    }

    /// Whether a deployment is ready, by what its nodes and its endpoint say.
    private func look(at name: String, _ plans: [LaunchPlan]?) async throws -> ReadyWatch.Verdict? {
        do {
            guard try await deployment(name).summary.state == "ready" else { return nil }
            let status = try DeploymentStatus(reading: await status(of: name).text)
            let isMeant = plans.map { $0.map(\.hash.hex) == status.replicas.map(\.planHash) } ?? true
            guard status.isHealthy, isMeant, let generation = status.generation else { return nil }
            return .ready(generation: generation, isAdopted: true)
        } catch let error as ClientError where error.isNotKept {
            return .forgotten
        }
    }
}

extension ClientError {
    /// The daemon did not answer this time.
    fileprivate var isAbsence: Bool { code != .problem && code != .cancelled }

    /// The daemon has gone away with the work half done.
    fileprivate func whileFollowing(_ name: String) -> RuntimeError {
        RuntimeError(
            .daemonUnreachable,
            message,
            details: ["what runs of `\(name)` goes on, and nothing restarts what fails until the daemon is back"],
            hint: hint
        )
    }
}
