import Foundation
import MusterTesting
import Testing

/// Verbs through a real daemon. Its nodes refuse connections: what units do is the lab's to test.
@Suite("muster through a daemon")
struct KeptDeploymentTests {
    @Test("a daemon that keeps nothing says so, and has a story of its own")
    func empty() async throws {
        try await TestDaemon.with { daemon in
            for (words, text) in [
                (["list"], "the daemon keeps no deployment\n"),
                (["nodes"], "the daemon keeps no deployment, and so no node\n"),
            ] {
                let result = try await daemon.muster(words)
                #expect(result.status == Code.ok && result.stdout.isEmpty && result.errorText == text)
            }
            let list = try await daemon.muster("list", "--format", "json").json()
            #expect(list["format"] as? String == "muster.list/1" && (list["deployments"] as? [Any])?.isEmpty ?? false)
            let nodes = try await daemon.muster("nodes", "--format", "json").json()
            #expect(nodes["format"] as? String == "muster.nodes/1" && (nodes["nodes"] as? [Any])?.isEmpty ?? false)
            let events = try await daemon.muster("events", "--all")
            #expect(events.status == Code.ok && events.stderr.isEmpty)
            let line = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  -  musterd  musterd 0.1.0 started\n/
            #expect(events.text.wholeMatch(of: line) != nil, "\(events.text)")
            let json = try await daemon.muster("events", "--all", "--format", "json").json()
            #expect(json["format"] as? String == "muster.event/1" && json["kind"] as? String == "daemonStarted")
            #expect((json["data"] as? [String: Any])?["version"] as? String == "0.1.0")
            for filter in [["--kind", "ready"], ["--name", "nobody"]] {
                let words = ["events"] + (filter[0] == "--name" ? filter : ["--all"] + filter)
                let result = try await daemon.muster(words)
                #expect(result.status == Code.ok && result.stdout.isEmpty)
            }
        }
    }

    @Test("a deployment whose nodes cannot be reached is left to the daemon, shown, taken down and forgotten")
    func lifeCycle() async throws {
        try await TestDaemon.with { daemon in
            let file = try daemon.deadFile()
            let up = try await daemon.muster("up", "-d", file)
            #expect(up.status == Code.ok && up.text == "sample is left to musterd\n", "\(up.errorText)")
            let looked = "looking at the nodes\nnote: no node can be reached from here, so none was looked at\n"
            #expect(up.errorText == "\(looked)`muster events \(file) --follow` shows what comes of it\n")
            let again = try await daemon.muster("up", "--detach", "--format", "json", file).json()
            #expect(again["format"] as? String == "muster.up/1" && again["state"] as? String == "accepted")

            let status = try await daemon.muster("status", file)
            #expect(status.status == Code.failed && status.text.contains("unknown: 1 of 1 nodes cannot be asked"))
            #expect(status.text.contains("\nmusterd waiting\nwaiting: nobody "), "\(status.text)")
            #expect(status.errorText.hasPrefix("error[MUS05") && status.errorText.contains("]: nobody: "))
            let document = try await daemon.muster("status", "--name", "sample", "--format", "json").json()
            let kept = try #require(document["daemon"] as? [String: Any])
            #expect(document["format"] as? String == "muster.status/1" && kept["desired"] as? String == "up")

            let list = try await daemon.muster("list", "--format", "json").json()
            let entry = try #require((list["deployments"] as? [[String: Any]])?.first)
            #expect(entry["name"] as? String == "sample" && entry["desired"] as? String == "up")
            let table = try await daemon.muster("list")
            #expect(table.text.hasPrefix("NAME    STATE    WANTED") && table.text.contains("\nsample  waiting  up"))
            #expect(try await daemon.muster("nodes").text.contains("\nnobody"))
            let events = try await daemon.muster("events", file, "-n", "1", "--kind", "upWanted")
            #expect(events.text.contains("  sample  ") && events.text.contains("up asked for: "), "\(events.text)")

            let forget = try await daemon.muster("forget", file)
            #expect(forget.status == Code.failed && forget.errorText.contains("`sample` is not down"))
            let down = try await daemon.muster("down", file)
            #expect(down.status == Code.failed && down.errorText.contains("]: nobody: "), "\(down.errorText)")
            #expect(down.text == "sample is not known to be down: none of 1 nodes could be asked\n")
            #expect(try await daemon.muster("forget", file).text == "sample is forgotten\n")
            let gone = try await daemon.muster("forget", "--name", "sample", "--format", "json")
            #expect(gone.status == Code.failed && gone.text.contains("MUS0605"))
            #expect(try await daemon.muster("events", file).stdout.isEmpty)
        }
    }

