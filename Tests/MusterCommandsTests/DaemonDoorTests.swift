import Foundation
import Glibc
import MusterTesting
import Testing

/// Whether there is a daemon, and what is said when there is none that answers.
@Suite("muster, looking for a daemon")
struct DaemonDoorTests {
    /// The path root's commands try when nobody names another one.
    private static let hasSystemDaemon = access("/run/musterd", F_OK) == 0

    private static let needy = [
        ["list"], ["nodes"], ["events", "--all"], ["pause", "--name", "a"], ["resume", "--name", "a"], ["drain", "n"],
        ["undrain", "n"], ["forget", "--name", "a"], ["status", "--name", "a"], ["down", "--name", "a"],
        ["restart", "--name", "a"], ["logs", "--name", "a"], ["exec", "--name", "a", "--", "true"],
        ["up", example(oneNode), "--detach"], ["status", example(oneNode), "--daemon"],
    ]

    @Test("verbs that need a daemon end with 4 without one", .disabled(if: hasSystemDaemon), arguments: needy)
    func needed(_ words: [String]) async throws {
        let result = try await Muster.run(words)
        #expect(result.status == Code.daemonUnreachable && result.stdout.isEmpty)
        #expect(result.errorText.hasPrefix("error[MUS0704]: there is no musterd"), "\(result.errorText)")
        #expect(result.errorText.contains("\n  hint: start one with `musterd`"))
    }

    @Test("the same in JSON", .disabled(if: hasSystemDaemon))
    func neededInJSON() async throws {
        let json = try await Muster.run(["list", "--format", "json"]).json()
        #expect(json["format"] as? String == "muster.error/1")
        #expect((json["errors"] as? [[String: Any]])?.first?["code"] as? String == "MUS0704")
    }

    @Test("up says that nothing keeps what it brings up, and the others say nothing", .disabled(if: hasSystemDaemon))
    func nothingKeeps() async throws {
        let text = clusterFile(nodes: "{host: 127.0.0.2, name: nobody}", more: "ssh: {port: 9, config: /dev/null}")
        let note = "note: nothing keeps sample up after this; start `musterd`, then `muster up -d`\n"
        #expect(try await Muster.run(["up", "-"], stdin: text).errorText.hasPrefix(note))
        for verb in ["status", "down", "logs", "restart"] {
            #expect(try await !Muster.run([verb, "-"], stdin: text).errorText.contains("note: "))
        }
        #expect(try await !Muster.run(["up", "-", "--foreground"], stdin: text).errorText.contains("note: "))
    }

    @Test("a socket that somebody names has to answer, unless nobody wants a daemon")
    func named() async throws {
        try await withScratch { scratch in
            let socket = ["MUSTERD_SOCKET": scratch.path + "/none.sock"]
            let text = clusterFile(nodes: "{host: 127.0.0.2, name: nobody}", more: "ssh: {port: 9, config: /dev/null}")
            for verb in ["up", "status", "down", "logs", "restart"] {
                let result = try await Muster.run([verb, "-"], stdin: text, socket)
                #expect(result.status == Code.daemonUnreachable && result.errorText.contains("error[MUS0701]"))
                let alone = try await Muster.run([verb, "-", "--foreground"], stdin: text, socket)
                #expect(alone.status == Code.failed && alone.errorText.contains("error[MUS0502]"))
            }
        }
    }

    @Test("a socket without a daemon behind it is told from a daemon that hangs, and from somebody else")
    func unreachable() async throws {
        try await withScratch { scratch in
            try Impostor.abandon(scratch.path + "/dead.sock")
            let silent = try Impostor(at: scratch.path + "/silent.sock", .silent)
            let other = try Impostor(
                at: scratch.path + "/other.sock",
                .says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
            )
            defer { withExtendedLifetime((silent, other)) {} }
            for (name, code, words) in [
                ("dead", "MUS0701", "nobody listens at"), ("silent", "MUS0701", "did not answer within 2"),
                ("other", "MUS0702", "is no musterd"),
            ] {
                let path = "\(scratch.path)/\(name).sock"
                let result = try await Muster.run(["list"], ["MUSTERD_SOCKET": path])
                #expect(result.status == Code.daemonUnreachable && result.stdout.isEmpty, "\(name)")
                #expect(result.errorText.hasPrefix("error[\(code)]: "), "\(result.errorText)")
                #expect(result.errorText.contains(words) && result.errorText.contains(path), "\(result.errorText)")
            }
        }
    }

