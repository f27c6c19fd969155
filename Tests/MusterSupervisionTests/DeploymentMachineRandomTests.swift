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

    static func deployment(seed: UInt64, file: String = file) throws -> SimulatedDeployment {
        let checked = CheckedFile(ClusterFile(bytes: Array(file.utf8), name: "sim.yaml"))
        let plan = try #require(checked.plans.first, "\(checked.diagnostics.map(\.message))")
        let spec = try #require(checked.spec)
        let builder = PlanBuilder(spec: spec, engine: engine(for: spec))
        return SimulatedDeployment(plan, builder, seed: seed)
    }

    @Test("keeps its promises over 120,000 steps of faults, and always comes back")
    func invariants() throws {
        var kinds: Set<String> = []
        for seed in 0..<6 {
            let deployment = try run(seed: seed, steps: 20_000)
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

    private func run(seed: Int, steps: Int) throws -> SimulatedDeployment {
        var random = SeededRandom(seed: UInt64(seed) + 71)
        var deployment = try Self.deployment(seed: UInt64(seed))
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
        #expect(readies > 15, "ready \(readies) times")
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
        for (name, node) in deployment.world.nodes {
            for unit in node.units where unit.isAlive {
                #expect(seen.insert("\(unit.generation) \(unit.rank)").inserted, "twice: \(unit) on \(name)")
            }
        }
        let history = deployment.machine.record.replica(0).history
        #expect(history.attempts.count <= 50)
    }

    private static func fault(
        _ deployment: inout SimulatedDeployment,
        _ names: [String],
        _ random: inout SeededRandom
    ) throws {
        let rank = NodeRank(Int.random(in: 0..<4, using: &random))
        let node = names[Int.random(in: 0..<names.count, using: &random)]
        switch Int.random(in: 0..<16, using: &random) {
        case 0...3: deployment.kill(rank, status: [0, 1, 137][Int.random(in: 0..<3, using: &random)])
        case 4...5: deployment.loseWorker(rank)
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
                (try? machine.restart(0, rank, scope: .auto, at: now)) ?? []
            }
        }
    }
}
