import MusterTesting
import Testing

/// Which way the arrows point. A target that is not in the table may not exist.
@Suite("Imports")
struct ImportTests {
    /// Modules of this package and of others that a target may import; the standard library is open to all.
    private static let allowed: [String: Set<String>] = [
        "CLibSSH2": [], "CNodeScript": [], "CFlagCatalog": [],
        "MusterSpec": ["Yams", "OrderedCollections"],
        // The catalogue is bytes and nothing else: what it knows is knowledge of engines, too large for a Swift literal.
        "MusterEngines": ["CFlagCatalog", "MusterSpec", "OrderedCollections"],
        "MusterPlan": ["MusterSpec", "MusterEngines", "Crypto", "OrderedCollections"],
        "MusterDoctor": ["MusterSpec", "MusterEngines", "MusterPlan", "OrderedCollections"],
        "MusterSupervision": ["MusterSpec", "MusterEngines", "MusterPlan"],
        "MusterSSH": ["CLibSSH2", "Crypto", "Logging", "Glibc", "Synchronization"],
        "MusterTerminal": ["MusterSpec", "Rainbow"],
        "MusterRuntime": [
            "CNodeScript", "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision",
            "MusterSSH",
            "Logging", "MusterStore", "MusterLock", "MusterAPI", "MusterMetrics", "Subprocess", "FoundationEssentials",
            "Glibc",
            "Synchronization",
        ],
        "MusterLock": ["Glibc", "Synchronization"],
        "MusterMetrics": ["Synchronization"],
        "MusterStore": ["MusterLock", "GRDB", "FoundationEssentials", "Glibc", "Synchronization"],
        "MusterAPI": [],
        "MusterClient": [
            "MusterAPI", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "MusterServer": [
            "MusterAPI", "MusterLock", "MusterMetrics", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging",
            "NIOCore", "ServiceLifecycle", "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "MusterDaemon": [
            "MusterSpec", "MusterEngines", "MusterPlan", "MusterSupervision", "MusterRuntime", "MusterSSH",
            "MusterStore", "MusterAPI", "MusterMetrics", "MusterServer", "ArgumentParser", "Logging",
            "ServiceLifecycle", "UnixSignals", "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "MusterCommands": [
            "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision", "MusterRuntime",
            "MusterSSH",
            "MusterTerminal", "MusterAPI", "MusterClient", "ArgumentParser", "Logging", "UnixSignals", "Glibc",
            "FoundationEssentials", "Synchronization",
        ],
        "muster": ["MusterCommands"],
        "musterd": ["MusterDaemon"],
        "muster-bench": [
            "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision", "MusterSSH",
            "MusterStore",
            "MusterRuntime", "MusterSimulation", "Glibc", "Synchronization",
        ],
        "MusterSimulation": [
            "MusterSpec", "MusterEngines", "MusterPlan", "MusterSSH", "MusterRuntime", "Synchronization",
        ],
    ]

    /// Targets without I/O, clock, randomness and `async`.
    private static let pure = [
        "MusterSpec", "MusterEngines", "MusterPlan", "MusterDoctor", "MusterSupervision", "MusterTerminal",
    ]

    private static func target(_ path: String) -> String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    }

    /// A source file without its comments and text literals, so that words in them are not taken for code.
    private static func code(_ path: String) throws -> String {
        var isInLiteral = false
        let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).map {
            line -> String in
            let opens = line.contains("\"\"\"")
            defer { if opens { isInLiteral.toggle() } }
            if isInLiteral || line.drop(while: { $0 == " " }).hasPrefix("//") { return "" }
            return String(line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\/\/.*$/, with: ""))
        }
        return lines.joined(separator: "\n")
    }

    private static let sources = Repository.files(below: "Sources", "swift")
    /// The one target elsewhere that is more than help for tests: a benchmark runs on it, too.
    private static let simulation = Repository.files(below: "Tests/MusterSimulation", "swift")

    @Test("every file imports only what its target may", arguments: allowed.keys.sorted())
    func imports(target: String) throws {
        let pattern =
            /(?m)^(?:@testable )?(?:public |package |internal |private |fileprivate )?import (?:(?:struct|class|enum|protocol|func|var|let) )?(\w+)/
        for path in Self.sources + Self.simulation where Self.target(path) == target {
            for match in try Self.code(path).matches(of: pattern) {
                let module = String(match.1)
                #expect(Self.allowed[target]?.contains(module) == true, "\(path) imports \(module)")
            }
        }
    }

    @Test("the manifest gives no target a dependency it may not import")
    func manifest() throws {
        let manifest = try Repository.text("Package.swift")
        let targets = manifest.matches(
            of:
                /\.(?:target|executableTarget|systemLibrary)\(\s*name: "([\w-]+)"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/
        )
        #expect(targets.count >= Self.allowed.count)
        for match in targets where match.1 != "MusterTesting" {
            let name = String(match.1)
            let allowed = try #require(Self.allowed[name], "\(name) is not in the table")
            let dependencies =
                match.2.firstMatch(of: /(?s)dependencies: \[(.*?)\],\s*(?:swiftSettings|exclude|path)/)?.1
                ?? match.2.firstMatch(of: /(?s)dependencies: \[(.*)\]/)?.1 ?? ""
            let products = dependencies.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) }
            let plain = dependencies.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"(\w+)"/).map {
                String($0.1)
            }
            for dependency in products + plain {
                #expect(allowed.contains(dependency), "\(name) depends on \(dependency)")
            }
        }
    }

    @Test("every folder of Sources is a target of the table")
    func folders() {
        let folders = Set(Repository.files(below: "Sources", "swift", "c", "h").map(Self.target))
        #expect(folders.isSubset(of: Self.allowed.keys))
        #expect(folders.count > 8)
    }

    @Test("the pure targets have no I/O, no clock, no chance and nothing to wait for", arguments: pure)
    func purity(target: String) throws {
        let forbidden = [
            /\basync\b/, /\bawait\b/, /\bTask\b/, /\bContinuousClock\b/, /\bSuspendingClock\b/, /\bDate\(/,
            /\.random\(/, /\bshuffled\(\)/,
            /\brandomElement\(\)/, /\bSystemRandomNumberGenerator\b/, /\bprint\(/, /\breadLine\(/, /\bFileManager\b/,
            /\bCommandLine\b/, /\bgetenv\b/,
        ]
        let files = Self.sources.filter { Self.target($0) == target }
        #expect(!files.isEmpty)
        for path in files {
            let code = try Self.code(path)
            for pattern in forbidden {
                let found = code.firstMatch(of: pattern).map { String($0.0) }
                #expect(found == nil, "\(path) has `\(found ?? "")`")
            }
        }
    }
}
