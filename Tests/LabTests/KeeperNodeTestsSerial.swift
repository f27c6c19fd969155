import Glibc
import MusterAPI
import Testing

extension LabScenarios {
    /// Nodes that lose their power, their network, their disk or their clock.
    @Suite(.serialized, .lab(hosts: 3), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct KeeperNodeTestsSerial {
        private static let quick = "request_timeout: 4s, generation_interval: 3s, contact_grace: 10s"

        private func keeper(_ lab: Lab, spares: Int = 0) async throws -> Keeper {
            var cluster = ClusterText(hosts: Array(lab.hosts.dropLast(spares)))
            cluster.spares = Array(lab.hosts.suffix(spares))
            cluster.health = Self.quick
            let keeper = try await Keeper(cluster, on: lab)
            try await keeper.bringUp()
            return keeper
        }

        @Test("a node that loses its power is waited for, and its gang is ready again when it is back")
        func power() async throws {
            let lab = try Lab.current
            let keeper = try await keeper(lab)
            let moment = Keeper.now
            let first = try await keeper.survives("power-off and return of a node", within: .seconds(120)) {
                try await lab.tool("power-off", lab[2].name)
                try await eventually("it is lost", within: .seconds(20)) {
                    try await !keeper.events("nodeLost", since: moment).isEmpty
                }
                try await lab.tool("power-on", lab[2].name)
            }
            #expect(first.text.contains("node2"), "\(first.text)")
            let kinds = try await keeper.events().filter { $0.at.milliseconds >= moment }.map(\.kind)
            #expect(kinds.contains("nodeSuspected") && kinds.contains("nodeBack") && kinds.contains("nodeRebooted"))
            try await keeper.expectWholeStory()
        }

        @Test("a spare takes the place of a node that does not come back; what that node still runs is stopped later")
        func spare() async throws {
            let lab = try Lab.current
            let keeper = try await keeper(lab, spares: 1)
            let moment = Keeper.now
            try await keeper.survives("a node cut off for good, with a spare", within: .seconds(90)) {
                try await lab.cut(lab[2])
            }
            let taken = try #require(try await keeper.events("spareTaken", since: moment).first)
            #expect(taken.text.contains("node3 takes the place of node2"), "\(taken.text)")
            // Its launcher never learnt of any of this.
            #expect(lab[2].launchers().count == 1)
            try await lab.heal(lab[2])
            try await eventually("the old units are gone", within: .seconds(40)) { lab[2].launchers().isEmpty }
            try await keeper.state("ready", generation: 2)
            #expect(lab[3].launchers().count == 1)
        }

        @Test("a node that is cut off for a while loses nothing", arguments: [3, 20])
        func blink(seconds: Int) async throws {
            let lab = try Lab.current
            // What the engine makes of it is its own affair; the probes must be more patient than the cut is long.
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.health = "request_timeout: 60s"
            let keeper = try await Keeper(cluster, on: lab)
            try await keeper.bringUp()
            try await keeper.shrugs("a node cut off for \(seconds) s", for: .seconds(seconds + 12)) {
                try await lab.cut(lab[2])
                try await Task.sleep(for: .seconds(seconds))
                try await lab.heal(lab[2])
            }
        }

        @Test(
            "a node cut off for 5 min costs the gang, and nothing else",
            .enabled(if: LabMode.isLong, "SKIPPED, takes 6 minutes: MUSTER_LAB_LONG=1 runs it")
        )
        func longCut() async throws {
            let lab = try Lab.current
            let keeper = try await keeper(lab)
            try await keeper.survives("a node cut off for 5 min", within: .seconds(420)) {
                try await lab.cut(lab[2])
                try await Task.sleep(for: .seconds(300))
                try await lab.heal(lab[2])
            }
        }

        @Test("when the daemon is cut off from all nodes it concludes nothing", arguments: [20])
        func blind(seconds: Int) async throws {
            let lab = try Lab.current
            let keeper = try await keeper(lab)
            let before = lab.hosts.compactMap { $0.launcher()?.pid }
            try await keeper.shrugs("the daemon cut off from all nodes for \(seconds) s", for: .seconds(seconds + 12)) {
                for host in lab.hosts { try await lab.cut(host) }
                try await Task.sleep(for: .seconds(seconds))
                for host in lab.hosts { try await lab.heal(host) }
            }
            #expect(lab.hosts.compactMap { $0.launcher()?.pid } == before, "something was touched")
        }

        @Test("a node whose clock is an hour off is kept like any other")
        func clock() async throws {
            let lab = try Lab.current
            for tool in ["/usr/local/bin/date", "/usr/local/sbin/date"] {
                try lab[2].write("#!/bin/sh\nexec /bin/date -d '1 hour ago' \"$@\"\n", to: tool)
                try await lab.tool("exec", lab[2].name, "/bin/chmod", "755", tool)
            }
            await lab.afterwards {
                for tool in ["/usr/local/bin/date", "/usr/local/sbin/date"] { lab[2].remove(tool) }
            }
            let keeper = try await keeper(lab)
            let first = try await keeper.survives("a worker killed on a node whose clock is an hour off") {
                kill(try #require(lab[2].workers.last).pid, SIGKILL)
            }
            #expect(first.text.contains("node2"), "\(first.text)")
        }

        @Test("a node whose disk is full keeps what runs, and launches again when there is room")
        func diskFull() async throws {
            let lab = try Lab.current
            let (host, place) = (lab[2], "/srv/muster-small")
            // A disk of its own, which is full only once everything runs.
            try await lab.tool(
                "exec",
                host.name,
                "/bin/sh",
                "-c",
                "mkdir -p \(place); mount -t tmpfs -o size=3m small \(place)"
            )
            await lab.afterwards {
                try await lab.tool("exec", host.name, "/bin/sh", "-c", "umount -l \(place)")
                for host in lab.hosts { host.remove(place) }
            }
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.health = Self.quick
            cluster.more = ["state_dir: \(place)"]
            let keeper = try await Keeper(cluster, on: lab)
            try await keeper.bringUp()
            try await lab.tool("exec", host.name, "/bin/sh", "-c", "cat /dev/zero >\(place)/filler 2>/dev/null; true")
            let moment = Keeper.now
            try await keeper.survives("a worker killed on a node whose disk is full", within: .seconds(120)) {
                kill(try #require(host.workers.last).pid, SIGKILL)
                try await eventually("the launch fails for lack of room", within: .seconds(40)) {
                    try await keeper.events("fencing", "unitFailed", since: moment).contains {
                        $0.text.contains("No space left")
                    }
                }
                host.remove("\(place)/filler")
            }
        }

        @Test("two channels per connection are enough")
        func sessions() async throws {
            let lab = try Lab.current
            for host in lab.hosts { try await lab.fault(host, "max-sessions-2") }
            let keeper = try await keeper(lab)
            try await keeper.survives("a worker killed behind MaxSessions 2") {
                kill(try #require(lab[3].workers.last).pid, SIGKILL)
            }
        }

        @Test("a log flood of one rank delays no other unit's news and fills no memory")
        func flood() async throws {
            let lab = try Lab.current
            let keeper = try await keeper(lab)
            let span = LabMode.isLong ? 20 : 6
            let log = lab[1].path("~/.muster/lab/g1/r0/log")
            let flood = Task.detached {
                // 50 MB/s for a while, in lines, as one rank would write them.
                let line = String(repeating: "flood ", count: 20) + "\n"
                let chunk = Array(String(repeating: line, count: 20_000).utf8)
                let descriptor = open(log, O_WRONLY | O_APPEND)
                defer { close(descriptor) }
                let began = ContinuousClock.now
                var written = 0
                while ContinuousClock.now - began < .seconds(span) {
                    written += chunk.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    let due = Duration.milliseconds(written / 50_000) - (ContinuousClock.now - began)
                    if due > .zero { try? await Task.sleep(for: due) }
                }
                return written
            }
            try await Task.sleep(for: .seconds(3))
            let first = try await keeper.survives("a worker killed during a log flood of another unit") {
                kill(try #require(lab[3].workers.last).pid, SIGKILL)
            }
            #expect(first.text.contains("node3"), "\(first.text)")
            #expect(await flood.value > span * 20_000_000, "that was no flood")
            let status = Files.text("/proc/\(keeper.process)/status").split(separator: "\n")
            let peak = status.first { $0.hasPrefix("VmHWM") }?.split(separator: " ").compactMap { Int($0) }.first ?? 0
            #expect(peak < 400_000, "\(peak) kB")
        }
    }
}
