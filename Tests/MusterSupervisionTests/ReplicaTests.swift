import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

/// Several gangs behind one deployment: what happens to one, and what must not happen to the other.
@Suite("DeploymentMachine, with several replicas")
struct ReplicaTests {
    static let file = """
        name: sim
        engine: {kind: sglang, version: 0.5.9}
        model: /models/x
        tcp_iface: eth1
        replicas: 2
        tp_size: 2
        gpus_per_node: 1
        nodes: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]
        spares: [10.0.0.9]
        restart: {max_attempts: 50, window: 1h}
        """

    private static func ready(_ file: String = file, nodes: [String] = []) throws -> SimulatedDeployment {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5, file: file, nodes: nodes)
        try deployment.up()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        try #require(deployment.isWell)
        return deployment
    }

    private static func builders(_ text: String) throws -> [PlanBuilder] {
        let checked = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "sim.yaml"))
        try #require(!checked.plans.isEmpty, "\(checked.diagnostics.map(\.message))")
        return PlanBuilder.replicas(of: try #require(checked.spec))
    }

    /// Another file under the same name.
    private static func up(_ deployment: inout SimulatedDeployment, _ text: String, replace: Bool = true) throws {
        let builders = try builders(text)
        let file = FileReference(hash: "g", path: "sim.yaml")
        try deployment.attempt { machine, now throws(DeploymentMachine.Refusal) in
            try machine.up(
                builders.map { $0.build() },
                file: file,
                replan: SimulatedDeployment.replan(builders),
                replace: replace,
                at: now
            )
        }
    }

    /// What lives on a node, as `generation:node rank`.
    private static func live(_ deployment: SimulatedDeployment, _ node: String) -> [String] {
        deployment.world.nodes[node]?.units.filter(\.isAlive).map { "\($0.generation):\($0.rank)" } ?? []
    }

    private static func generation(_ deployment: SimulatedDeployment, _ replica: Int) -> Int? {
        deployment.machine.record.replica(replica).generation
    }

    @Test("a replica that fails starts over, and the other keeps its generation and its units")
    func apart() throws {
        var deployment = try Self.ready()
        let (first, second) = (Self.generation(deployment, 0), Self.generation(deployment, 1))
        #expect(Set([first, second]) == [1, 2])
        let before = Self.live(deployment, "10.0.0.1") + Self.live(deployment, "10.0.0.2")
        let count = deployment.journal.count
        deployment.kill(NodeRank(1), of: 1, status: 137)
        try deployment.run(for: .seconds(120)) { $0.isWell && Self.generation($0, 1) == 3 }
        #expect(Self.generation(deployment, 0) == first)
        #expect(Self.live(deployment, "10.0.0.1") + Self.live(deployment, "10.0.0.2") == before)
        #expect(deployment.journal.dropFirst(count).allSatisfy { $0.event.replica == 1 })
        #expect(deployment.world.launches == 6)
    }

    @Test("one that is given up leaves the other ready")
    func givenUp() throws {
        var deployment = try Self.ready()
        try deployment.run(for: .seconds(3600)) { simulation in
            simulation.isFailed
        } each: {
            if $0.machine.record.replica(1).word != "fencing" { $0.kill(NodeRank(0), of: 1, status: 1) }
        }
        #expect(deployment.machine.record.replica(1).word == "failed")
        #expect(deployment.isWell(0))
    }

    @Test("of two replicas that lose a node each, one gets the only spare and the other waits for its node")
    func spare() throws {
        var deployment = try Self.ready()
        deployment.cut("10.0.0.2", for: .seconds(900))
        deployment.cut("10.0.0.4", for: .seconds(900))
        try deployment.run(for: .seconds(600))
        let taken = deployment.machine.record.replicas.mapValues(\.substitutes).filter { !$0.value.isEmpty }
        #expect(taken.count == 1, "\(taken)")
        let (lucky, other) = taken[0] != nil ? (0, 1) : (1, 0)
        #expect(deployment.isWell(lucky) && !deployment.isWell(other))
        try deployment.run(for: .seconds(900)) { $0.isWell }
        #expect(deployment.isWell)
        #expect(deployment.machine.record.replica(other).substitutes.isEmpty)
        #expect(deployment.world.doubles == 0)
        // What is known for good says the same.
        try deployment.crash()
        try deployment.run(for: .seconds(60)) { $0.isWell }
        #expect(deployment.isWell)
    }

    @Test("a replica that is added starts beside what runs, and one that is taken away is stopped")
    func scaled() throws {
        let single = Self.file.replacing("replicas: 2\n", with: "")
            .replacing("10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4", with: "10.0.0.1, 10.0.0.2")
        var deployment = try Self.ready(single, nodes: ["10.0.0.3", "10.0.0.4"])
        let before = Self.live(deployment, "10.0.0.1")
        try Self.up(&deployment, Self.file, replace: false)
        try deployment.run(for: .seconds(120)) { $0.machine.replicas.count == 2 && $0.isWell }
        #expect(deployment.isWell && deployment.machine.replicas[0]?.plan.title == "sim replica 0")
        #expect(Self.live(deployment, "10.0.0.1") == before)

        #expect(throws: DeploymentMachine.Refusal.self) { try Self.up(&deployment, single, replace: false) }
        try Self.up(&deployment, single)
        try deployment.run(for: .seconds(120)) { $0.machine.replicas.count == 1 }
        #expect(deployment.isWell && deployment.machine.replicas.count == 1)
        #expect(Self.live(deployment, "10.0.0.3").isEmpty && Self.live(deployment, "10.0.0.4").isEmpty)
        #expect(Self.live(deployment, "10.0.0.1") == before)
        #expect(deployment.machine.record.replica(1).state == .down)
    }

    @Test("a node that goes from one replica to another is empty before it is used again")
    func moved() throws {
        let turned = Self.file.replacing(
            "10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4",
            with: "10.0.0.3, 10.0.0.1, 10.0.0.2, 10.0.0.4"
        )
        let merged = Self.file.replacing("replicas: 2\ntp_size: 2", with: "tp_size: 4")
        var deployment = try Self.ready()
        for file in [turned, Self.file, merged, turned, Self.file] {
            try Self.up(&deployment, file)
            let count = file == merged ? 1 : 2
            try deployment.run(for: .seconds(300)) { $0.machine.replicas.count == count && $0.isWell }
            #expect(deployment.isWell && deployment.machine.replicas.count == count)
            #expect(deployment.world.nodes.values.flatMap(\.units).count(where: \.isAlive) == 4)
        }
        #expect(deployment.world.doubles == 0)
    }

    @Test("a spare that a running deployment is given is used without a restart")
    func givenSpare() throws {
        let without = Self.file.replacing("spares: [10.0.0.9]\n", with: "")
        var deployment = try Self.ready(without, nodes: ["10.0.0.9"])
        let launches = deployment.world.launches
        try Self.up(&deployment, Self.file, replace: false)
        try deployment.run(for: .seconds(10))
        #expect(deployment.world.launches == launches && deployment.isWell)
        deployment.cut("10.0.0.3", for: .seconds(900))
        try deployment.run(for: .seconds(600)) { Self.generation($0, 1) == 3 && $0.isWell }
        #expect(deployment.machine.record.replica(1).substitutes == ["10.0.0.3": "10.0.0.9"])
    }

    @Test("a wish for one replica is about that one, and down is about all")
    func wishes() throws {
        var deployment = try Self.ready()
        let first = Self.generation(deployment, 0)
        try deployment.attempt { machine, now throws(DeploymentMachine.Refusal) in
            try machine.restart(1, nil, scope: .auto, at: now)
        }
        try deployment.run(for: .seconds(120)) { $0.isWell && Self.generation($0, 1) == 3 }
        #expect(Self.generation(deployment, 0) == first)
        try deployment.wish { $0.down(at: $1) }
        try deployment.run(for: .seconds(60)) { $0.machine.isAtRest }
        #expect(deployment.world.nodes.values.flatMap(\.units).allSatisfy { !$0.isAlive })
    }

    @Test("a replica found stopped by hand waits for the others, and a wish that comes meanwhile is what counts")
    func stoppedByHand() throws {
        var deployment = try Self.ready()
        try deployment.stopByHand([NodeRank(0), NodeRank(1)])
        deployment.cut("10.0.0.3", for: .seconds(8))
        let before = deployment.journal.count
        try deployment.crash()
        try deployment.run(for: .seconds(4))
        // The node that is cut may hide anything, so nothing is concluded of either.
        #expect(!deployment.journal.dropFirst(before).contains { "\($0.event)".hasPrefix("launching") })
        try deployment.wish { $0.down(at: $1) }
        try deployment.run(for: .seconds(120)) { $0.machine.isAtRest }
        #expect(deployment.machine.isAtRest)
        let kinds = deployment.journal.dropFirst(before).map { String("\($0.event)".prefix { $0 != "(" }) }
        #expect(!kinds.contains("foundStopped"))
        #expect(kinds.count { $0 == "stopped" } == 2, "\(kinds)")
    }

    @Test("a replica that alone was stopped by hand is launched again, and the other stays as it is")
    func oneStoppedByHand() throws {
        var deployment = try Self.ready()
        let other = try #require(Self.generation(deployment, 1))
        try deployment.stopByHand([NodeRank(0), NodeRank(1)])
        try deployment.crash()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.isWell)
        #expect(Self.generation(deployment, 1) == other)
    }

    @Test("an event names its replica only among several")
    func text() {
        let event = DeploymentEvent.launching(replica: 1, generation: 3, plan: "p", reason: "asked for")
        #expect(event.text(among: 2) == "replica 1: launching generation 3: asked for")
        #expect(event.text(among: 1) == event.text)
        #expect(DeploymentEvent.downWanted.text(among: 2) == "down asked for")
    }
}
