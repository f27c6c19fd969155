import Foundation
import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct SecretTestsSerial {
        private static let canary = "c4n4ry'\"$x-9f31"

        @Test("a secret is in no output, no script and no file of a node but the 0600 one; in argv only as --api-key")
        func canary() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.more = ["secrets:", "  TOKEN: {env: CANARY}", "  KEY: {env: CANARY}"]
            cluster.arguments += ["api-key: {secret: KEY}"]
            let deployment = try Deployment(cluster, on: lab, environment: ["CANARY": Self.canary])
            var said: [Finished] = []
            for verb in ["validate", "plan", "render", "up", "status", "logs"] {
                said.append(try await deployment.muster(verb))
                said.append(try await deployment.muster(verb, "--format", "json"))
            }
            #expect(said.allSatisfy { $0.code == 0 }, "\(said.filter { $0.code != 0 })")
            said.append(try await deployment.muster("restart"))
            cluster.environment["CHANGED"] = "1"
            try deployment.rewrite(cluster)
            said.append(try await deployment.muster("up"))
            for host in lab.hosts {
                try check(files: host)
                let launcher = try #require(host.launcher())
                #expect(launcher.variable("TOKEN") == Self.canary)
                for process in host.processes where process.title.contains(Self.canary) {
                    // SGLang 0.5.9 takes its API key from argv alone.
                    let index = try #require(process.command.firstIndex(of: "--api-key"), "\(process.title)")
                    #expect(process.command[index + 1] == Self.canary)
                }
            }
            said.append(try await deployment.muster("down"))
            try lab[2].fail("node=1,phase=weights,exit=3")
            said.append(try await deployment.muster("up", "--yes"))
            said.append(try await deployment.muster("logs", "-n", "0"))
            said.append(try await deployment.muster("why"))
            let archive = "\(Lab.scratch)/diagnosis.tar.gz"
            try await deployment.muster("diagnose", "-o", archive).ends(0, says: archive)
            let unpacked = "\(Lab.scratch)/diagnosis"
            let contents = try await Program.run(["tar", "-xzOf", archive], into: unpacked, deadline: .seconds(60))
            contents.ends(0, says: "launch_server", #""id": "process-exited""#, "Load weight begin")
            said.append(contents)
            for finished in said where finished.text.contains(Self.canary) {
                Issue.record("the secret is in the output of \(finished.command)")
            }
            await lab.expectNothingLeft()
        }

        @Test("a secret whose source is missing stops up before anything is touched")
        func missing() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.more = ["secrets:", "  TOKEN: {env: NO_SUCH_VARIABLE}"]
            let deployment = try Deployment(cluster, on: lab)
            let up = try await deployment.muster("up")
            #expect(up.code == 1 || up.code == 3, "\(up)")
            up.ends(up.code ?? 1, says: "NO_SUCH_VARIABLE", "MUS0319")
            await lab.expectNothingLeft()
        }

        private func check(files host: LabHost) throws {
            let state = host.path("~/.muster")
            let names = FileManager.default.enumerator(atPath: state)?.compactMap { $0 as? String } ?? []
            #expect(names.contains { $0.hasSuffix("/env") })
            for name in names {
                let path = "\(state)/\(name)"
                var facts = stat()
                guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
                guard Files.text(path).contains("c4n4ry") else { continue }
                let isLog = name.hasSuffix("/log")
                // What the engine itself prints about its arguments is its own affair.
                #expect(name.hasSuffix("/env") || isLog, "\(host.name): \(name)")
                if !isLog { #expect(facts.st_mode & 0o777 == 0o600, "\(host.name): \(name)") }
            }
        }
    }
}
