import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

/// One fault at a time, and what must come of it.
@Suite("DeploymentMachine")
struct DeploymentMachineTests {
    private static func ready(_ file: String = DeploymentMachineRandomTests.file) throws -> SimulatedDeployment {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5, file: file)
        try deployment.up()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        try #require(deployment.isWell)
        return deployment
    }

    /// The kinds of what was recorded since.
    private static func kinds(_ deployment: SimulatedDeployment, since count: Int) -> [String] {
        deployment.journal.dropFirst(count).map { String("\($0.event)".prefix { $0 != "(" }) }
    }

    @Test("up writes the intent before it launches, and tells the story in order")
    func up() throws {
        let deployment = try Self.ready()
        let kinds = Self.kinds(deployment, since: 0)
        #expect(kinds.first == "upWanted")
        let launching = try #require(kinds.firstIndex(of: "launching"))
        let started = try #require(kinds.firstIndex(of: "unitStarted"))
        #expect(launching < started)
        #expect(kinds.count { $0 == "unitStarted" } == 4)
        #expect(kinds.last == "ready")
        #expect(deployment.machine.record.replica(0).learned.count > 3)
    }

    @Test("a unit that ends takes its whole gang along, whatever its status", arguments: [0, 1, 137])
    func gangRestart(status: Int) throws {
        var deployment = try Self.ready()
        let before = deployment.journal.count
        deployment.kill(NodeRank(2), status: status)
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.journal.count > before + 5 }
        let kinds = Self.kinds(deployment, since: before)
        #expect(Array(kinds.prefix(4)) == ["fencing", "fenced", "restartPlanned", "launching"])
        #expect(deployment.state == .ready(generation: 2))
        #expect(deployment.world.launches == 8)
    }

    @Test("before the rendezvous a unit starts over alone")
    func rankRestart() throws {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5)
        try deployment.up()
        try deployment.run(for: .seconds(30)) { $0.journal.count { "\($0.event)".hasPrefix("unitStarted") } == 4 }
        deployment.kill(NodeRank(3), status: 1)
        try deployment.run(for: .seconds(120)) { $0.isWell }
        let kinds = Self.kinds(deployment, since: 0)
        #expect(kinds.contains("relaunching") && !kinds.contains("fencing"))
        #expect(deployment.state == .ready(generation: 1))
        #expect(deployment.world.launches == 5)
    }

    @Test("a node that is silent for 3 s changes nothing")
    func blink() throws {
        var deployment = try Self.ready()
        let before = deployment.journal.count
        deployment.cut("10.0.0.2", for: .seconds(3))
        try deployment.run(for: .seconds(60))
        #expect(deployment.journal.count == before)
    }

    @Test("when every node falls silent it is this side that is cut off, and nothing is touched")
    func cutOff() throws {
        var deployment = try Self.ready()
        for node in deployment.world.nodes.keys.sorted() { deployment.cut(node, for: .seconds(600)) }
        try deployment.run(for: .seconds(900))
        #expect(deployment.state == .ready(generation: 1))
        #expect(deployment.isWell)
        #expect(deployment.world.launches == 4)
    }

    @Test("a lost node is replaced by a spare, and cleared when it answers again")
    func spare() throws {
        var deployment = try Self.ready()
        deployment.cut("10.0.0.3", for: .seconds(900))
        try deployment.run(for: .seconds(600)) { $0.isWell && $0.state == .ready(generation: 2) }
        #expect(deployment.machine.record.replica(0).substitutes == ["10.0.0.3": "10.0.0.9"])
        #expect(deployment.machine.record.evictions == ["10.0.0.3": 1])
        try deployment.run(for: .seconds(900)) { $0.machine.record.evictions.isEmpty }
        #expect(deployment.world.nodes["10.0.0.3"]?.units.contains(where: \.isAlive) == false)
        #expect(deployment.isWell)
    }

    @Test("without a spare a lost node is waited for, and never given up for dead")
    func noSpare() throws {
        let file = DeploymentMachineRandomTests.file.replacing("spares: [10.0.0.9]", with: "")
        var deployment = try Self.ready(file)
        deployment.cut("10.0.0.3", for: .seconds(900))
        try deployment.run(for: .seconds(600))
        #expect(deployment.machine.record.replica(0).word == "fencing")
        try deployment.run(for: .seconds(900)) { $0.isWell }
        #expect(deployment.state == .ready(generation: 2))
    }

    @Test("a gang that hangs with every process alive is found by what it does not generate")
    func hang() throws {
        var deployment = try Self.ready()
        deployment.isHanging = true
        try deployment.run(for: .seconds(300)) { $0.machine.record.replica(0).word != "ready" }
        deployment.isHanging = false
        let cause = try #require(deployment.machine.record.replica(0).cause)
        #expect(cause.code == "MUS0608")
        try deployment.run(for: .seconds(300)) { $0.isWell }
        #expect(deployment.state == .ready(generation: 2))
    }

    @Test("the same first cause three times without progress ends in a stated failure that a crash does not forget")
    func givesUp() throws {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5)
        try deployment.up()
        try deployment.run(for: .seconds(3600)) { simulation in
            if simulation.isFailed { return true }
            return false
        } each: {
            if $0.machine.record.replica(0).word == "starting" { $0.kill(NodeRank(0), status: 1) }
        }
        #expect(deployment.isFailed)
        try deployment.crash()
        try deployment.run(for: .seconds(600))
        #expect(deployment.isFailed)
        #expect(deployment.world.launches <= 16)
        // A person who asks again gets a fresh start.
        try deployment.up()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.isWell)
    }

    @Test("a crash of the daemon touches nothing that runs")
    func crash() throws {
        var deployment = try Self.ready()
        for _ in 0..<20 {
            try deployment.crash()
            try deployment.run(for: .seconds(3))
        }
        #expect(deployment.world.launches == 4)
        #expect(deployment.isWell)
    }

    @Test("what was taken down by hand while no daemon ran stays down, also over another crash")
    func takenDownByHand() throws {
        var deployment = try Self.ready()
        let before = deployment.journal.count
        try deployment.stopByHand((0..<4).map(NodeRank.init))
        try deployment.crash()
        try deployment.run(for: .seconds(120))
        #expect(Self.kinds(deployment, since: before) == ["foundStopped", "stopped"])
        try deployment.crash()
        try deployment.run(for: .seconds(120))
        #expect(deployment.state == .down)
        #expect(deployment.world.launches == 4)
        try deployment.up()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.state == .ready(generation: 2))
    }

    @Test("a unit that was stopped by hand alone, or died with all others, is a failure", arguments: [[1], []])
    func diedMeanwhile(stopped: [Int]) throws {
        var deployment = try Self.ready()
        try deployment.stopByHand(stopped.map(NodeRank.init))
        if stopped.isEmpty {
            for rank in 0..<4 { _ = deployment.world.kill(NodeRank(rank), on: "10.0.0.\(rank + 1)", status: 143) }
        }
        try deployment.crash()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.state == .ready(generation: 2))
        #expect(deployment.isWell)
    }

    @Test("while paused nothing is concluded; resumed, everything is looked at")
    func pause() throws {
        var deployment = try Self.ready()
        try deployment.wish { $0.pause(at: $1) }
        deployment.kill(NodeRank(1), status: 1)
        try deployment.run(for: .seconds(600))
        #expect(deployment.world.launches == 4)
        try deployment.wish { $0.resume(at: $1) }
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.state == .ready(generation: 2))
    }

    @Test("a drained node gives its place to a spare, and gets it back by no means")
    func drained() throws {
        var deployment = try Self.ready()
        try deployment.wish { $0.drain("10.0.0.1", at: $1) }
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.state == .ready(generation: 2) }
        let plan = try #require(deployment.machine.replicas[0]?.plan)
        #expect(plan.units.map(\.node.name) == ["10.0.0.9", "10.0.0.2", "10.0.0.3", "10.0.0.4"])
        #expect(plan.master?.text == "10.0.0.9")
        #expect(deployment.machine.record.replica(0).restarts == 0)
    }

    @Test("a substitution that the file no longer allows keeps no other spare from standing in")
    func staleSubstitution() throws {
        let file = DeploymentMachineRandomTests.file.replacing("[10.0.0.9]", with: "[10.0.0.9, 10.0.0.10]")
        var deployment = try Self.ready(file)
        try deployment.wish { $0.drain("10.0.0.1", at: $1) }
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.state == .ready(generation: 2) }
        try deployment.wish { $0.undrain("10.0.0.1", at: $1) }
        try deployment.up(keeping: "10.0.0.1")
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.state == .ready(generation: 3) }
        try deployment.wish { $0.drain("10.0.0.2", at: $1) }
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.state == .ready(generation: 4) }
        let plan = try #require(deployment.machine.replicas[0]?.plan)
        #expect(plan.units.map(\.node.name) == ["10.0.0.1", "10.0.0.9", "10.0.0.3", "10.0.0.4"])
    }

    @Test("down ends in an observation, and stays down over a crash")
    func down() throws {
        var deployment = try Self.ready()
        try deployment.wish { $0.down(at: $1) }
        try deployment.run(for: .seconds(60)) { $0.state == .down }
        #expect(Self.kinds(deployment, since: 0).suffix(3) == ["fencing", "fenced", "stopped"])
        try deployment.crash()
        try deployment.run(for: .seconds(60))
        #expect(deployment.state == .down)
        #expect(deployment.world.launches == 4)
    }

    @Test("another plan is refused while one runs, unless it may replace it")
    func anotherPlan() throws {
        var deployment = try Self.ready()
        let other = DeploymentMachineRandomTests.file.replacing("/models/x", with: "/models/y")
        let checked = CheckedFile(ClusterFile(bytes: Array(other.utf8), name: "sim.yaml"))
        let plan = try #require(checked.plans.first)
        let file = FileReference(hash: "g", path: "sim.yaml")
        #expect(throws: DeploymentMachine.Refusal.self) {
            _ = try deployment.machine.up(
                [plan],
                file: file,
                replan: { _, _ in nil },
                replace: false,
                at: deployment.now
            )
        }
        try deployment.wish { machine, now in
            (try? machine.up([plan], file: file, replan: { _, _ in nil }, replace: true, at: now)) ?? []
        }
        try deployment.run(for: .seconds(120)) { $0.isWell && $0.state == .ready(generation: 2) }
        #expect(deployment.machine.replicas[0]?.plan.model == "/models/y")
    }
}
