import Glibc
import MusterAPI
import MusterClient
import MusterTesting
import Testing

extension LabScenarios {
    /// The daemon itself is killed, starved and besieged.
    @Suite(.serialized, .lab(hosts: 2)) struct KeeperCrashTestsSerial {
        @Test("killed with -9 and started again, it takes over what runs and touches nothing")
        func adoption() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            let before = lab.hosts.compactMap { $0.launcher()?.pid }
            for _ in 0..<5 {
                keeper.crash()
                let moment = Keeper.now
                try await keeper.start()
                try await eventually("it is taken over", every: .milliseconds(10)) {
                    try await !keeper.events("adopted", since: moment).isEmpty
                }
                let adopted = try #require(try await keeper.events("adopted", since: moment).first)
                FaultLedger.shared.crash()
                FaultLedger.shared.adopt(after: adopted.at.milliseconds - moment)
            }
            #expect(lab.hosts.compactMap { $0.launcher()?.pid } == before)
            try await keeper.expectWholeStory()
        }

        @Test("what died while nobody looked is found at the next start")
        func diedMeanwhile() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            try await keeper.survives("a launcher killed while the daemon was dead") {
                keeper.crash()
                kill(try #require(lab[2].launcher()).pid, SIGKILL)
                try await keeper.start()
            }
        }

        @Test("what was taken down by hand while the daemon was dead stays down")
        func takenDownMeanwhile() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            let deployment = try Deployment(keeper.cluster, on: lab, environment: ["MUSTERD_SOCKET": keeper.socket])
            try await keeper.bringUp()
            keeper.crash()
            try await deployment.muster("down", "--foreground").ends(0, says: "is down")
            let moment = Keeper.now
            try await keeper.start()
            try await keeper.state("down")
            #expect(try await keeper.events("foundStopped", since: moment).count == 1)
            #expect(try await keeper.events("launching", since: moment).isEmpty)
            try await keeper.bringUp()
        }

        @Test("kill -9 at random moments of up, restart and down leaves no double, no orphan and no gap")
        func moments() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            let wanted = LabMode.isLong ? 200 : 24
            var crashes = 0
            while crashes < wanted {
                FaultLedger.shared.cycle()
                for wish in ["up", "restart", "down"] {
                    try await self.wish(wish, keeper)
                    // Up to four crashes on the way to what was wished, then time to get there.
                    for _ in 0..<Int.random(in: 1...3) where crashes < wanted {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...900)))
                        keeper.crash()
                        crashes += 1
                        FaultLedger.shared.crash()
                        keeper.expectNoDouble()
                        try await keeper.start()
                    }
                    try await keeper.state(wish == "down" ? "down" : "ready", within: .seconds(90))
                    keeper.expectNoDouble()
                    if wish == "down" {
                        let left = lab.leftovers.filter { !$0.contains("/bin/node-") }
                        FaultLedger.shared.orphan(left.count)
                        #expect(left.isEmpty, "after down: \(left)")
                    }
                }
            }
            try await keeper.expectWholeStory()
        }

        private func wish(_ wish: String, _ keeper: Keeper) async throws {
            switch wish {
            case "up": try await keeper.up()
            case "restart":
                _ = try await keeper.ask { try await $0.restart(keeper.cluster.name, RestartRequest(scope: .gang)) }
            default: _ = try await keeper.ask { try await $0.down(keeper.cluster.name) }
            }
        }

        @Test(
            "with no room for its database it does nothing new, loses nothing, and goes on when there is room",
            .enabled(if: getuid() == 0, "SKIPPED, not tested: a file system of its own needs root")
        )
        func diskFull() async throws {
            let lab = try Lab.current
            let directory = "\(Lab.scratch)/small"
            try await Self.run(["mkdir", "-p", directory])
            try await Self.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", directory])
            await lab.afterwards { try await Self.run(["umount", "-l", directory]) }
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab, in: directory)
            try await keeper.bringUp()
            try await Self.run(["sh", "-c", "cat /dev/zero >\(directory)/filler 2>/dev/null; true"])
            try await keeper.survives("a worker killed while the database's disk is full") {
                kill(try #require(lab[2].workers.last).pid, SIGKILL)
                try await eventually("it says that it is in trouble", within: .seconds(20)) {
                    try await keeper.ask { try await $0.health() }.status == "degraded"
                }
                unlink("\(directory)/filler")
            }
            #expect(try await keeper.ask { try await $0.health() }.status == "ok")
            try await keeper.expectWholeStory()
        }

        @Test("a thousand open event streams and a client that reads nothing delay no supervision")
        func streams() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            // Far more than the buffers between hold is owed to it.
            let stalled = try RawConnection(keeper.socket)
            for _ in 0..<100 { try stalled.send(RawConnection.request("/v1/openapi.json")) }
            try await keeper.ask { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<1000 {
                        group.addTask {
                            for try await _ in client.follow(after: 0, of: "lab") {}
                        }
                    }
                    try await eventually("all streams are open", within: .seconds(60)) {
                        try await client.metrics().contains("muster_http_open_streams 1000")
                    }
                    let first = try await keeper.survives("a worker killed beside 1,000 event streams") {
                        kill(try #require(lab[2].workers.last).pid, SIGKILL)
                    }
                    #expect(first.text.contains("node2"))
                    #expect(try stalled.available()?.isEmpty == false, "the stalled client was sent away")
                    group.cancelAll()
                    // What is cancelled says so, and that is all it says.
                    while let result = await group.nextResult() { _ = result }
                }
            }
        }

        private static func run(_ words: [String]) async throws {
            let finished = try await Program.run(
                words,
                into: "\(Lab.scratch)/\(words[0])-\(UInt16.random(in: 0...UInt16.max))",
                deadline: .seconds(30)
            )
            guard finished.code == 0 else { throw LabFailure("\(finished)") }
        }
    }
}
