import Glibc
import MusterPlan
import MusterRuntime
import MusterSimulation
import MusterSpec
import MusterStore
import MusterSupervision

/// What a daemon keeps deployments with, on simulated nodes: a supervisor and a journal for each, and one store.
struct SimulatedDaemon: Sendable {
    struct Kept: Sendable {
        let file: DeployedFile
        let cluster: SimulatedCluster
        let supervisor: Supervisor
    }

    struct Failed: Error, CustomStringConvertible { let description: String }

    let store: EventStore
    let kept: [Kept]

    /// Gangs of as many nodes as wanted, each node with eight GPUs.
    init(store file: String, gangs: Int, nodes: Int) throws {
        let store = try EventStore(file: file)
        self.store = store
        kept = try (0..<gangs).map { gang in
            let text = Self.text(gang, nodes: nodes)
            guard case .success(let file) = DeployedFile.read(Array(text.utf8), path: "bench.yaml", world: .unknown),
                let plan = file.plans.first
            else { throw Failed(description: "the file of the benchmark is not valid") }
            let cluster = SimulatedCluster(plan)
            let record = DeploymentRecord(name: plan.name.value)
            let supervisor = Supervisor(
                plan.name,
                record,
                file,
                journal: Journal(store, record) { _ in },
                settings: Supervisor.Settings(
                    owner: "bench@here:1:musterd:1",
                    link: { cluster.link($0) },
                    secrets: { _ in [:] },
                    time: Self.time,
                    log: { _, _ in }
                )
            )
            return Kept(file: file, cluster: cluster, supervisor: supervisor)
        }
    }

    private static func time() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    private static func text(_ gang: Int, nodes: Int) -> String {
        let lines = (0..<nodes).map { node in
            let number = gang * nodes + node
            return "  - {name: gpu-\(number), host: 10.\(number / 62500).\(number / 250 % 250).\(number % 250 + 1)}\n"
        }
        let fabric = nodes > 1 ? "tcp_iface: bond0\nrdma_gid_index: 3\n" : ""
        let rendezvous = nodes > 1 ? ", rendezvous: 5000" : ""
        return """
            name: gang-\(gang)
            engine: {kind: sglang, version: 0.5.9}
            model: /models/simulated
            \(fabric)tp_size: 8
            pp_size: \(nodes)
            gpus_per_node: 8
            ports: {http: 8000\(rendezvous)}
            nodes:

            """ + lines.joined()
    }

    /// Keeps the deployments for as long as the body runs.
    func run(_ body: () async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for kept in kept { group.addTask { await kept.supervisor.run() } }
            defer { for kept in kept { kept.supervisor.stop() } }
            try await body()
        }
    }

    /// Brings all of them up and waits until each is ready.
    func bringUp() async throws {
        for kept in kept {
            _ = try await kept.supervisor.wish(by: "bench") { machine, now in
                let file = kept.file
                return try machine.up(file.plans, file: file.reference, replan: file.replan, replace: false, at: now)
            }
        }
        var newest: Int64 = -1
        while try await count("ready") < kept.count { newest = await store.newestEvent(after: newest) }
    }

    /// How many events of a kind there are.
    func count(_ kind: String) async throws -> Int {
        try await store.newest(count: 100_000).count { $0.event.kind == kind }
    }
}
