import Glibc
import Testing

/// A unit of node rank 2 that dies on the way up.
struct Death: Sendable, CustomTestStringConvertible {
    let how: String
    /// What muster has to say about it.
    let says: [String]
    /// What the logs and the exit record come to.
    let id: String
    var engine = ClusterText.Engine.sglang

    var testDescription: String { "\(engine.rawValue) \(how)" }

    static let all = [
        Death(
            how: "phase=args,exit=2",
            says: ["exited with status 2, as it does for a flag it does not know"],
            id: "process-exited"
        ),
        Death(how: "phase=rendezvous,signal=9", says: ["was ended by signal 9 (SIGKILL)"], id: "process-killed"),
        Death(how: "phase=weights,exit=7", says: ["exited with status 7"], id: "process-exited"),
        Death(how: "phase=weights,signal=11", says: ["was ended by signal 11 (SIGSEGV)"], id: "segfault"),
        Death(
            how: "phase=graphs,log=torch.OutOfMemoryError: CUDA out of memory.",
            says: ["exited with status", "torch.OutOfMemoryError: CUDA out of memory.", "cuda-oom"],
            id: "cuda-oom"
        ),
        Death(
            how: "phase=http,exit=0",
            says: ["exited with status 0, which for a server is a failure"],
            id: "process-exited"
        ),
        Death(how: "phase=weights,exit=9", says: ["exited with status 9"], id: "process-exited", engine: .vllm),
    ]
}

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 4)) struct FailingUnitTestsSerial {
        @Test(
            "a unit that dies while starting is named with its node and last lines, and the gang is stopped",
            arguments: Death.all
        )
        func death(_ death: Death) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(engine: death.engine, hosts: lab.hosts), on: lab)
            try lab[3].fail("node=2," + death.how)
            let up = try await deployment.muster("up")
            up.ends(1, says: "first cause: node rank 2 on node3", "the gang was stopped on all nodes", "muster logs")
            for words in death.says { up.ends(1, says: words) }
            let hasLines = up.text.contains("the last lines of its log:")
            #expect(hasLines || death.how.contains("args") || ["cuda-oom", "segfault"].contains(death.id), "\(up)")
            await lab.expectNothingLeft()

            // The same answer afterwards, by itself, and from the logs alone.
            let why = try await deployment.muster("why", "--format", "json")
            why.ends(0, says: #""id": "\#(death.id)""#, #""node": "node3""#, #""has_ended": true"#)
            if death.id == "cuda-oom" {
                try await deployment.muster("status").ends(1, says: "why[MUS1003]: cuda-oom: ", " on node3 at ")
            }
            let logs = try await deployment.muster("logs", "--node", "node3", "-n", "0")
            logs.ends(0)
            #expect(!logs.out.isEmpty)
            let all = try await deployment.muster("logs", "-n", "3")
            all.ends(0, says: "r0 |", "r3 |")

            lab[3].remove("~/.standin-fail")
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("a unit that hangs runs into the startup timeout, which names the one furthest behind")
        func timeout() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.startupTimeout = "8s"
            let deployment = try Deployment(cluster, on: lab)
            try lab[3].fail("node=2,phase=args,hang=1")
            let up = try await deployment.muster("up")
            up.ends(
                1,
                says: "not ready after",
                "furthest behind is node rank 2 on node3",
                "the gang was stopped on all"
            )
            await lab.expectNothingLeft()
        }

        @Test("a worker that dies late is found out although every launcher lives")
        func workerMissing() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            // Ranks 4 and 5 are on node rank 2; the engine itself notices neither.
            try lab[3].fail("node=2,rank=5,phase=serving,signal=9")
            let up = try await deployment.muster("up", deadline: .seconds(120))
            up.ends(1, says: "node rank 2 on node3 runs, but not its GPU workers of rank 5", "MUS0606")
            await lab.expectNothingLeft()
        }
    }
}
