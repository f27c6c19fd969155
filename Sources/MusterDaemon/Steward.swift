import Glibc
import Logging
import MusterAPI
import MusterMetrics
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterStore
import MusterSupervision
import ServiceLifecycle
import Synchronization

/// Keeps all deployments: one supervisor each, from the store at the start and from requests later.
actor Steward: Service {
    /// What is wrong with the daemon itself, by what it concerns.
    struct Troubles: Sendable {
        var store: String?
        /// Deployments that are in the store and cannot be kept, and why.
        var unreadable: [String: String] = [:]
    }

    nonisolated let store: EventStore
    nonisolated let machine: LocalMachine
    nonisolated let logger: Logger
    nonisolated let metrics: DaemonMetrics
    nonisolated let started: Timestamp
    nonisolated let troubles = Mutex(Troubles())
    private(set) var supervisors: [String: Supervisor] = [:]
    private var retention: (events: Int, age: Duration)
    private let arrivals: AsyncStream<Supervisor>
    private let arrive: AsyncStream<Supervisor>.Continuation

    private static let pruneInterval = Duration.seconds(3600)

    init(
        _ store: EventStore,
        machine: LocalMachine,
        settings: DaemonSettings,
        metrics: DaemonMetrics,
        logger: Logger
    ) {
        self.store = store
        self.machine = machine
        self.metrics = metrics
        self.logger = logger
        retention = (settings.keptEvents, settings.keptAge)
        started = Timestamp(milliseconds: Int64(Self.time()))
        // One entry per deployment that is added while the daemon runs.
        (arrivals, arrive) = AsyncStream.makeStream(of: Supervisor.self, bufferingPolicy: .unbounded)
    }

    /// Takes over what a running daemon can of new settings.
    func take(_ settings: DaemonSettings) { retention = (settings.keptEvents, settings.keptAge) }

    /// Milliseconds since the epoch.
    static func time() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    /// Takes over what the store knows; nothing on a node is touched by that.
    func load() async throws(StoreError) {
        var files: Set<String>? = []
        for fold in try await store.states() {
            guard let record = Journal.record(fold.body), let name = DeploymentName(fold.deployment) else {
                refuse(fold.deployment, "its record cannot be read")
                // Its file may be any of them.
                files = nil
                continue
            }
            guard let reference = record.file else { continue }
            files?.insert(reference.hash)
            guard let bytes = try await store.document(reference.hash) else {
                refuse(record.name, "its cluster file is not in the store")
                continue
            }
            switch DeployedFile.read(bytes, path: reference.path, world: .unknown) {
            case .failure(let invalid):
                let first = invalid.checked.diagnostics.first { $0.severity == .error }
                refuse(record.name, "its cluster file is no longer valid: \(first?.message ?? "")")
            case .success(let file): add(name, record, file)
            }
        }
        // Only here, where nobody is about to refer to a file that has just been put there.
        if let files { try await store.removeDocuments(except: files) }
        _ = try await store.append([
            NewEvent(
                at: Int64(Self.time()),
                deployment: "",
                kind: DeploymentEvent.daemonStarted(version: Release.version).kind,
                actor: Journal.ownName,
                payload: "{\"version\":\"\(Release.version)\"}"
            )
        ])
    }

    /// Supervises until the daemon is to stop. What runs on nodes stays.
    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.prune() }
                for await supervisor in arrivals {
                    group.addTask { await supervisor.run() }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.arrive.finish()
        }
        // Last words, so that a person sees when nobody was looking.
        _ = try? await store.append([
            NewEvent(
                at: Int64(Self.time()),
                deployment: "",
                kind: DeploymentEvent.daemonStopping.kind,
                actor: Journal.ownName,
                payload: "{}"
            )
        ])
    }

    /// True while every supervisor takes its turns: what a watchdog is told. One that waits for room on the disk does what
    /// it should, and a restart would give it none.
    func isAlive(within limit: Duration) async -> Bool {
        if troubles.withLock({ $0.store }) != nil { return true }
        for supervisor in supervisors.values where await supervisor.idleTime > limit { return false }
        return true
    }

    // MARK: Deployments

    /// The supervisor of a deployment, made where there is none.
    func supervisor(_ name: DeploymentName, for file: DeployedFile) -> Supervisor {
        supervisors[name.value] ?? add(name, DeploymentRecord(name: name.value), file)
    }

    /// Stops keeping a deployment.
    func remove(_ name: String) { supervisors.removeValue(forKey: name)?.stop() }

    @discardableResult
    private func add(_ name: DeploymentName, _ record: DeploymentRecord, _ file: DeployedFile) -> Supervisor {
        let journal = Journal(store, record) { [self] trouble in
            troubles.withLock { $0.store = trouble?.message }
            if let trouble {
                logger.error(
                    "nothing can be written down, so nothing new is done",
                    metadata: [
                        LogKey.reason: "\(trouble.message)"
                    ]
                )
            } else {
                logger.notice("the store takes events again")
            }
        }
        let supervisor = Supervisor(name, record, file, journal: journal, settings: settings)
        supervisors[name.value] = supervisor
        arrive.yield(supervisor)
        return supervisor
    }

    private nonisolated var settings: Supervisor.Settings {
        let logger = logger
        let machine = machine
        // Nobody is there to look at a fingerprint: whatever a file says, a key that is not known is refused.
        let resolver = TargetResolver(machine, acceptsNewHostKeys: false) { logger.notice("\($0)") }
        let owner = LockOwner.word(
            user: machine.user,
            host: machine.hostName,
            pid: machine.pid,
            verb: "musterd",
            epoch: Int(started.milliseconds / 1000)
        )
        return Supervisor.Settings(
            owner: owner,
            link: { NodeLink.make($0, resolver: resolver) },
            secrets: { plan in
                let known = plan.secrets.compactMap { secret -> (String, Redacted)? in
                    guard case .success(let value) = LocalFiles.secret(secret.source, machine) else { return nil }
                    return (secret.name, value)
                }
                return Dictionary(known) { first, _ in first }
            },
            time: Self.time,
            log: { [metrics] event, name in
                metrics.count(event, name)
                var metadata: Logger.Metadata = [LogKey.deployment: "\(name)", LogKey.kind: "\(event.kind)"]
                if let replica = event.replica, replica > 0 { metadata[LogKey.replica] = "\(replica)" }
                logger.log(level: event.level, "\(event.text)", metadata: metadata)
            }
        )
    }

    private func refuse(_ name: String, _ reason: String) {
        troubles.withLock { $0.unreadable[name] = reason }
        logger.error(
            "a deployment cannot be kept",
            metadata: [
                LogKey.deployment: "\(name)", LogKey.reason: "\(reason)",
            ]
        )
    }

    private func prune() async {
        while !Task.isCancelled {
            let before = Int64(Self.time() - retention.age.milliseconds)
            do {
                try await store.prune(keepingNewest: retention.events, olderThan: before) { body, events in
                    Journal.fold(events.first?.event.deployment ?? "", body, events)
                }
            } catch {
                logger.warning("old events cannot be removed", metadata: [LogKey.reason: "\(error.message)"])
            }
            // Cancellation ends the pause, and the loop with it.
            try? await Task.sleep(for: Self.pruneInterval)
        }
    }
}

extension DeploymentEvent {
    /// By the guide to levels: an error is for somebody to act on, a warning is a loss of something, a notice a change.
    var level: Logger.Level {
        switch self {
        case .gaveUp, .left: .error
        case .fencing(_, _, let cause): cause.isWish ? .notice : .warning
        case .transportProven(_, _, _, let codes): codes.isEmpty ? .info : .warning
        case .unitFailed, .nodeLost, .nodeRebooted, .memoryHeld, .restartPlanned, .evictionOwed, .spareTaken: .warning
        case .milestone, .unitStarted, .nodeSuspected, .nodeBack, .memoryMeasured, .waiting, .stable: .info
        default: .notice
        }
    }
}
