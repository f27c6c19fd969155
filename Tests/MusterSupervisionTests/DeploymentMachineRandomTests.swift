import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

/// Faults and wishes in any order at all, and what must hold however they fall.
@Suite("DeploymentMachine, at random")
struct DeploymentMachineRandomTests {
    static let file = """
        name: sim
        engine: {kind: sglang, version: 0.5.9}
        model: /models/x
        tcp_iface: eth1
        tp_size: 4
        gpus_per_node: 1
        nodes: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]
        spares: [10.0.0.9]
        restart: {max_attempts: 50, window: 1h}
        """

    static func deployment(seed: UInt64, file: String = file, nodes: [String] = []) throws -> SimulatedDeployment {
        let checked = CheckedFile(ClusterFile(bytes: Array(file.utf8), name: "sim.yaml"))
        try #require(!checked.plans.isEmpty, "\(checked.diagnostics.map(\.message))")
        return SimulatedDeployment(PlanBuilder.replicas(of: try #require(checked.spec)), nodes: nodes, seed: seed)
    }

    @Test("keeps its promises over 120,000 steps of faults, and always comes back")
    func invariants() throws {
        var kinds: Set<String> = []
        for seed in 0..<6 {
            let deployment = try run(seed: seed, steps: 20_000, Self.file)
            kinds.formUnion(deployment.journal.map { String("\($0.event)".prefix { $0 != "(" }) })
        }
        // A run that leaves something out proves nothing about it.
        let all: Set<String> = [
            "launching", "relaunching", "fencing", "fenced", "left", "adopted", "ready", "restartPlanned", "gaveUp",
            "spareTaken", "evictionOwed", "evicted", "nodeSuspected", "nodeLost", "nodeBack", "nodeRebooted", "waiting",
            "paused", "resumed", "stopped", "unitFailed", "restartWanted", "nodeDrained",
        ]
        #expect(all.subtracting(kinds) == [])
    }

    @Test("keeps them with two replicas that share a spare, too")
    func replicas() throws {
        let taken = try (0..<3).reduce(into: Set<Int>()) { taken, seed in
            for entry in try run(seed: seed, steps: 20_000, ReplicaTests.file).journal {
                if case .spareTaken(let replica, _, _, _) = entry.event { taken.insert(replica) }
            }
        }
        #expect(taken == [0, 1])
    }

    private func run(seed: Int, steps: Int, _ file: String) throws -> SimulatedDeployment {
        var random = SeededRandom(seed: UInt64(seed) + 71)
        var deployment = try Self.deployment(seed: UInt64(seed), file: file)
        let names = deployment.world.nodes.keys.sorted()
        var readies = 0
        var wasReady = false
        try deployment.up()
        for step in 0..<steps {
            try deployment.step()
            if deployment.isReady, !wasReady { readies += 1 }
            wasReady = deployment.isReady
            check(deployment)
            if Int.random(in: 0..<120, using: &random) == 0 { try Self.fault(&deployment, names, &random) }
            if deployment.isFailed || step % 4000 == 3999 { try Self.settle(&deployment) }
        }
        // Nor does a run that never gets anywhere.
        // All at once that is, which several are less often.
        #expect(readies * deployment.machine.replicas.count > 15, "ready \(readies) times")
        #expect(deployment.world.doubles == 0, "a unit was launched where one still lived")
        return deployment
    }

    /// Everything is well again: it must be ready before long.
    private static func settle(_ deployment: inout SimulatedDeployment) throws {
        deployment.heal()
        for node in deployment.machine.record.drained.sorted() {
            try deployment.wish { $0.undrain(node, at: $1) }
        }
        try deployment.wish { $0.resume(at: $1) }
        try deployment.up()
        try deployment.run(for: .seconds(3600)) { $0.isWell && $0.machine.record.evictions.isEmpty }
        let tail = deployment.journal.suffix(25).map(\.event.text).joined(separator: "\n")
        let live = deployment.world.nodes.values.flatMap(\.units).count(where: \.isAlive)
        #expect(deployment.isWell, "an hour after all was well: \(deployment.state), \(live) units live\n\(tail)")
        // What was replaced is not left running anywhere.
        #expect(live == 4, "\(live) units live\n\(tail)")
    }

    private func check(_ deployment: SimulatedDeployment) {
        // No two live units of one identity.
        var seen: Set<String> = []
        var owners: Set<String> = []
        for (name, node) in deployment.world.nodes {
            for unit in node.units where unit.isAlive {
                #expect(seen.insert("\(unit.generation) \(unit.rank)").inserted, "twice: \(unit) on \(name)")
            }
        }
        for (index, replica) in deployment.machine.replicas {
            #expect(deployment.machine.record.replica(index).history.attempts.count <= 50)
            // A node is of one replica, and so is a spare that has become one.
            for unit in replica.plan.units { #expect(owners.insert(unit.node.name).inserted, "\(unit.node.name)") }
        }
    }

    private static func fault(
        _ deployment: inout SimulatedDeployment,
        _ names: [String],
        _ random: inout SeededRandom
    ) throws {
        let replicas = deployment.machine.replicas.count
        let replica = replicas > 1 ? Int.random(in: 0..<replicas, using: &random) : 0
        let rank = NodeRank(Int.random(in: 0..<4 / replicas, using: &random))
        let node = names[Int.random(in: 0..<names.count, using: &random)]
        switch Int.random(in: 0..<16, using: &random) {
        case 0...3: deployment.kill(rank, of: replica, status: [0, 1, 137][Int.random(in: 0..<3, using: &random)])
        case 4...5: deployment.loseWorker(rank, of: replica)
        case 6: deployment.cut(node, for: .seconds(3))
        case 7: deployment.cut(node, for: .seconds(20))
        case 8: deployment.cut(node, for: .seconds(300))
        case 9: deployment.reboot(node)
        case 10...12: try deployment.crash()
        case 13: deployment.isHanging.toggle()
        case 14:
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                try deployment.wish { $0.down(at: $1) }
                try deployment.run(for: .seconds(30))
                try deployment.up()
            case 1: try deployment.wish { $0.pause(at: $1) }
            case 2: try deployment.wish { $0.resume(at: $1) }
            case 3: try deployment.wish { $0.drain(node, at: $1) }
            default: for node in names { try deployment.wish { $0.undrain(node, at: $1) } }
            }
        default:
            try deployment.wish { machine, now in
                (try? machine.restart(replica, rank, scope: .auto, at: now)) ?? []
            }
        }
    }
}
