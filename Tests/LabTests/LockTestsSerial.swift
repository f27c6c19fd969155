import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct LockTestsSerial {
        @Test("of two up at the same time one wins, and the other says who holds the lock")
        func twoAtOnce() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            async let first = deployment.muster("up")
            async let second = deployment.muster("up")
            let both = [try await first, try await second]
            let winners = both.filter { $0.code == 0 }
            let losers = both.filter { $0.code == 1 }
            // One that comes when the other is done adopts; both have then won.
            #expect(!winners.isEmpty && winners.count + losers.count == 2, "\(both)")
            for loser in losers { loser.ends(1, says: "MUS0523", "another muster", "`muster up`", "pid") }
            #expect(winners.count { !$0.text.contains("adopting") } == 1, "\(both)")
            #expect(try await deployment.status().generation == 1)
            try await deployment.takeDown()
        }

        @Test("down while up works is told who holds the lock, and works afterwards")
        func downDuringUp() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            let up = try await deployment.muster("up") { up in
                try await up.says("connected to")
                let down = try await deployment.muster("down")
                down.ends(1, says: "MUS0523", "pid \(up.pid)", "`muster up`")
                try await deployment.muster("restart").ends(1, says: "MUS0523")
                let status = try await deployment.muster("status")
                #expect(status.code == 1 || status.code == 0)
            }
            up.ends(0, says: "ready in")
            try await deployment.takeDown()
        }

        @Test("the lock of a muster that stands still is broken by the node within 20 s")
        func frozenHolder() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            try lab[2].fail("node=1,phase=rendezvous,hang=1")
            let up = try await deployment.muster("up") { up in
                try await up.says("all 2 units started")
                up.signal(SIGSTOP)
                try await deployment.muster("down").ends(1, says: "MUS0523", "pid \(up.pid)")
                try await eventually("the node breaks the lock", within: .seconds(30), every: .milliseconds(300)) {
                    try await deployment.muster("down").code == 0
                }
                await lab.expectNothingLeft()
                up.signal(SIGCONT)
            }
            // It comes back to a deployment that somebody else took down, and must not touch what is there now.
            #expect(up.code == 1 || up.code == 5, "\(up)")
            await lab.expectNothingLeft()
        }

        @Test("the lock of a muster that was killed is free at once")
        func killedHolder() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            try lab[2].fail("node=1,phase=rendezvous,hang=1")
            try await deployment.muster("up") { up in
                try await up.says("all 2 units started")
                up.signal(SIGKILL)
            }
            lab[2].remove("~/.standin-fail")
            try await eventually("the lock is free", within: .seconds(20), every: .milliseconds(200)) {
                try await deployment.muster("up", "--yes").code == 0
            }
            try await deployment.takeDown()
        }
    }
}
