import Glibc
import MusterAPI
import Testing

extension LabScenarios {
    /// What a person would be woken by at night.
    @Suite(.serialized, .lab(hosts: 3)) struct KeeperFaultTestsSerial {
        /// A process of a unit that is killed.
        enum Victim: String, CaseIterable, CustomTestStringConvertible {
            case worker, headWorker = "worker of node rank 0", launcher, waiter, unit = "waiter and launcher together"

            var testDescription: String { rawValue }
        }

        @Test("a unit that loses a process is noticed at once, and its gang is ready again", arguments: Victim.allCases)
        func killed(_ victim: Victim) async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            for _ in 0..<3 {
                try await keeper.survives("kill -9 of a \(victim.rawValue)") {
                    switch victim {
                    case .worker: kill(try #require(lab[2].workers.last).pid, SIGKILL)
                    case .headWorker: kill(try #require(lab[1].workers.last).pid, SIGKILL)
                    case .launcher: kill(try #require(lab[3].launcher()).pid, SIGKILL)
                    case .waiter: kill(try #require(lab[3].waiter()).pid, SIGKILL)
                    case .unit:
                        let (waiter, launcher) = (try #require(lab[2].waiter()), try #require(lab[2].launcher()))
                        kill(waiter.pid, SIGKILL)
                        kill(launcher.pid, SIGKILL)
                    }
                }
            }
            try await keeper.expectWholeStory()
            try await keeper.down()
        }

        @Test("an exit with status 0 is a failure", arguments: ClusterText.Engine.all)
        func exitsWithZero(_ engine: ClusterText.Engine) async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(engine: engine, hosts: [lab[1], lab[2]]), on: lab)
            try await keeper.bringUp()
            let first = try await keeper.survives("a \(engine.rawValue) launcher that exits by itself") {
                kill(try #require(lab[1].launcher()).pid, engine == .vllm ? SIGTERM : SIGQUIT)
            }
            #expect(first.text.contains("node rank 0"))
        }

        @Test("losing the watch channel, or sshd itself, is no loss of a unit")
        func channels() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            try await keeper.shrugs("kill -9 of the watch channel", for: .seconds(4)) {
                for watcher in lab[2].watchers { kill(watcher.pid, SIGKILL) }
            }
            guard LabMode.hasNamespaces else { return }
            try await keeper.shrugs("kill -9 of the node's sshd, back after 3 s", for: .seconds(6)) {
                for process in lab[3].processes where process.title.contains("sshd") { kill(process.pid, SIGKILL) }
                try await Task.sleep(for: .seconds(3))
                try await lab.tool("exec", lab[3].name, "/usr/sbin/sshd", "-f", "/etc/ssh/muster-lab/sshd_config")
            }
        }

        @Test("a worker that is there and computes nothing is found by what it does not generate")
        func hang() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.health = "request_timeout: 3s, generation_interval: 2s, probe_interval: 2s"
            let keeper = try await Keeper(cluster, on: lab)
            try await keeper.bringUp()
            let first = try await keeper.survives("a worker that hangs") {
                kill(try #require(lab[2].workers.last).pid, SIGSTOP)
            }
            #expect(first.text.contains("generates nothing"), "\(first.text)")
        }

        @Test("a grandchild that has left the session is gone before the next launch")
        func grandchild() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.environment["STANDIN_GRANDCHILD"] = "1"
            let keeper = try await Keeper(cluster, on: lab)
            try await keeper.bringUp()
            let strays = lab[2].processes.filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.count
            try await keeper.survives("kill -9 of a worker with a double-forked grandchild") {
                kill(try #require(lab[2].workers.last).pid, SIGKILL)
            }
            #expect(lab[2].processes.filter { $0.variable("MUSTER_RUN_TOKEN") != nil }.count <= strays)
        }

        @Test(
            "memory that a stranger holds is waited for, and the stranger is left alone",
            .enabled(if: LabMode.hasNamespaces, LabMode.why)
        )
        func stranger() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            let host = lab[2]
            // A process of nobody's, which the driver says holds memory.
            let line = "setsid sleep 600 >/dev/null 2>&1 & until grep -q ^sleep /proc/$!/cmdline; do :; done"
            try await lab.tool("exec", host.name, "/bin/sh", "-c", line)
            let stranger = try #require(host.processes.first { $0.command == ["sleep", "600"] })
            await lab.afterwards { kill(stranger.pid, SIGKILL) }
            try host.write(
                "\(stranger.inner) \(stranger.startTicks) 1 30000\n",
                to: "/run/muster-standin-gpu/\(stranger.inner)"
            )
            let moment = Keeper.now
            kill(try #require(host.workers.last).pid, SIGKILL)
            try await eventually("it waits for memory", within: .seconds(30)) {
                try await !keeper.events("memoryHeld", since: moment).isEmpty
            }
            let held = try #require(try await keeper.events("memoryHeld", since: moment).first)
            #expect(held.text.contains("pid \(stranger.inner)") && held.text.contains("node2"), "\(held.text)")
            #expect(Processes.isRunning(stranger.pid), "a stranger was killed")
            host.remove("/run/muster-standin-gpu/\(stranger.inner)")
            try await keeper.state("ready", generation: 2)
            #expect(Processes.isRunning(stranger.pid), "a stranger was killed")
            FaultLedger.shared.add("GPU memory held by a stranger", detection: nil, recovery: nil)
        }

        @Test("the same first cause three times without progress ends in a stated failure with its evidence")
        func givesUp() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            for host in lab.hosts { try host.fail("node=1,phase=args,exit=3") }
            try await keeper.up()
            try await keeper.state("failed", within: .seconds(150))
            let events = try await keeper.events()
            let last = try #require(events.last { $0.kind == "gaveUp" })
            #expect(last.text.contains("the same first cause three times"))
            #expect(last.data.text.contains("node rank 1 on node2 exited with status 3"), "\(last.data.text)")
            for host in lab.hosts { host.remove("~/.standin-fail") }
            try await keeper.bringUp()
        }
    }
}