    @Test("pauses, resumes, drains and uses again, in text and JSON")
    func changes() async throws {
        try await TestDaemon.with { daemon in
            let file = try daemon.deadFile()
            #expect(try await daemon.muster("up", "-d", file).status == Code.ok)
            for (words, text) in [
                (["pause", file], "sample is paused: nothing is restarted or stopped until it is resumed\n"),
                (["resume", "--name", "sample"], "sample is looked after again\n"),
                (
                    ["drain", "nobody"],
                    "nobody is drained: nothing more is placed there until `muster undrain nobody`\n"
                ),
                (["undrain", "nobody"], "nobody is in use again\n"),
            ] {
                let result = try await daemon.muster(words)
                #expect(result.status == Code.ok && result.text == text && result.stderr.isEmpty, "\(result.errorText)")
                let json = try await daemon.muster(words + ["--format", "json"]).json()
                #expect(json["format"] as? String == "muster.\(words[0])/1" && json["name"] as? String == "sample")
            }
            #expect(try await daemon.muster("pause", file).status == Code.ok)
            #expect(try await daemon.muster("drain", "nobody").status == Code.ok)
            let status = try await daemon.muster("status", file)
            #expect(status.text.contains("\nmusterd down  paused  wanted up\nwaiting: nobody "), "\(status.text)")
            #expect(try await daemon.muster("nodes").text.contains("drained"))
            let kinds = try await daemon.muster("events", file).text
            for word in ["paused", "resumed", "nobody is drained", "nobody may be used again"] {
                #expect(kinds.contains(word))
            }
        }
    }

    @Test("what the daemon refuses has a code, a reason and a hint")
    func refused() async throws {
        try await TestDaemon.with { daemon in
            let file = try daemon.deadFile()
            for (words, code, text) in [
                (["drain", "gpu-7"], "MUS0705", "no deployment has a node `gpu-7`"),
                (["pause", file], "MUS0605", "the daemon keeps no deployment `sample`"),
                (["status", file, "--daemon"], "MUS0605", "the daemon keeps no deployment `sample`"),
                (["logs", "--name", "sample"], "MUS0605", "the daemon keeps no deployment `sample`"),
            ] {
                let result = try await daemon.muster(words)
                #expect(result.status == Code.failed && result.stdout.isEmpty)
                #expect(result.errorText.hasPrefix("error[\(code)]: \(text)\n  hint: "), "\(result.errorText)")
            }
            #expect(try await daemon.muster("up", "-d", file).status == Code.ok)
            let restart = try await daemon.muster("restart", "--name", "sample", "--replica", "3")
            #expect(restart.status == Code.failed)
            #expect(restart.errorText.hasPrefix("error[MUS0705]: there is no replica 3\n"), "\(restart.errorText)")
        }
    }

    @Test("what the daemon does not keep is done from here, and that is said")
    func notKept() async throws {
        try await TestDaemon.with { daemon in
            let file = try daemon.deadFile()
            for verb in ["status", "down", "logs", "restart"] {
                let result = try await daemon.muster(verb, file)
                let note = "note: the daemon keeps no deployment `sample`, so this is done from here\n"
                #expect(result.status == Code.failed && result.errorText.hasPrefix(note), "\(result.errorText)")
                #expect(result.errorText.contains("MUS0502"))
            }
        }
    }

    @Test("an invalid file never gets to the daemon")
    func invalidHere() async throws {
        try await TestDaemon.with { daemon in
            let result = try await daemon.muster("up", "-", stdin: clusterFile(tensor: 7))
            #expect(result.status == Code.invalid && result.errorText.contains("error[MUS0304]"))
            #expect(try await daemon.muster("list").stdout.isEmpty)
        }
    }

