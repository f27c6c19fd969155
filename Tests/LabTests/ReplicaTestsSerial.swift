import Foundation
import Glibc
import MusterAPI
import MusterClient
import Testing

extension LabScenarios {
    /// Two gangs of two hosts each behind one deployment, and one host that stands by for both.
    @Suite(.serialized, .lab(hosts: 5)) struct ReplicaTestsSerial {
        private func cluster(_ lab: Lab) -> ClusterText {
            var cluster = ClusterText(hosts: Array(lab.hosts.dropLast()))
            cluster.replicas = 2
            cluster.spares = lab.hosts.suffix(1)
            cluster.health = "request_timeout: 4s, generation_interval: 3s, contact_grace: 10s"
            return cluster
        }

        /// Every process of a deployment's units on some hosts.
        private func processes(_ hosts: LabHost...) -> [[pid_t]] {
            hosts.map { host in host.processes.filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.map(\.pid).sorted() }
        }

        @Test("under a daemon one replica fails, is launched anew and moves to a spare, and the other is not touched")
        func kept() async throws {
            let lab = try Lab.current
            // Without a daemon both are brought up as generation 1, which the daemon has to tell apart.
            try await Deployment(cluster(lab), on: lab).bringUp()
            let other = processes(lab[1], lab[2])
            #expect(other.allSatisfy { !$0.isEmpty })
            let keeper = try await Keeper(cluster(lab), on: lab)
            try await keeper.bringUp()
            #expect(try await keeper.events().count { $0.kind == "adopted" } == 2)
            #expect(processes(lab[1], lab[2]) == other)

            let moment = Keeper.now
            let first = try await keeper.survives("kill -9 of a worker of one replica of two") {
                kill(try #require(lab[4].workers.last).pid, SIGKILL)
            }
            #expect(first.text.hasPrefix("replica 1: first cause: ") && first.text.contains("node4"), "\(first.text)")
            #expect(processes(lab[1], lab[2]) == other)
            try await keeper.survives("kill -9 of the launcher of one replica of two") {
                kill(try #require(lab[3].launcher()).pid, SIGKILL)
            }
            #expect(processes(lab[1], lab[2]) == other)
            if LabMode.hasNamespaces {
                try await keeper.survives("a node of one replica of two cut off for good, with a spare") {
                    try await lab.cut(lab[4])
                }
                #expect(processes(lab[1], lab[2]) == other)
                #expect(lab[5].launchers().count == 1)
                try await lab.heal(lab[4])
                try await eventually("the old units are gone", within: .seconds(40)) { lab[4].launchers().isEmpty }
            }
            let told = try await keeper.events().filter { $0.at.milliseconds >= moment }
            #expect(told.filter { $0.text.hasPrefix("replica 0: ") }.isEmpty)
            let summary = try await keeper.detail()
            #expect(summary.replicas.ready == 2 && summary.replicas.total == 2)

            // What a person asks for one is about that one, too.
            let before = try await keeper.detail().generation
            _ = try await keeper.ask { try await $0.restart("lab", RestartRequest(replica: 1)) }
            try await keeper.state("ready", generation: before + 1)
            #expect(processes(lab[1], lab[2]) == other)
            await #expect(throws: (any Error).self) {
                try await keeper.ask { try await $0.restart("lab", RestartRequest()) }
            }
            try await keeper.down()
            await lab.expectNothingLeft()
        }

        @Test("without a daemon one replica fails on its way up, is named, and the other is left running")
        func partial() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(cluster(lab), on: lab)
            try lab[4].fail("node=1,phase=weights,exit=7")
            let up = try await deployment.muster("up")
            up.ends(
                5,
                says: "error[MUS0601]: replica 1: first cause: node rank 1 on node4 exited with status 7",
                "1 of 2 replicas of lab are ready, not replica 1",
                "ready in",
                "lab replica 0 generation 1, 4 of 4 ranks"
            )
            #expect(lab[1].launchers().count == 1 && lab[3].launchers().isEmpty)
            let running = processes(lab[1], lab[2])
            try await deployment.muster("status").ends(1, says: "serving 1/2 replicas", "\nreplica 1  not running")

            lab[4].remove("~/.standin-fail")
            let again = try await deployment.muster("up", "--format", "json")
            again.ends(0, says: "replica 0: already running as generation 1", "replica 1: launching 2 units")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(again.out.utf8)) as? [String: Any]
            )
            let replicas = try #require(document["replicas"] as? [[String: Any]])
            #expect(document["state"] as? String == "ready")
            #expect(replicas.map { $0["adopted"] as? Bool } == [true, false])
            #expect(processes(lab[1], lab[2]) == running)
            try await deployment.muster("status").ends(0, says: "serving 2/2 replicas")

            try await deployment.muster("logs", "-n", "2").ends(0, says: "0/r0 |", "0/r1 |", "1/r0 |", "1/r1 |")
            try await deployment.muster("logs", "--replica", "1", "-n", "2").ends(0, says: "1/r0 |", "1/r1 |")
            try await deployment.muster("exec", "--replica", "1", "--", "hostname").ends(0, says: "node3", "node4")
            try await deployment.muster("restart", "--rank", "0").ends(2, says: "add --replica with one of 0 to 1")
            try await deployment.muster("restart", "--replica", "1").ends(0, says: "lab replica 1 generation 3")
            #expect(processes(lab[1], lab[2]) == running)
            try await deployment.takeDown()
        }
    }
}
