import Foundation
import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 4)) struct LookingTestsSerial {
        @Test(
            "the engine on a node tells its flags, and what muster does not know of them",
            arguments: [ClusterText.Engine.sglang, .vllm]
        )
        func flags(_ engine: ClusterText.Engine) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(engine: engine, hosts: lab.hosts), on: lab)
            let words = ["flags", "--from-node", deployment.file, "--node", "node2", "--format", "json"]
            let flags = try await Program.run(
                [Deployment.program] + words,
                into: "\(Lab.scratch)/flags",
                deadline: .seconds(60)
            )
            flags.ends(0, says: #""node": "node2""#, #""name": "trust-remote-code""#, #""unknown": ["#)
        }

        @Test("exec folds equal answers, sets a different one apart, and its exit code says how many failed")
        func exec() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let same = try await deployment.muster("exec", "--", "echo", "a  b", "$HOME")
            same.ends(0, says: "--- node1, node2, node3, node4\na  b $HOME\n")
            try lab[3].write("x", to: "~/.marker")
            await lab.afterwards { lab[3].remove("~/.marker") }
            let look = "test -e ~/.marker && echo yes || echo no"
            let differing = try await deployment.muster("exec", "--", "sh", "-c", look)
            differing.ends(0, says: "--- node1, node2, node4\nno\n", "--- node3\nyes\n")
            let some = try await deployment.muster("exec", "--", "sh", "-c", "test -e ~/.marker")
            some.ends(5, says: "--- node1, node2, node4 (exit status 1)")
            try await deployment.muster("exec", "--", "sh", "-c", "exit 3").ends(1, says: "(exit status 3)")
            try await deployment.muster("exec", "--node", "node2", "--", "true").ends(0, says: "--- node2")
            try await deployment.muster("exec", "--node", "nod2", "--", "true").ends(2, says: "did you mean `node2`?")
            try await deployment.muster("exec", "--timeout", "1s", "--", "sleep", "30").ends(1)
            try await deployment.muster("exec").ends(2)
            let json = try await deployment.muster(
                "exec",
                "--format",
                "json",
                "--",
                "sh",
                "-c",
                "echo o; echo e >&2; exit 4"
            )
            let answers = try #require(object(json)["answers"] as? [[String: Any]])
            #expect(answers.count == 4)
            #expect(answers.allSatisfy { $0["stdout"] as? String == "o\n" && $0["stderr"] as? String == "e\n" })
            #expect(answers.allSatisfy { $0["exit_status"] as? Int == 4 })
        }

        @Test("logs shows the last lines, one unit's, all as JSON, and follows until Ctrl-C")
        func logs() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await deployment.muster("logs").ends(1, says: "MUS0605", "muster up")
            try await deployment.bringUp()
            let two = try await deployment.muster("logs", "-n", "2")
            two.ends(0)
            for rank in 0..<4 { #expect(two.out.split(separator: "\n").count { $0.hasPrefix("r\(rank) | ") } == 2) }
            let one = try await deployment.muster("logs", "--rank", "5", "-n", "1")
            one.ends(0)
            #expect(one.out.split(separator: "\n").count == 1 && !one.out.hasPrefix("r2 |"))
            let log = Files.text(lab[3].path("~/.muster/lab/g1/r2/log"))
            let whole = try await deployment.muster("logs", "--node-rank", "2", "-n", "0")
            #expect(whole.out.split(separator: "\n").last == log.split(separator: "\n").last)
            #expect(log.contains("TP5] Init torch distributed begin") && whole.out.contains("TP5] Init torch"))
            let json = try await deployment.muster("logs", "-n", "3", "--format", "json")
            let lines = json.out.split(separator: "\n")
            #expect(lines.count == 12)
            for line in lines {
                let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(entry?["format"] as? String == "muster.log/1" && entry?["line"] is String)
            }
            let following = try await deployment.muster("logs", "-f", "--node", "node3", "-n", "1") { logs in
                try await eventually("the last line") { !logs.out.isEmpty }
                let file = lab[3].path("~/.muster/lab/g1/r2/log")
                for number in 1...3 {
                    try append("written later \(number)\n", to: file)
                    try await logs.says("written later \(number)\n", within: .seconds(10))
                }
                logs.signal(SIGINT)
            }
            following.ends(0)
            try await deployment.muster("logs", "--generation", "7").ends(1)
            try await deployment.takeDown()
            try await deployment.muster("logs", "-n", "1").ends(0)
        }

        @Test("status with a host unreachable ends with 5 and still shows the others")
        func unreachable() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let absent = try await deployment.muster("status")
            absent.ends(1, says: "not running")
            try await deployment.bringUp()
            try await deployment.muster("status").ends(0, says: "8/8 ranks healthy", "running generation 1")
            let short = try await deployment.muster("status", "--short")
            #expect(!short.out.contains("sglang::") && short.out.contains("NODE RANK"))
            try await lab.fault(lab[2], "hang")
            let status = try await deployment.muster("status", deadline: .seconds(30))
            status.ends(5, says: "error[MUS0503]: node2: ", "unreachable", "unknown")
            let json = try await deployment.status()
            #expect(json.code == 5 && json.unreachable.map(\.node) == ["node2"])
            #expect(json.ranks.filter { $0.nodeRank != 1 }.allSatisfy { $0.state == "alive" })
            let exec = try await deployment.muster("exec", "--", "true", deadline: .seconds(30))
            exec.ends(5, says: "node1, node3, node4", "node2")
            let logs = try await deployment.muster("logs", "-n", "1", deadline: .seconds(30))
            logs.ends(5, says: "r3 |", "node2")
            try await lab.mend(lab[2])
            try await deployment.takeDown()
        }

        @Test("up, down and errors as JSON are one document with a versioned form")
        func jsonForms() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let up = try await deployment.muster("up", "--format", "json")
            #expect(try object(up)["format"] as? String == "muster.up/1" && object(up)["state"] as? String == "ready")
            let down = try await deployment.muster("down", "--format", "json")
            #expect(try object(down)["format"] as? String == "muster.down/1" && object(down)["down"] as? Bool == true)
            try lab[2].fail("node=1,phase=weights,exit=3")
            let failed = try await deployment.muster("up", "--format", "json")
            #expect(failed.code == 1)
            #expect(
                try object(failed)["state"] as? String == "failed" && object(failed)["code"] as? String == "MUS0601"
            )
            lab[2].remove("~/.standin-fail")
            if LabMode.hasNamespaces {
                try await lab.fault(lab[2], "refuse")
                let refused = try await deployment.muster("up", "--format", "json")
                #expect(refused.code == 1)
                let errors = try #require(object(refused)["errors"] as? [[String: Any]])
                #expect(errors.first?["code"] as? String == "MUS0502" && errors.first?["node"] as? String == "node2")
            }
            await lab.expectNothingLeft()
        }

        private func object(_ finished: Finished) throws -> [String: Any] {
            let object = try? JSONSerialization.jsonObject(with: Data(finished.out.utf8)) as? [String: Any]
            return try #require(object, "no JSON object: \(finished)")
        }

        private func append(_ text: String, to file: String) throws {
            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        }
    }
}
