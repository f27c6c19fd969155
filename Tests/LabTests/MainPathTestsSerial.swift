import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 4)) struct MainPathTestsSerial {
        @Test("SGLang 4x8 comes up, a killed worker is seen, a restart makes it whole, down leaves nothing")
        func sglangMainPath() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 8), on: lab)
            try await deployment.bringUp()
            let whole = try await deployment.status()
            #expect(whole.code == 0 && whole.healthy && whole.standing == "running")
            #expect(whole.ranks.map(\.rank) == Array(0..<32))
            #expect(whole.ranks.allSatisfy { $0.state == "healthy" && $0.pid != nil })

            // Rank 17 is on node rank 2.
            let victim = try #require(lab[3].workers.first { $0.title.hasSuffix("TP17") })
            kill(victim.pid, SIGKILL)
            try await eventually("the worker is gone") { !lab[3].workers.contains { $0.pid == victim.pid } }
            let torn = try await deployment.status()
            #expect(torn.code == 1 && !torn.healthy)
            #expect(torn.ranks.filter { $0.state == "gone" }.map(\.rank).contains(17))
            #expect(torn.ranks.filter { $0.nodeRank != 2 }.allSatisfy { $0.state == "alive" })

            let restart = try await deployment.muster("restart", "--rank", "17")
            restart.ends(0, says: "restarting the whole gang", "rendezvous is complete", "ready in")
            let again = try await deployment.status()
            #expect(again.healthy && again.generation == whole.generation.map { $0 + 1 })
            #expect(again.ranks.count == 32)

            let launcher = try #require(lab[2].launcher())
            kill(launcher.pid, SIGKILL)
            try await eventually("status tells of the dead launcher") {
                let status = try await deployment.status()
                return status.code == 1 && status.units[1].exitStatus == 137
            }
            try await deployment.takeDown()
        }

        @Test("vLLM 2x8 comes up, a killed worker is seen although /health says 200, down leaves nothing")
        func vllmMainPath() async throws {
            let lab = try Lab.current
            let cluster = ClusterText(engine: .vllm, hosts: Array(lab.hosts.prefix(2)), gpus: 8)
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            let whole = try await deployment.status()
            #expect(whole.healthy && whole.ranks.count == 16)
            #expect(whole.ranks.allSatisfy { $0.state == "healthy" })

            // The follower's launcher goes, its worker stays for a while, and the head notices nothing.
            let launcher = try #require(lab[2].launcher())
            kill(launcher.pid, SIGKILL)
            try await eventually("status tells of the loss") {
                let status = try await deployment.status()
                return status.code == 1 && !status.healthy && status.standing == "broken"
            }
            #expect(try await health(lab[1]) == "200", "the trap: the head must still say that all is well")

            let restart = try await deployment.muster("restart", "--node", "node2")
            restart.ends(0, says: "ready in")
            let worker = try #require(lab[2].workers.first)
            kill(worker.pid, SIGKILL)
            try await eventually("status tells of the dead worker") {
                let status = try await deployment.status()
                return status.code == 1 && !status.healthy
            }
            try await deployment.takeDown()
        }

        @Test("a second up adopts what runs, and a changed plan replaces it only when told to")
        func adoptAndReplace() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            let first = try await deployment.status()
            let pids = lab.hosts.flatMap(\.processes).filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.map(\.pid)

            let adopting = try await deployment.muster("up")
            adopting.ends(0, says: "adopting it, nothing is started", "ready in")
            let kept = lab.hosts.flatMap(\.processes).filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.map(\.pid)
            #expect(Set(kept) == Set(pids))

            cluster.environment["NCCL_DEBUG"] = "WARN"
            try deployment.rewrite(cluster)
            let asking = try await deployment.muster("up")
            asking.ends(1, says: "with another plan", "+ export NCCL_DEBUG=WARN", "nothing was changed", "--yes")
            let untouched = lab.hosts.flatMap(\.processes).filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.map(\.pid)
            #expect(Set(untouched) == Set(pids))
            #expect(try await deployment.status().standing == "different")

            try await deployment.bringUp("--yes")
            let second = try await deployment.status()
            #expect(second.healthy && second.generation == first.generation.map { $0 + 1 })
            let launcher = try #require(lab[4].launcher())
            #expect(launcher.variable("NCCL_DEBUG") == "WARN")
            try await deployment.takeDown()
            try await deployment.takeDown()
        }

        @Test("one unit restarts alone while the others wait in the rendezvous, and never after it")
        func restartScope() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            // Rank 4 is the first of node rank 2.
            try lab[3].fail("node=2,phase=rendezvous,hang=1")
            let left = try await deployment.muster("up") { up in
                try await up.says("all 4 units started")
                up.signal(SIGINT)
            }
            left.ends(5, says: "left running")
            let waiting = try await deployment.status()
            #expect(waiting.standing == "running" && !waiting.healthy)

            // Whichever has come how far: the world cannot close without this unit.
            let launcher = try #require(lab[3].launcher())
            kill(launcher.pid, SIGKILL)
            try await eventually("the unit is gone") { lab[3].launcher() == nil }
            lab[3].remove("~/.standin-fail")
            let restart = try await deployment.muster("restart", "--rank", "4")
            restart.ends(0, says: "restarts alone", "launching 1 unit", "ready in")
            let whole = try await deployment.status()
            #expect(whole.healthy && whole.generation == waiting.generation)
            for unit in [0, 1, 3] { #expect(whole.units[unit].pid == waiting.units[unit].pid, "node rank \(unit)") }
            #expect(whole.units[2].pid != waiting.units[2].pid)

            let refused = try await deployment.muster("restart", "--rank", "4", "--scope", "rank")
            refused.ends(1, says: "cannot restart alone", "no rank can rejoin", "--scope gang")
            #expect(try await deployment.status().pids == whole.pids)
            try await deployment.takeDown()
        }

        /// The status code of an engine's `/health`, asked from the machine.
        private func health(_ host: LabHost) async throws -> String {
            let curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://\(host.address):8000/health"]
            return try await Program.run(curl, into: "\(Lab.scratch)/curl", deadline: .seconds(20)).out
        }
    }
}
