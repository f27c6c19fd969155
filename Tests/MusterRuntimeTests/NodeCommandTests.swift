import MusterTesting
import Testing

@testable import MusterRuntime

/// The line an exec request carries, run for real under each shell that somebody may log in with.
@Suite("NodeCommand")
struct NodeCommandTests {
    /// Says what it was called with, the way the real script begins.
    private static let script = """
        #!/bin/sh
        printf 'muster/1 %s\\n' "$1"
        shift
        for word in "$@"; do printf 'word <%s>\\n' "$word"; done
        echo 'end ok'

        """

    /// Shells by the words that run a line in them.
    private static let shells: [[String]] = [
        ["sh", "-c"], ["dash", "-c"], ["bash", "-c"], ["bash", "--login", "-c"], ["busybox", "sh", "-c"],
        ["zsh", "-c"], ["ksh", "-c"],
        ["mksh", "-c"], ["csh", "-c"], ["tcsh", "-c"], ["fish", "-c"],
    ].filter { LocalCommand.exists($0[0]) }

    private static let words = [
        "stop", "deepseek-v3", "-", "TERM:launcher:30,KILL:all:0", "8000,5000", "3:0", "a@b:1:up:2",
    ]

    private func run(_ shell: [String], _ line: String, home: String) async throws -> LocalCommand.Result {
        var command = LocalCommand(shell + [line], environment: ["HOME": home, "PATH": "/usr/bin:/bin"])
        command.directory = "/"
        return try await command.run()
    }

    private func said(_ words: [String]) -> String {
        "muster/1 n1\n" + words.map { "word <\($0)>\n" }.joined() + "end ok\n"
    }

    @Test(
        "runs the script with its words",
        arguments: shells,
        ["bin", "a dir/with spaces", "quo'te", "dollar$HOME", "back\\slash"]
    )
    func runs(_ shell: [String], _ folder: String) async throws {
        try await withScratch { scratch in
            let path = try scratch.write(Self.script, to: "\(folder)/node-1.sh", mode: 0o600)
            let line = NodeCommand.line(script: path, nonce: "n1", words: Self.words)
            let result = try await run(shell, line, home: scratch.path)
            #expect(
                result.text == said(Self.words) && result.stderr.isEmpty && result.status == 0,
                "\(result.errorText)"
            )
        }
    }

    @Test("finds the script below the home directory, which may have spaces in it", arguments: shells)
    func home(_ shell: [String]) async throws {
        try await withScratch { scratch in
            try scratch.write(Self.script, to: "my home/.muster/bin/node-1.sh", mode: 0o600)
            let line = NodeCommand.line(script: "~/.muster/bin/node-1.sh", nonce: "n1", words: ["hello"])
            let result = try await run(shell, line, home: scratch.path + "/my home")
            #expect(result.text == said(["hello"]) && result.status == 0, "\(result.errorText)")
        }
    }

    @Test(
        "says that the script is missing, on a line of its own",
        arguments: shells,
        ["~/.muster/bin/node-1.sh", "/no such/node.sh"]
    )
    func missing(_ shell: [String], _ path: String) async throws {
        try await withScratch { scratch in
            let line = NodeCommand.line(script: path, nonce: "n1", words: Self.words)
            let result = try await run(shell, line, home: scratch.path)
            #expect(result.text == "\nmuster-needs-script\n" && result.status == 0 && result.stderr.isEmpty)
            #expect(NodeReply.needsScript(result.stdout))
            #expect(NodeReply(output: result.stdout, nonce: "n1") == nil)
        }
    }

    @Test(
        "carries any word through POSIX shells",
        arguments: shells.filter { !["csh", "tcsh", "fish"].contains($0[0]) }
    )
    func anyWord(_ shell: [String]) async throws {
        let words = [
            "", " ", "a b", "'", "''", "\"", "$HOME", "`id`", "\\", "\\'", "!", "*", "~", "#", "ä日本", "a;b|c&d", "-n",
            "%s\\n", "a=b",
        ]
        try await withScratch { scratch in
            let path = try scratch.write(Self.script, to: "node-1.sh")
            let result = try await run(
                shell,
                NodeCommand.line(script: path, nonce: "n1", words: words),
                home: scratch.path
            )
            #expect(result.text == said(words))
        }
    }

    @Test("is one line without anything that csh would expand in quotes")
    func oneLine() {
        let line = NodeCommand.line(script: "~/.muster/bin/node-1.sh", nonce: "n1", words: Self.words)
        #expect(!line.contains("\n") && !line.contains("!"))
        #expect(line.hasPrefix("exec sh -c '"))
    }

    @Test("puts up with a login shell that prints, and with one that has an alias for nothing it uses")
    func noisyLogin() async throws {
        try await withScratch { scratch in
            try scratch.write("echo Welcome; printf 'no line break '\nalias sh=false\n", to: ".bash_profile")
            let path = try scratch.write(Self.script, to: "node-1.sh")
            let line = NodeCommand.line(script: path, nonce: "n1", words: ["hello"])
            let result = try await run(["bash", "--login", "-c"], line, home: scratch.path)
            #expect(result.text.hasPrefix("Welcome\nno line break muster/1 n1\n"))
            #expect(NodeReply(output: result.stdout, nonce: "n1")?.records.map(\.line) == ["word <hello>"])
            var watch = WatchParser(nonce: "n1")
            #expect(watch.feed(result.stdout) == [.end(.ok)])
        }
    }
}
