import Foundation
import Glibc
import Testing

/// Something wrong with one of four hosts that must stop a launch before anything runs.
struct Obstacle: Sendable, CustomTestStringConvertible {
    let fault: String
    let code: String
    let says: [String]
    var testDescription: String { fault }

    static let all = [
        Obstacle(fault: "refuse", code: "MUS0502", says: ["refused"]),
        Obstacle(fault: "hang", code: "MUS0503", says: []),
        Obstacle(fault: "reject-key", code: "MUS0508", says: []),
        Obstacle(fault: "disk-full", code: "MUS0520", says: ["state_dir"]),
        Obstacle(fault: "read-only-home", code: "MUS0521", says: ["state_dir"]),
        Obstacle(fault: "no-session-tool", code: "MUS0522", says: ["util-linux"]),
    ]

    /// Oddities that change nothing, one for each host.
    static let harmless = [
        ["noexec-home", "no-setsid", "sh-dash", "sh-busybox"], ["sh-bash", "banner", "max-sessions-2"],
    ]
}

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 4), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct BrokenHostTestsSerial {
        @Test(
            "a host in the way is named with its cause, nothing is started, and it works once mended",
            arguments: Obstacle.all
        )
        func obstacle(_ obstacle: Obstacle) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await lab.fault(lab[3], obstacle.fault)
            let up = try await deployment.muster("up", deadline: .seconds(30))
            up.ends(1, says: "error[\(obstacle.code)]: ", "node3")
            for words in obstacle.says { up.ends(1, says: words) }
            #expect(!up.text.contains("all 4 units started"))
            await lab.expectNothingLeft()
            try await lab.mend(lab[3])
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("a changed host key is shown with both fingerprints")
        func changedKey() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let known = try await fingerprint(lab[3].directory + "/host_key.pub")
            try await lab.fault(lab[3], "host-key")
            let other = try await fingerprint(lab[3].directory + "/other_key.pub")
            let up = try await deployment.muster("up")
            up.ends(1, says: "error[MUS0505]: node3: ", known, other)
            await lab.expectNothingLeft()
            try await lab.mend(lab[3])
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("an unknown host key is refused and says how to learn it")
        func unknownKey() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            let known = "\(Lab.scratch)/known_hosts"
            let lines = Files.text(lab.knownHosts).split(separator: "\n").filter { !$0.hasPrefix("node3,") }
            try Files.write(lines.joined(separator: "\n") + "\n", known)
            cluster.knownHosts = known
            let deployment = try Deployment(cluster, on: lab)
            let up = try await deployment.muster("up")
            up.ends(1, says: "error[MUS0504]: node3: ", try await fingerprint(lab[3].directory + "/host_key.pub"))
            await lab.expectNothingLeft()
            try Files.write(Files.text(lab.knownHosts), known)
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("a name that does not resolve is named")
        func unknownName() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.hostNames[3] = "no-such-host.invalid"
            let deployment = try Deployment(cluster, on: lab)
            let up = try await deployment.muster("up")
            up.ends(1, says: "error[MUS0501]: node3: ", "no-such-host.invalid")
            await lab.expectNothingLeft()
            cluster.hostNames = [:]
            try deployment.rewrite(cluster)
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("several hosts in the way are all named at once")
        func severalObstacles() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await lab.fault(lab[2], "refuse")
            try await lab.fault(lab[4], "reject-key")
            let up = try await deployment.muster("up")
            up.ends(1, says: "error[MUS0502]: node2: ", "error[MUS0508]: node4: ")
            await lab.expectNothingLeft()
        }

        @Test("odd hosts work like any other", arguments: Obstacle.harmless)
        func harmless(_ faults: [String]) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            for (host, fault) in zip(lab.hosts, faults) { try await lab.fault(host, fault) }
            try await deployment.bringUp()
            #expect(try await deployment.status().healthy)
            try await deployment.muster("logs", "-n", "1").ends(0)
            try await deployment.muster("restart").ends(0, says: "ready in")
            try await deployment.takeDown()
        }

        private func fingerprint(_ file: String) async throws -> String {
            let argv = ["ssh-keygen", "-l", "-f", file]
            let said = try await Program.run(argv, into: "\(Lab.scratch)/keygen", deadline: .seconds(20)).out
            return try #require(said.split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init))
        }
    }
}
