import Foundation
import MusterCommands
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

/// The real program, as it was built beside the tests.
enum Muster {
    static let path: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "muster").path
    }()

    /// What the program finds in its environment, unless a test says otherwise.
    static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "COLUMNS": "80"]

    static func run(
        _ arguments: [String],
        stdin: String = "",
        in directory: String? = nil,
        _ environment: [String: String] = [:]
    ) async throws -> LocalCommand.Result {
        var command = LocalCommand([path] + arguments, environment: Self.environment.merging(environment) { $1 })
        command.stdin = Array(stdin.utf8)
        command.directory = directory
        return try await command.run()
    }

    /// Runs a line of shell in which `$M` is the program, under a pseudo-terminal of a width. What it writes to either
    /// stream comes back as one text, with the line ends of a terminal made plain.
    static func terminal(
        columns: Int,
        _ line: String,
        _ environment: [String: String] = [:]
    ) async throws -> LocalCommand.Result {
        var variables = Self.environment.merging(["M": path, "TERM": "xterm", "SHELL": "/bin/sh"]) { $1 }
        variables["COLUMNS"] = nil
        variables.merge(environment) { $1 }
        let words = ["script", "-qec", "stty cols \(columns) rows 50; \(line)", "/dev/null"]
        var result = try await LocalCommand(words, environment: variables).run()
        result.stdout = Array(result.text.replacing("\r\n", with: "\n").utf8)
        return result
    }

    static let hasTerminals = LocalCommand.exists("script") && LocalCommand.exists("stty")
}

/// The exit codes as they are documented, not as the program has them.
enum Code {
    static let ok: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    static let invalid: Int32 = 3
    static let daemonUnreachable: Int32 = 4
    static let partial: Int32 = 5
}

/// One of the example files, by its path.
func example(_ name: String) -> String { Repository.root.appending(path: "Configs/\(name).yaml").path }

let fourNodes = "l40s-4x8-tp32-sglang"
let oneNode = "h20-1x8-sglang"

extension LocalCommand.Result {
    /// Standard output as JSON.
    func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(stdout))
        return try #require(value as? [String: Any], sourceLocation: sourceLocation)
    }

    var hasEscapes: Bool { (stdout + stderr).contains(0x1b) }
}

/// A file that nothing is wrong with, for one node per host that is not reached in any test: nothing listens there.
func clusterFile(nodes: String = "10.0.0.1", gpus: Int = 8, tensor: Int = 8, more: String = "") -> String {
    """
    name: sample
    engine: {kind: sglang, version: 0.4.4.post1}
    model: /models/m
    tp_size: \(tensor)
    gpus_per_node: \(gpus)
    tcp_iface: bond0
    nodes: [\(nodes)]
    \(more)

    """
}

/// The plan of a cluster file that must be valid.
func plan(of text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> LaunchPlan {
    let checked = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml"))
    let problems = checked.diagnostics.map { "\($0.code) \($0.message) \($0.found ?? "")" }
    return try #require(checked.plans.first, "\(problems)", sourceLocation: sourceLocation)
}
