import MusterTesting
import Testing

/// A program that is sent to nodes, which have Python as it was years ago.
struct PythonSource {
    let text: String

    init(_ path: String) throws { text = try Repository.text(path) }

    /// What came to the library and to built-in types with each minor release, as far as such a program could want it.
    private static let newer: [Int: [String]] = [
        7: [
            "capture_output", "text=True", "dataclass", "breakpoint(", "asyncio.run", "contextvars", "time_ns",
            ".fromisoformat",
        ],
        8: ["math.prod", "cached_property", "shlex.join", "missing_ok", "create_server", "importlib.metadata"],
        9: [
            "removeprefix", "removesuffix", "math.lcm", "zoneinfo", "graphlib", "to_thread", "list[", "dict[", "tuple[",
            "waitstatus_to_exitcode",
        ],
        10: ["pairwise", "strict=True", "bit_count", " | None", "anext("],
        11: ["tomllib", "ExceptionGroup", "TaskGroup", "asyncio.timeout", "add_note"],
    ]

    /// Expects what Python 3.`minor` knows and no more. The program is cut off by its number of bytes, and Python
    /// counts characters, so it is ASCII.
    func expect(minor: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(text.utf8.allSatisfy { $0 < 0x80 }, sourceLocation: sourceLocation)
        for (release, words) in Self.newer where release > minor {
            for word in words {
                #expect(!text.contains(word), "`\(word)` is of 3.\(release)", sourceLocation: sourceLocation)
            }
        }
        let parse = "import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, \(minor)))"
        var command = LocalCommand(["python3", "-c", parse])
        command.stdin = Array(text.utf8)
        let result = try await command.run()
        #expect(result.status == 0, "\(result.errorText)", sourceLocation: sourceLocation)
    }
}
