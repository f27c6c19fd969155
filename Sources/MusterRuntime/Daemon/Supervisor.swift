import MusterEngines
package import MusterPlan
package import MusterSpec
import MusterStore
package import MusterSupervision

/// Keeps one deployment: feeds its machine with what the nodes say, writes down what the machine decides, and does it.
///
/// ```
/// nodes ── NodeFollower ──┐                          ┌── Journal (first)
/// probes, verbs ──────────┼── inputs ── machine ── actions
/// wishes of people ───────┘    one at a time         └── effects (then), each a task whose outcome is an input again
/// ```
package actor Supervisor {
    /// What a person wishes, as a change of the machine.
    package typealias Wish = @Sendable (inout DeploymentMachine, Duration) throws -> [DeploymentMachine.Action]

    enum Input: Sendable {
        case event(DeploymentMachine.Event)
        case news(NodeFollower.Event, Member)
        /// A worker's end, told a moment ago.
        case workerGone(UnitKey, GlobalRank, Member)
        case wish(by: String, Wish, CheckedContinuation<Result<Int64, any Error>, Never>)
        /// Something to write down that nothing is decided by.
        case found(DeploymentEvent)
        /// Time passes; when this one was due.
        case tick(ContinuousClock.Instant)
        case stop
    }

    package nonisolated let name: DeploymentName
    package nonisolated let vault: SecretVault
    package nonisolated let settings: Settings
    private(set) var machine: DeploymentMachine
    private(set) var members: [String: Member] = [:]
    private let journal: Journal
    private let epoch: Int
    private let began = ContinuousClock.now
    private let stream: AsyncStream<Input>
    nonisolated let inputs: AsyncStream<Input>.Continuation
    /// When time is told to the machine next.
    private var nextTick: ContinuousClock.Instant?
    private var lastTurn = ContinuousClock.now
    /// The processes whose end is watched for, by unit and pid; the launcher has no rank.
    var guarded: [Place: [Int: GlobalRank?]] = [:]
    /// Generations that failed, until nothing of them is left and their logs can be read to the end.
    private var unexplained: Set<Fenced> = []
    /// Units whose launcher is gone: that their workers follow is no news.
    var orphaned: Set<Place> = []

    /// A unit on its node: replicas that were brought up without a daemon may share a generation.
    struct Place: Hashable {
        var node: String
        var key: UnitKey
    }

    private struct Fenced: Hashable {
        var replica: Int
        var generation: Int
    }

    /// What a supervisor needs of the world around it.
    package struct Settings: Sendable {
        /// Who holds the nodes' locks.
        package var owner: String
        package var link: @Sendable (PlannedNode) -> NodeLink
        /// Reads the secrets of a plan from their sources here, as far as they can be read.
        package var secrets: @Sendable (LaunchPlan) -> [String: Redacted]
        /// Milliseconds since the epoch.
        package var time: @Sendable () -> Int
        /// Hears what is worth a line in the daemon's own log.
        package var log: @Sendable (DeploymentEvent, DeploymentName) -> Void

        package init(
            owner: String,
            link: @escaping @Sendable (PlannedNode) -> NodeLink,
            secrets: @escaping @Sendable (LaunchPlan) -> [String: Redacted],
            time: @escaping @Sendable () -> Int,
            log: @escaping @Sendable (DeploymentEvent, DeploymentName) -> Void
        ) {
            self.owner = owner
            self.link = link
            self.secrets = secrets
            self.time = time
            self.log = log
        }
    }

    /// A launcher that is killed takes its workers along from the moment its first thread is gone, and counts as gone
    /// itself when its last one is: so much later it is known which of them went first.
    private static let launcherGrace = Duration.milliseconds(20)

    /// How often time is told to the machine while something is under way; its shortest limit is a second.
    private static let tickInterval = Duration.milliseconds(250)

    /// And while there is only watching to do: with many deployments most of what that costs is waking up.
    private static let calmInterval = Duration.seconds(1)

    /// - Parameters:
    ///   - name: The deployment.
    ///   - record: What is known from before.
    ///   - file: The cluster file it came from.
    ///   - journal: Where its events go.
    ///   - settings: The world around it.
    package init(
        _ name: DeploymentName,
        _ record: DeploymentRecord,
        _ file: DeployedFile,
        journal: Journal,
        settings: Settings
    ) {
        self.name = name
        self.settings = settings
        self.journal = journal
        vault = SecretVault()
        epoch = settings.time()
        machine = DeploymentMachine(record, plans: file.plans, epoch: epoch, at: .zero, replan: file.replan)
        // Bounded by what can be under way: signals are few per start, ticks are one at a time, wishes wait for their
        // answers.
        (stream, inputs) = AsyncStream.makeStream(of: Input.self, bufferingPolicy: .unbounded)
    }

    /// Supervises until it is told to stop, or cancelled. What runs on the nodes stays as it is.
    package func run() async {
        await withDiscardingTaskGroup { group in
            // What is half done when the daemon comes back has to be finished, so it is known first what there is to do.
            let first = machine.begin(at: now)
            admit(into: &group)
            await carryOut(first, at: now, by: Journal.ownName, in: &group)
            scheduleTick(in: &group)
            for await input in stream {
                if case .stop = input { break }
                await take(input, in: &group)
                scheduleTick(in: &group)
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
        inputs.finish()
        // Whoever still waits for an answer must get one, or their request would hold up the daemon's end.
        for await input in stream {
            if case .wish(_, _, let reply) = input { reply.resume(returning: .failure(CancellationError())) }
        }
    }

    /// Stops supervising, and leaves what runs.
    package nonisolated func stop() { inputs.yield(.stop) }

    /// Has a wish granted, or refused, in its turn.
    ///
    /// - Parameters:
    ///   - person: Who wishes.
    ///   - wish: The change.
    /// - Returns: The number of the last event before those the wish led to.
    /// - Throws: What the wish throws when it cannot be granted.
    package nonisolated func wish(by person: String, _ wish: @escaping Wish) async throws -> Int64 {
        let result = await withCheckedContinuation { continuation in
            if case .terminated = inputs.yield(.wish(by: person, wish, continuation)) {
                continuation.resume(returning: .failure(CancellationError()))
            }
        }
        return try result.get()
    }

    /// What is known of a deployment at one moment.
    package struct Snapshot: Sendable {
        package let record: DeploymentRecord
        package let nodes: [String: NodeMachine]
        package let plans: [LaunchPlan]
        /// Why the next step of a replica is not taken yet.
        package let obstacles: [Int: String]
        /// How far replicas are that are on their way up.
        package let starts: [Int: StartProgress]
        /// Milliseconds since the epoch at the time zero of the nodes' times.
        package let epoch: Int
    }

    /// What is known now.
    package var snapshot: Snapshot {
        Snapshot(
            record: machine.record,
            nodes: machine.nodes,
            plans: machine.replicas.sorted { $0.key < $1.key }.map(\.value.plan),
            obstacles: Dictionary(
                uniqueKeysWithValues: machine.replicas.keys.compactMap { index in
                    machine.obstacle(of: index).map { (index, vault.scrub($0)) }
                }
            ),
            starts: machine.replicas.compactMapValues { $0.gang?.standing(at: now) },
            epoch: machine.epoch
        )
    }

    /// For how long the loop has taken no turn; there is one at every tick.
    package var idleTime: Duration { .now - lastTurn }

    func plan(_ replica: Int) -> LaunchPlan? { machine.replicas[replica]?.plan }

    /// The replicas' nodes as they are connected now.
    package var fleets: [Fleet] { snapshot.plans.map(fleet) }

    // MARK: The loop

    private var now: Duration { .now - began }

    /// Has the next tick come when it should. It is asked for here and not by a clock of its own: while the disk is full
    /// the loop stands still, and ticks must not pile up.
    private func scheduleTick(in group: inout DiscardingTaskGroup) {
        let interval = machine.isCalm ? Self.calmInterval : Self.tickInterval
        let due = ContinuousClock.now + interval
        // One that is under way will do, unless something has begun since that cannot wait for it.
        if let nextTick, nextTick <= due { return }
        nextTick = due
        group.addTask {
            // Cancellation ends the pause.
            try? await SharedPause.common.sleep(for: interval)
            self.inputs.yield(.tick(due))
        }
    }

    private func take(_ input: Input, in group: inout DiscardingTaskGroup) async {
        let now = now
        lastTurn = .now
        switch input {
        case .stop: break
        case .tick(let due):
            if due == nextTick { nextTick = nil }
            await carryOut(machine.on(.tick, at: now), at: now, by: Journal.ownName, in: &group)
            // What is down needs no lock, and others may want it.
            if machine.isAtRest, !members.isEmpty { admit(into: &group) }
        case .found(let event):
            var events = [event]
            _ = await write(&events, at: now, by: Journal.ownName)
        case .event(let event):
            await carryOut(machine.on(event, at: now), at: now, by: Journal.ownName, in: &group)
        case .news(.vanished(let key, let pid), let member):
            guard let rank = gone(pid, of: Place(node: member.name, key: key)) else { return }
            group.addTask {
                // Cancellation only makes the answer come sooner.
                try? await Task.sleep(for: Self.launcherGrace)
                self.inputs.yield(.workerGone(key, rank, member))
            }
        case .workerGone(let key, let rank, let member):
            guard let event = await lost(rank, of: key, from: member) else { return }
            await carryOut(machine.on(event, at: now), at: now, by: Journal.ownName, in: &group)
        case .news(let news, let member):
            guard let event = await event(news, from: member) else { return }
            await carryOut(machine.on(event, at: now), at: now, by: Journal.ownName, in: &group)
        case .wish(let person, let wish, let reply):
            do {
                let actions = try wish(&machine, now)
                admit(into: &group)
                let last = await carryOut(actions, at: now, by: person, in: &group)
                reply.resume(returning: .success(last))
            } catch {
                reply.resume(returning: .failure(error))
            }
        }
    }

    /// Writes down what is to be written down before what follows it is done.
    @discardableResult
    private func carryOut(
        _ actions: [DeploymentMachine.Action],
        at now: Duration,
        by person: String,
        in group: inout DiscardingTaskGroup
    ) async -> Int64 {
        var last: Int64 = 0
        var unwritten: [DeploymentEvent] = []
        for action in actions {
            if case .record(let event) = action {
                unwritten.append(event)
                switch event {
                case .ready(let replica, let generation, _, _):
                    group.addTask { await self.proveTransport(replica, generation) }
                case .fencing(let replica, let generation, let cause) where !cause.isWish:
                    unexplained.insert(Fenced(replica: replica, generation: generation))
                case .fenced(let replica, let generation):
                    guard unexplained.remove(Fenced(replica: replica, generation: generation)) != nil else { break }
                    group.addTask { await self.explain(replica, generation) }
                default: break
                }
                continue
            }
            last = await write(&unwritten, at: now, by: person) ?? last
            guard !Task.isCancelled else { return last }
            if case .replanned = action { admit(into: &group) }
            group.addTask { await self.perform(action) }
        }
        return await write(&unwritten, at: now, by: person) ?? last
    }

    private func write(_ events: inout [DeploymentEvent], at now: Duration, by person: String) async -> Int64? {
        guard !events.isEmpty else { return nil }
        defer { events = [] }
        for event in events { settings.log(event, name) }
        return await journal.write(events, at: epoch + now.milliseconds, by: person)
    }

    // MARK: Nodes

    /// Has every node of the plans followed, and no other.
    private func admit(into group: inout DiscardingTaskGroup) {
        var wanted: [String: (node: PlannedNode, plan: LaunchPlan)] = [:]
        for replica in machine.replicas.values where !machine.isAtRest {
            for node in replica.plan.spares where wanted[node.name] == nil { wanted[node.name] = (node, replica.plan) }
            // A spare of all replicas may be the node of one.
            for node in replica.plan.units.map(\.node) { wanted[node.name] = (node, replica.plan) }
        }
        for (name, member) in members where wanted[name]?.node != member.link.node {
            // A node that may still run something is not left before it is gone from there.
            guard wanted[name] != nil || machine.record.evictions[name] == nil else { continue }
            member.leaves.raise()
            members[name] = nil
        }
        for (name, entry) in wanted where members[name] == nil {
            let member = Member(
                entry.node,
                link: settings.link(entry.node),
                self.name,
                owner: settings.owner,
                entry.plan
            )
            members[name] = member
            group.addTask { await member.run { event in self.inputs.yield(.news(event, member)) } }
        }
    }
}
