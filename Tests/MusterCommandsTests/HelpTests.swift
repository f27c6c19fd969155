import Foundation
import MusterSpec
import MusterTesting
import Testing

@Suite("muster, the command line itself")
struct HelpTests {
    private static let verbs = [
        "validate", "explain", "flags", "schema", "plan", "render", "fit", "doctor", "up", "status", "logs", "why",
        "diagnose", "restart", "down", "exec", "events", "list", "nodes", "pause", "resume", "drain", "undrain",
        "forget",
    ]

    @Test("the help of every verb is what it was, within 80 columns", arguments: [[]] + verbs.map { [$0] })
    func help(_ verb: [String]) async throws {
        let result = try await Muster.run(verb + ["--help"])
        #expect(result.status == Code.ok && result.stderr.isEmpty)
        // The parser does not wrap the line that shows a verb's whole usage.
        let wrapped = result.text.split(separator: "\n").filter { !$0.hasPrefix("USAGE:") }
        #expect(wrapped.allSatisfy { $0.count <= 80 })
        expectGolden(result.text, "help\(verb.map { "-\($0)" }.joined())")
    }

    @Test("so is that of a verb's parts", arguments: [["doctor", "check"], ["doctor", "parse"]])
    func parts(_ words: [String]) async throws { try await help(words) }

    @Test("help of a verb can be asked for either way", arguments: verbs)
    func helpVerb(_ verb: String) async throws {
        #expect(try await Muster.run(["help", verb]).stdout == Muster.run([verb, "--help"]).stdout)
    }

    @Test("the whole grammar is what it was")
    func grammar() async throws {
        let result = try await Muster.run(["--experimental-dump-help"])
        #expect(result.status == Code.ok)
        let root = try #require(try result.json()["command"] as? [String: Any])
        let names = (root["subcommands"] as? [[String: Any]] ?? []).compactMap { $0["commandName"] as? String }
        #expect(names.filter { $0 != "help" } == Self.verbs)
        expectGolden(result.text, "grammar")
    }

    @Test("without a verb it shows its help, and its version when asked")
    func bare() async throws {
        let bare = try await Muster.run([])
        let help = try await Muster.run(["--help"])
        #expect(bare.status == Code.ok && bare.stdout == help.stdout)
        let version = try await Muster.run(["--version"])
        #expect(version.status == Code.ok && version.text == "0.1.0\n" && version.stderr.isEmpty)
    }

    @Test(
        "wrong usage prints usage on standard error and ends with 2",
        arguments: [
            ["nonsense"], ["validate", "a", "b"], ["validate", "--no-such-flag"], ["plan", "--format", "xml"], ["exec"],
            ["exec", "a.yaml"], ["exec", "a.yaml", "--timeout", "soon", "--", "id"], ["logs", "a.yaml", "-n", "-1"],
            ["logs", "a.yaml", "-n", "x"], ["explain", "nope"], ["explain", "MUS9999"], ["render", "a.yaml", "-o", ""],
            ["logs", "a.yaml", "--rank", "0", "--node", "x"], ["restart", "a.yaml", "--scope", "half"],
            ["render", "-o"],
            ["doctor", "a.yaml", "--html", ""], ["doctor", "a.yaml", "--yes"], ["doctor", "parse", "tpoo"],
            ["doctor", "a.yaml", "--deep", "--kept"], ["doctor", "a.yaml", "--deep", "--deep-limit", "2"],
            ["restart", example(fourNodes), "--scope", "rank"], ["logs", example(fourNodes), "--rank", "32"],
            ["logs", example(fourNodes), "--node-rank", "4"], ["restart", example(fourNodes), "--node", "10.0.0.5"],
            ["up", "a.yaml", "--daemon", "--foreground"], ["up", "a.yaml", "-d", "--foreground"],
            ["down", "a.yaml", "--name", "b"], ["status", "--name", "b", "--foreground"],
            ["events", "a.yaml", "--all"], ["events", "-n", "-1"],
            ["events", "--all", "--since", "soon"], ["drain"], ["list", "a.yaml"],
            ["restart", example(fourNodes), "--replica", "1"],
            ["flags", "a", "b"], ["flags", "--engine", "trt"], ["flags", "--version", "0.5.9"],
            ["flags", "--engine", "vllm", "--version", "new"],
            ["fit", "a.yaml", "--gpu", "K80"], ["fit", "a.yaml", "--gpu", "H100", "--gpu-memory", "80"],
            ["fit", "a.yaml", "--gpu-memory", "0"], ["fit", "a.yaml", "--config", ""],
        ]
    )
    func wrongUsage(_ arguments: [String]) async throws {
        let result = try await Muster.run(arguments)
        #expect(result.status == Code.usage && result.stdout.isEmpty)
        #expect(
            result.errorText.hasPrefix("Error: ") && result.errorText.contains("Usage: muster"),
            "\(result.errorText)"
        )
    }

    @Test("a node that is nearly right is named")
    func nearestNode() async throws {
        let result = try await Muster.run(["logs", example(fourNodes), "--node", "10.0.0.11"])
        #expect(result.errorText.hasPrefix("Error: there is no node `10.0.0.11`; did you mean `10.0.0.1`?\n"))
    }
}
