import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct OrphanTestsSerial {
        @Test(
            "a unit whose waiter was killed is shown as such and is gone after down",
            arguments: ClusterText.Engine.all
        )
        func orphan(_ engine: ClusterText.Engine) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(engine: engine, hosts: lab.hosts), on: lab)
            try await deployment.bringUp()
            let waiter = try #require(lab[2].waiter())
            kill(waiter.pid, SIGKILL)
            try await eventually("the waiter is gone") { lab[2].waiter() == nil }
            let status = try await deployment.status()
            #expect(status.code == 1 && status.units[1].state == "orphaned" && status.standing == "broken")
            try await deployment.muster("status").ends(1, says: "running without a waiter")
            try await deployment.takeDown()
        }

        @Test("a unit whose waiter and launcher were killed together leaves nothing after down")
        func lost() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(engine: .vllm, hosts: lab.hosts), on: lab)
            try await deployment.bringUp()
            let (waiter, launcher) = (try #require(lab[1].waiter()), try #require(lab[1].launcher()))
            kill(waiter.pid, SIGKILL)
            kill(launcher.pid, SIGKILL)
            #expect(try await deployment.status().code == 1)
            try await deployment.takeDown()
        }

        @Test(
            "a double-forked grandchild in a session of its own is gone after down",
            arguments: ClusterText.Engine.all
        )
        func grandchild(_ engine: ClusterText.Engine) async throws {
            let lab = try Lab.current
            var cluster = ClusterText(engine: engine, hosts: lab.hosts)
            cluster.environment["STANDIN_GRANDCHILD"] = "1"
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            let waiter = try #require(lab[2].waiter())
            let strays = lab[2].processes.filter {
                $0.variable("MUSTER_RUN_TOKEN") != nil && $0.session != waiter.session
            }
            #expect(strays.count >= 2, "the stand-in left no grandchildren")
            try await deployment.takeDown()
        }
    }
}