    @Test("a daemon that was expected and does not answer is worth a word", .enabled(if: CommonUser.isThere))
    func expected() async throws {
        try await withScratch { scratch in
            let file = try scratch.write(
                clusterFile(nodes: "{host: 127.0.0.2, name: nobody}", more: "ssh: {port: 9, config: /dev/null}"),
                to: "sample.yaml"
            )
            let folder = scratch.path + "/.local/state/musterd/api"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Impostor.abandon(folder + "/musterd.sock")
            chmod(scratch.path, 0o755)
            chmod(folder + "/musterd.sock", 0o777)
            let home = ["HOME": scratch.path]
            let status = try await CommonUser.muster(["status", file], home)
            #expect(status.status == Code.failed, "\(status.errorText)")
            #expect(
                status.errorText.hasPrefix("note: nobody listens at `\(folder)/musterd.sock`: the daemon is gone, so "),
                "\(status.errorText)"
            )
            let asked = try await CommonUser.muster(["status", file, "--daemon"], home)
            #expect(asked.status == Code.daemonUnreachable && asked.errorText.contains("error[MUS0701]"))
            let unasked = try await CommonUser.muster(["status", file, "--foreground"], home)
            #expect(unasked.status == Code.failed && !unasked.errorText.contains("note: "))
        }
    }

    @Test(
        "a daemon of another user's does not answer",
        .enabled(if: CommonUser.isThere && geteuid() == 0)
    )
    func otherUser() async throws {
        try await TestDaemon.with { daemon in
            chmod(daemon.scratch.path, 0o755)
            let result = try await CommonUser.muster(["list"], ["MUSTERD_SOCKET": daemon.socket])
            #expect(result.status == Code.daemonUnreachable, "\(result.errorText)")
            #expect(result.errorText.hasPrefix("error[MUS0703]: "), "\(result.errorText)")
            // Past the directory the kernel's word counts.
            chmod(daemon.scratch.path + "/state/api", 0o755)
            chmod(daemon.socket, 0o777)
            let refused = try await CommonUser.muster(["list"], ["MUSTERD_SOCKET": daemon.socket])
            #expect(refused.status == Code.daemonUnreachable, "\(refused.errorText)")
            #expect(refused.errorText.hasPrefix("error[MUS0703]: user 65534 may not ask"), "\(refused.errorText)")
        }
    }

    @Test("a daemon of another release is worth one warning, with the one to restart")
    func skew() async throws {
        try await TestDaemon.with { daemon in
            for (release, hint) in [("0.0.9", "restart musterd"), ("9.9.9", "use the muster that came with")] {
                let path = "\(daemon.scratch.path)/\(release).sock"
                let impostor = try Impostor(
                    at: path,
                    .passesOn(to: daemon.socket, replacing: "0.1.0", with: release)
                )
                let file = try daemon.deadFile("skewed")
                for words in [["list"], ["events", "--all"], ["status", file]] {
                    let result = try await Muster.run(words, ["MUSTERD_SOCKET": path])
                    let warning = "warning[MUS0702]: musterd is \(release), and this is muster 0.1.0\n  hint: \(hint)"
                    #expect(result.errorText.hasPrefix(warning), "\(result.errorText)")
                    #expect(result.errorText.ranges(of: "MUS0702").count == 1)
                    #expect(result.status == (words.count == 2 && words[0] == "status" ? Code.failed : Code.ok))
                }
                withExtendedLifetime(impostor) {}
            }
        }
    }
}
