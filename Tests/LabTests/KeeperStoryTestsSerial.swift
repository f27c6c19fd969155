import Foundation
import Glibc
import MusterAPI
import MusterClient
import Testing

extension LabScenarios {
    /// What a person sees: the commands, and what they have left behind.
    @Suite(.serialized, .lab(hosts: 2)) struct KeeperStoryTestsSerial {
        private static let canary = "c4n4ry'\"$x-9f31"

        /// A file and the commands on it, with a daemon that answers them.
        private func kept(
            _ cluster: ClusterText,
            _ lab: Lab,
            _ environment: [String: String] = [:]
        ) async throws -> (
            keeper: Keeper, deployment: Deployment
        ) {
            let keeper = try await Keeper(cluster, on: lab)
            var variables = environment
            variables["MUSTERD_SOCKET"] = keeper.socket
            return (keeper, try Deployment(keeper.cluster, on: lab, environment: variables))
        }

        @Test("up -d, the terminal closed, a unit killed: ready again with nobody there, and events tell it in order")
        func night() async throws {
            let lab = try Lab.current
            let (keeper, deployment) = try await kept(ClusterText(hosts: lab.hosts), lab)
            try await deployment.muster("up", "-d").ends(0)
            try await keeper.state("ready")
            try await keeper.survives("kill -9 of a launcher after up -d") {
                kill(try #require(lab[2].launcher()).pid, SIGKILL)
            }
            let events = try await deployment.muster("events", "-n", "0")
            events.ends(0)
            var rest = events.out[...]
            for words in [
                "up asked for", "launching generation 1", "all 2 units started", "rendezvous 4/4", "generation 1 ready",
                "first cause: node rank 1 on node2 was ended by signal 9", "generation 1 is gone", "restart 1 of",
                "launching generation 2", "generation 2 ready",
            ] {
                let found = try #require(
                    rest.range(of: words),
                    "`\(words)` is missing, or too late, in:\n\(events.out)"
                )
                rest = rest[found.upperBound...]
            }
            try await deployment.muster("status").ends(0, says: "generation 2", "4/4 ranks healthy")
            try await deployment.muster("down").ends(0, says: "is down")
            await lab.expectNothingLeft()
        }

        @Test("a secret is in no output, event, database or file but the 0600 one, and outlives a crash of the daemon")
        func secrets() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.more = ["secrets:", "  TOKEN: {env: CANARY}", "  KEY: {env: CANARY}"]
            cluster.arguments += ["api-key: {secret: KEY}"]
            let (keeper, deployment) = try await kept(cluster, lab, ["CANARY": Self.canary])
            var said = [try await deployment.muster("up")]
            // The daemon's own environment has no such variable: it is read back from the nodes.
            keeper.crash()
            try await keeper.start()
            try await keeper.survives("a worker killed after a crash of the daemon that was told a secret") {
                kill(try #require(lab[2].workers.last).pid, SIGKILL)
            }
            #expect(lab[2].launcher()?.variable("TOKEN") == Self.canary)
            for verb in ["status", "events", "logs"] {
                said.append(try await deployment.muster(verb))
                said.append(try await deployment.muster(verb, "--format", "json"))
            }
            let answers = try await keeper.ask { client in
                let texts = [
                    try await client.metrics(), try await client.status(of: "lab").text,
                    try await client.deployment("lab").detail.text,
                ]
                return texts + (try await keeper.events()).flatMap { [$0.text, $0.data.text] }
            }
            for finished in said {
                #expect(finished.code == 0, "\(finished)")
                #expect(!finished.text.contains(Self.canary), "in the output of \(finished.command)")
            }
            #expect(!answers.contains { $0.contains("c4n4ry") }, "in an answer of the API")
            #expect(!keeper.log.contains("c4n4ry"), "in the daemon's log")
            for name in Files.names(keeper.directory) where name.hasPrefix("musterd.sqlite") {
                let text = String(decoding: Files.bytes("\(keeper.directory)/\(name)"), as: UTF8.self)
                #expect(!text.contains("c4n4ry"), "in \(name)")
            }
        }

        @Test(
            "a unit that somebody else's process number is given to is neither kept for alive nor killed",
            .enabled(if: LabMode.hasNamespaces, LabMode.why)
        )
        func reusedNumber() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(ClusterText(hosts: lab.hosts), on: lab)
            try await keeper.bringUp()
            let launcher = try #require(lab[2].launcher())
            try await keeper.survives("a pid given to a stranger while the daemon was dead") {
                keeper.crash()
                for process in lab[2].processes where process.isLeftover { kill(process.pid, SIGKILL) }
                try await eventually("the unit is gone") { lab[2].launcher() == nil }
                // The next process of the namespace gets the number behind this one.
                try await lab.tool(
                    "exec",
                    lab[2].name,
                    "/bin/sh",
                    "-c",
                    "for i in 1 2 3 4 5 6 7 8 9 10; do echo \(launcher.inner - 1) >/proc/sys/kernel/ns_last_pid; "
                        + "setsid sleep 700 & [ $! -ne \(launcher.inner) ] || exit 0; kill $!; done; exit 1"
                )
                try await keeper.start()
            }
            let stranger = try #require(lab[2].processes.first { $0.inner == launcher.inner })
            #expect(stranger.command == ["sleep", "700"], "a stranger was killed: \(stranger.command)")
            kill(stranger.pid, SIGKILL)
        }
    }
}