    @Test("a file that only the daemon finds invalid is shown like any other, with its lines")
    func invalidThere() async throws {
        try await TestDaemon.with { daemon in
            // The key is below the home of whoever types, and not below the daemon's.
            try daemon.scratch.write("-----BEGIN OPENSSH PRIVATE KEY-----\n", to: "home/key")
            let text = clusterFile(more: "ssh: {identity: ~/key}")
            let home = ["HOME": daemon.scratch.path + "/home"]
            let result = try await daemon.muster("up", "-", stdin: text, environment: home)
            #expect(result.status == Code.invalid && result.stdout.isEmpty)
            #expect(result.errorText.contains("note: the daemon finds more in this file"), "\(result.errorText)")
            #expect(result.errorText.contains("error[MUS0315]") && result.errorText.contains("--> -:8:17"))
            #expect(result.errorText.contains("8 | ssh: {identity: ~/key}") && result.errorText.contains("^^^^^"))
            let json = try await daemon.muster("up", "-", "--format", "json", stdin: text, environment: home)
            let document = try json.json()
            #expect(json.status == Code.invalid && document["format"] as? String == "muster.validate/1")
            let found = (document["diagnostics"] as? [[String: Any]])?.compactMap { $0["code"] as? String }
            #expect(found == ["MUS0315"] && document["valid"] as? Bool == false)
        }
    }

    @Test("secrets go into the request, and nowhere else")
    func secrets() async throws {
        try await TestDaemon.with { daemon in
            let canary = "canary-4711-canary"
            let file = try daemon.deadFile(more: "secrets:\n  HF_TOKEN: {env: MY_TOKEN}")
            let up = try await daemon.muster("up", "-d", file, environment: ["MY_TOKEN": canary])
            #expect(up.status == Code.ok, "\(up.errorText)")
            var said = up.text + up.errorText
            for words in [["status", file, "--format", "json"], ["events", "--all", "--format", "json"], ["list"]] {
                let environment = ["MUSTERD_SOCKET": daemon.socket, "MY_TOKEN": canary]
                let result = try await Muster.run(words, environment)
                said += result.text + result.errorText
            }
            #expect(!said.contains(canary))
            let search = try await LocalCommand(["grep", "-rl", canary, daemon.scratch.path]).run()
            #expect(search.status == 1 && search.stdout.isEmpty, "\(search.text)")
        }
    }

    @Test("Ctrl-C stops watching, and the daemon goes on")
    func interrupted() async throws {
        try await TestDaemon.with { daemon in
            let file = try daemon.deadFile()
            let line = """
                "$M" up "$1" & up=$!
                until "$M" list | grep -q sample; do :; done
                kill -INT $up; wait $up; echo "up $?"
                "$M" events "$1" --follow > "$1.events" & events=$!
                # The shell starts what is in the background deaf to SIGINT: with a line there, it listens.
                until [ -s "$1.events" ]; do :; done
                kill -INT $events; wait $events; echo "events $?"
                """
            let environment = Muster.environment.merging(["M": Muster.path, "MUSTERD_SOCKET": daemon.socket]) { $1 }
            let result = try await LocalCommand(["bash", "-c", line, "bash", file], environment: environment).run()
            #expect(result.text.contains("up 5\n"), "\(result.text) \(result.errorText)")
            #expect(result.errorText.contains("no longer watched; the daemon goes on with it\n"))
            #expect(try await daemon.muster("list").text.contains("sample  waiting  up"))
        }
    }

    @Test("fits the terminal and has no colours where nobody wants them", .enabled(if: Muster.hasTerminals))
    func terminal() async throws {
        try await TestDaemon.with { daemon in
            let name = "a-deployment-with-a-rather-long-name-for-a-table"
            let file = try daemon.deadFile(name)
            #expect(try await daemon.muster("up", "-d", file).status == Code.ok)
            for verb in ["list", "nodes"] {
                let socket = ["MUSTERD_SOCKET": daemon.socket]
                let wide = try await Muster.terminal(columns: 60, "$M \(verb)", socket)
                let plain = try await Muster.terminal(columns: 60, "NO_COLOR=1 $M \(verb)", socket)
                #expect(wide.hasEscapes && !plain.hasEscapes)
                #expect(plain.text.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(plain.text)")
            }
            let pipe = "'\(Muster.path)' events --all -n 0 | head -n 1; echo \"${PIPESTATUS[*]}\""
            let environment = Muster.environment.merging(["MUSTERD_SOCKET": daemon.socket]) { $1 }
            let result = try await LocalCommand(["bash", "-c", pipe], environment: environment).run()
            #expect(result.text.hasSuffix("\n0 0\n") && result.stderr.isEmpty)
        }
    }
}
