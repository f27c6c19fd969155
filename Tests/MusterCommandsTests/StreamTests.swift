import Foundation
import MusterSpec
import MusterTerminal
import MusterTesting
import Testing

/// What goes where: colours, widths, closed pipes, errors of operations.
@Suite("muster, its streams")
struct StreamTests {
    /// Commands that say something on one stream or the other, each with its exit code.
    private static let talkative: [([String], Int32)] = [
        (["plan", example(fourNodes)], 0), (["validate", example(fourNodes)], 0), (["explain", "MUS0304"], 0),
        (["explain"], 0),
        (["validate", "/no/such/file"], 3), (["nonsense"], 2), (["--help"], 0), (["schema"], 0),
        (["render", example(oneNode)], 0),
    ]

    @Test("there are no escapes without a terminal, whatever the environment", arguments: talkative)
    func plain(_ arguments: [String], _ code: Int32) async throws {
        for environment in [[:], ["NO_COLOR": "1"], ["TERM": "dumb"], ["TERM": "xterm", "CLICOLOR_FORCE": "1"]] {
            let result = try await Muster.run(arguments, environment)
            #expect(result.status == code && !result.hasEscapes)
        }
    }

    @Test(
        "a terminal gets colours, unless somebody asked for none",
        .enabled(if: Muster.hasTerminals),
        arguments: [
            ([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false),
        ] as [([String: String], Bool)]
    )
    func colours(_ environment: [String: String], _ isColoured: Bool) async throws {
        for line in ["$M plan \(example(fourNodes))", "$M validate /no/such/file"] {
            let result = try await Muster.terminal(columns: 100, line, environment)
            #expect(result.hasEscapes == isColoured, "\(line): \(result.text.prefix(300))")
        }
    }

    @Test("each stream is coloured by what it is itself", .enabled(if: Muster.hasTerminals))
    func eachStream() async throws {
        try await withScratch { scratch in
            let line =
                "$M plan \(example(fourNodes)) >\(scratch.path)/out; $M validate /no/such/file 2>\(scratch.path)/err"
            let result = try await Muster.terminal(columns: 100, line)
            let written = try ["out", "err"].map { try Data(contentsOf: URL(filePath: "\(scratch.path)/\($0)")) }
            #expect(!result.hasEscapes && written.allSatisfy { !$0.isEmpty && !$0.contains(0x1b) })
        }
    }

    @Test("tables fit the terminal", .enabled(if: Muster.hasTerminals), arguments: [60, 80, 132])
    func planFits(_ columns: Int) async throws {
        try await withScratch { scratch in
            let names = ["a-rather-long-name-for-a-node-in-a-rack", "another-rather-long-name-of-a-node"]
            let nodes = names.enumerated().map { "{host: 127.0.0.\($0.offset + 2), name: \($0.element)}" }.joined(
                separator: ", "
            )
            let text = clusterFile(nodes: nodes, tensor: 16, more: "ssh: {port: 9, host_keys: strict}")
            let file = try scratch.write(text, to: "muster.yaml")
            let plan = try await Muster.terminal(columns: columns, "NO_COLOR=1 $M plan \(file)")
            let lines = plan.text.split(separator: "\n")
            let start = try #require(lines.firstIndex { $0.hasPrefix("RANK") })
            #expect(plan.status == Code.ok && lines[start...].count == 17)
            for line in lines[start...] { #expect(DisplayWidth.of(line) <= columns && !line.hasSuffix(" "), "\(line)") }
            let status = try await Muster.terminal(columns: columns, "NO_COLOR=1 $M status \(file) 2>/dev/null")
            let table = status.text.split(separator: "\n").drop { !$0.hasPrefix("NODE RANK") }
            #expect(status.status == Code.failed && table.count == 3, "\(status.text)")
            for line in table { #expect(DisplayWidth.of(line) <= columns && !line.hasSuffix(" "), "\(line)") }
            #expect(table.dropFirst().allSatisfy { $0.contains("unrea") })
        }
    }

    @Test("a reader that goes away ends it quietly")
    func closedPipe() async throws {
        try await withScratch { scratch in
            // More than a pipe holds, so that it is still writing when the reader has gone.
            let text = clusterFile(nodes: "\"10.0.[1-4].[1-100]\"", tensor: 3200)
            let file = try scratch.write(text, to: "muster.yaml")
            for arguments in ["plan '\(file)'", "plan '\(file)' --format json", "render '\(file)'"] {
                let line = "'\(Muster.path)' \(arguments) | head -n 1; echo \"${PIPESTATUS[*]}\""
                let result = try await LocalCommand(["bash", "-c", line], environment: Muster.environment).run()
                let lines = result.text.split(separator: "\n")
                #expect(
                    lines.count == 2 && lines.last == "0 0" && result.stderr.isEmpty,
                    "\(arguments): \(result.text) \(result.errorText)"
                )
            }
        }
    }

    @Test("a closed standard error stops nothing")
    func closedErrors() async throws {
        let line = "'\(Muster.path)' validate - 2>&- <<'E'\n\(clusterFile(more: "ports: {http: 40000}"))\nE\n"
        let result = try await LocalCommand(["bash", "-c", line], environment: Muster.environment).run()
        #expect(result.status == Code.ok && result.text.hasPrefix("-: valid"))
    }

    @Test(
        "an operation that fails tells why and no usage",
        arguments: ["status", "up", "down", "logs", "restart", "exec"]
    )
    func operations(_ verb: String) async throws {
        let text = clusterFile(nodes: "{host: 127.0.0.2, name: nobody}", more: "ssh: {port: 9, config: /dev/null}")
        let tail = verb == "exec" ? ["--", "true"] : []
        let result = try await Muster.run([verb, "-"] + tail, stdin: text)
        #expect(result.status == Code.failed && !(result.text + result.errorText).contains("Usage:"))
        #expect(result.errorText.contains("nobody") && result.errorText.contains("hint: "), "\(result.errorText)")
        #expect(!result.hasEscapes)
    }

    @Test("an operation that fails has its reason in JSON too", arguments: ["status", "up", "down", "restart", "exec"])
    func operationsInJSON(_ verb: String) async throws {
        let text = clusterFile(nodes: "{host: 127.0.0.2, name: nobody}", more: "ssh: {port: 9, config: /dev/null}")
        let tail = verb == "exec" ? ["--", "true"] : []
        let result = try await Muster.run([verb, "-", "--format", "json"] + tail, stdin: text)
        let json = try result.json()
        #expect(result.status == Code.failed && (json["format"] as? String)?.hasPrefix("muster.") ?? false)
        #expect(result.text.contains("MUS0502"), "\(result.text)")
    }

    @Test("a secret that is missing is named before any node is asked")
    func missingSecret() async throws {
        let text = clusterFile(more: "secrets:\n  HF_TOKEN: {env: NO_SUCH_VARIABLE}")
        let result = try await Muster.run(["up", "-"], stdin: text)
        #expect(result.status == Code.failed || result.status == Code.invalid)
        #expect(
            result.errorText.contains("HF_TOKEN") && result.errorText.contains("NO_SUCH_VARIABLE"),
            "\(result.errorText)"
        )
    }
}
