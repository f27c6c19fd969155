import Foundation
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("a launch script delivers what the file says, byte for byte")
struct LaunchScriptTests {
    static let shells = [["dash"], ["bash", "--posix"], ["busybox", "sh"]].filter { LocalCommand.exists($0[0]) }

    /// A stand-in for python3 that writes its arguments and one variable down, each ended by NUL.
    private static let recorder = """
        #!/bin/sh
        printf '%s\\0' "$@" > "$RECORD"
        printf '%s' "${PROBE-}" > "$RECORD.env"

        """

    private static let values = [
        "plain", "two words", "it's", "say \"hi\"", "$HOME `id` $(id)", "back\\slash", "*?[a]", "--looks-like-a-flag",
        "-1",
        "line one\nline two", "{\"a\": [1, 2], \"b\": \"x y\"}", "tab\there", "#no comment", "ünïcode 漢字", "a;b|c&d",
        "!bang", "",
    ]

    @Test("awkward values reach the program as they are", arguments: shells, values.indices)
    func argument(shell: [String], index: Int) async throws {
        let value = Self.values[index]
        guard !value.isEmpty else { return }
        let file = single("args:\n  tokenizer-path: \(JSONValue.string(value).compact)\n")
        let words = try await run(try plan(file), shell: shell).words
        let joined = value.hasPrefix("-") ? ["--tokenizer-path=\(value)"] : ["--tokenizer-path", value]
        #expect(words.firstRange(of: joined) != nil, "\(words)")
    }

    @Test("awkward environment values are exported as they are", arguments: shells, values.indices)
    func environment(shell: [String], index: Int) async throws {
        let value = Self.values[index]
        guard !value.isEmpty, !value.contains(where: { $0 == "\n" || $0 == "\t" }) else { return }
        let file = single("env:\n  PROBE: \(JSONValue.string(value).compact)\n")
        #expect(try await run(try plan(file), shell: shell).probe == value)
    }

    @Test("a mapping arrives as one JSON argument, a list as several, false not at all", arguments: shells)
    func shapes(shell: [String]) async throws {
        let file = single(
            """
            args:
              json-model-override-args: {a: 1, b: [x, true]}
              lora-paths: [1, two]
              trust-remote-code: true
              enable-metrics: false
            """
        )
        let words = try await run(try plan(file), shell: shell).words
        #expect(
            words.firstRange(of: [
                "--json-model-override-args", "{\"a\": 1, \"b\": [\"x\", true]}", "--lora-paths", "1", "two",
                "--trust-remote-code",
            ]) != nil
        )
        #expect(!words.contains("--enable-metrics"))
    }

    @Test("a secret is expanded on the node, from the file beside the script or the environment", arguments: shells)
    func secret(shell: [String]) async throws {
        let file = single("secrets: {KEY: {env: KEY}}\nargs: {api-key: {secret: KEY}}\n")
        let made = try plan(file)
        #expect(!made.units[0].render.script.contains("s3cret"))
        let canary = "s3cret'\" $x"
        let fromFile = try await run(made, shell: shell, env: "export KEY=\(ShellText.quote(canary))\n")
        #expect(fromFile.words.firstRange(of: ["--api-key", canary]) != nil)
        let without = try await run(made, shell: shell)
        #expect(without.status != 0)
        #expect(without.errors.contains("KEY"))
    }

    @Test("hostile names cannot leave their comment")
    func comments() throws {
        let file = single().replacing("nodes: [10.0.0.1]", with: "nodes: [{host: 10.0.0.1, name: node-a}]")
        let script = try plan(file).units[0].render.script
        for line in script.split(separator: "\n").prefix(3) { #expect(line.hasPrefix("#")) }
    }

    @Test("every example's scripts are valid shell", arguments: shells, RenderGoldenTests.names)
    func syntax(shell: [String], name: String) async throws {
        try await withScratch { scratch in
            for unit in try examplePlan(name).units {
                let path = try scratch.write(unit.render.script, to: "launch.sh")
                let result = try await LocalCommand(shell + ["-n", path]).run()
                #expect(result.status == 0, "\(result.errorText)")
            }
        }
    }

    private func run(
        _ plan: LaunchPlan,
        shell: [String],
        env: String? = nil
    ) async throws
        -> (words: [String], probe: String, status: Int32, errors: String)
    {
        try await withScratch { scratch in
            // Written by another process: a child forked by a test beside this one would hold our descriptor for a
            // moment, and Linux does not start a program that somebody has open for writing.
            let source = try scratch.write(Self.recorder, to: "recorder")
            let program = scratch.path + "/bin/python3"
            #expect(try await LocalCommand(["install", "-D", "-m", "755", source, program]).run().status == 0)
            let script = try scratch.write(plan.units[0].render.script, to: "run dir/launch.sh", mode: 0o700)
            if let env { _ = try scratch.write(env, to: "run dir/env", mode: 0o600) }
            let record = scratch.path + "/record"
            let path = "\(scratch.path)/bin:/usr/local/bin:/usr/bin:/bin"
            let result = try await LocalCommand(["env", "-i", "PATH=\(path)", "RECORD=\(record)"] + shell + [script])
                .run()
            let bytes = FileManager.default.contents(atPath: record) ?? Data()
            let words = bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            let probe = FileManager.default.contents(atPath: record + ".env") ?? Data()
            return (
                words.map { String(decoding: $0, as: UTF8.self) }, String(decoding: probe, as: UTF8.self),
                result.status,
                result.errorText
            )
        }
    }
}
