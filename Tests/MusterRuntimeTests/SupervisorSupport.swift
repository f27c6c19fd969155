import MusterPlan
import MusterSimulation
import MusterSpec
import MusterStore
import MusterSupervision
import Testing

@testable import MusterRuntime

/// A deployment on simulated nodes, kept by a supervisor with a store in memory.
struct Kept: Sendable {
    let file: DeployedFile
    let cluster: SimulatedCluster
    let store: EventStore
    let supervisor: Supervisor

    static let canary = "canary-7c1f0e52"

    /// Two nodes of two GPUs, with a secret.
    static let text = """
        name: kept
        engine: {kind: sglang, version: 0.5.9}
        model: /models/simulated
        tcp_iface: bond0
        rdma_gid_index: 3
        tp_size: 4
        gpus_per_node: 2
        nodes:
          - {name: node1, host: 10.0.0.1}
          - {name: node2, host: 10.0.0.2}
        ports: {http: 8000, rendezvous: 5000}
        secrets: {HF_TOKEN: {env: HF_TOKEN}}
        """

    /// Keeps a deployment for as long as the body runs.
    static func with(
        _ text: String = text,
        before: @escaping @Sendable (EventStore, SimulatedCluster.Heard) async -> Void = { _, _ in },
        _ body: (Kept) async throws -> Void
    ) async throws {
        let file = try DeployedFile.read(Array(text.utf8), path: "kept.yaml", world: .unknown).get()
        let store = try EventStore(inMemory: ())
        let cluster = SimulatedCluster(try #require(file.plans.first)) { await before(store, $0) }
        let kept = Kept(file: file, cluster: cluster, store: store, record: DeploymentRecord(name: "kept"))
        try await kept.run { try await body(kept) }
    }

    init(file: DeployedFile, cluster: SimulatedCluster, store: EventStore, record: DeploymentRecord) {
        self.file = file
        self.cluster = cluster
        self.store = store
        // What is kept for good is the name's; the clock of events has no meaning here.
        supervisor = Supervisor(
            cluster.plan.name,
            record,
            file,
            journal: Journal(store, record) { _ in },
            settings: Supervisor.Settings(
                owner: "test@here:1:musterd:1",
                link: { cluster.link($0) },
                secrets: { _ in ["HF_TOKEN": Redacted(Self.canary)] },
                time: { 1_764_000_000_000 },
                log: { _, _ in }
            )
        )
    }

    /// Supervises, lets time pass on the nodes, and ends with the body.
    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        async let supervised: Void = supervise()
        do {
            let value = try await body()
            supervisor.stop()
            await supervised
            return value
        } catch {
            supervisor.stop()
            throw error
        }
    }

    private func supervise() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await passTime() }
            await supervisor.run()
            group.cancelAll()
        }
    }

    /// Nodes beat at their own time, or they would be taken for silent.
    private func passTime() async {
        let began = ContinuousClock.now
        while !Task.isCancelled {
            cluster.advance(to: .now - began)
            // Cancellation ends the pause, and the loop with it.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: Wishes and news

    @discardableResult
    func up() async throws -> Int64 {
        try await supervisor.wish(by: "alice") { [file] machine, now in
            try machine.up(file.plans, file: file.reference, replan: file.replan, replace: false, at: now)
        }
    }

    /// Brings it up and waits until it is ready.
    func bringUp() async throws {
        try await up()
        try await event("ready")
    }

    /// Every event so far.
    func events() async throws -> [(kind: String, event: DeploymentEvent, payload: String)] {
        try await store.events(after: 0, limit: 10_000).map { stored in
            let (kind, payload) = (stored.event.kind, stored.event.payload)
            return (kind, try #require(Journal.event(kind: kind, payload: payload)), payload)
        }
    }

    /// Waits for the nth event of a kind.
    @discardableResult
    func event(_ kind: String, _ count: Int = 1) async throws -> DeploymentEvent {
        try await Deadline.run(.seconds(60)) {
            var newest: Int64 = -1
            while true {
                try Task.checkCancellation()
                newest = await store.newestEvent(after: newest)
                let found = try await events().filter { $0.kind == kind }
                if found.count >= count { return found[count - 1].event }
            }
        }
    }

    // MARK: Nodes

    /// The verbs that came to a node, from a place in the trace on.
    func verbs(on node: String, since start: Int = 0) -> [String] {
        cluster.heard.dropFirst(start).filter { $0.node == node }.map(\.call.verb)
    }

    /// The generations that run, by node.
    var generations: [String: [Int]] { cluster.running.mapValues { $0.map(\.generation) } }
}
