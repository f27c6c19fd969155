import MusterPlan
import MusterSpec
import MusterSupervision
import Testing

/// When time may be told in longer steps.
@Suite("Calm")
struct CalmTests {
    @Test("a deployment is calm while it serves, or is down, and at no time between")
    func calm() throws {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5)
        #expect(deployment.machine.isCalm)
        try deployment.up()
        #expect(!deployment.machine.isCalm)
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.machine.isCalm)
        deployment.kill(NodeRank(2), status: 1)
        // Whatever follows a failure, there is something to do until the gang serves again.
        try deployment.run(for: .seconds(120)) { !$0.machine.isCalm }
        #expect(!deployment.machine.isCalm && !deployment.isWell)
        try deployment.run(for: .seconds(120)) { $0.isWell }
        #expect(deployment.machine.isCalm)
    }

    @Test("a silent node is waited for in short steps")
    func silent() throws {
        var deployment = try DeploymentMachineRandomTests.deployment(seed: 5)
        try deployment.up()
        try deployment.run(for: .seconds(120)) { $0.isWell }
        var machine = deployment.machine
        let name = try #require(machine.nodes.keys.min())
        _ = machine.on(.node(name, .silent(for: .zero, "no answer")), at: .seconds(1000))
        #expect(!machine.isCalm)
        _ = machine.on(.tick, at: .seconds(2000))
        #expect(machine.isCalm)
    }
}
