import Foundation
import MusterEngines
import MusterSpec
import MusterTesting
import Testing

/// What the parsers of every release say of themselves, where it lies beside the checkout. It is not part of it.
@Suite(
    "every flag of every release that facts tell of",
    .enabled(if: FlagFacts.areThere, "no facts about flags are here")
)
struct FlagFactsTests {
    @Test("the catalogues are what the script makes of the facts")
    func script() async throws {
        let script = Repository.root.appending(path: "Deploy/flags").path
        let result = try await LocalCommand(["python3", script, FlagFacts.folder.path, "--check"]).run()
        #expect(result.status == 0, "\(result.text)\(result.errorText)")
    }

    @Test("is taken with a value it takes, and refused with one it does not", arguments: FlagFacts.releases)
    func flags(release: FlagFacts.Release) throws {
        let flags = try release.flags()
        let (catalog, index) = (FlagCatalog.of(release.kind), try release.index())
        #expect(catalog.flags(in: index).count == flags.count)
        for flag in flags {
            for spelling in flag.spellings {
                #expect(catalog.match(spelling, in: index)?.flag.name == flag.name, "\(spelling)")
            }
        }
        let good = try Diagnosed(release, flags.map { ($0.name, $0.goodValue) })
        let bad = try Diagnosed(release, flags.map { ($0.name, $0.badValue) })
        var (taken, refused, managed) = (0, 0, 0)
        for flag in flags {
            // That lines do not go together, or become the same flag, is nothing the parser says.
            let problems = good.problems(flag.name).filter(Self.isOfParser)
            if problems.contains(where: { $0.code == .managedArgument }) {
                // A flag of its own must not be taken for the beginning of one that muster sets.
                #expect(problems.allSatisfy { $0.found == "`\(flag.name)`" }, "\(flag.name): \(problems)")
                managed += 1
                continue
            }
            #expect(problems.isEmpty, "\(flag.name): \(flag.goodValue): \(problems)")
            let refusals = bad.problems(flag.name).filter(Self.isOfParser)
            #expect(!refusals.isEmpty, "\(flag.name): \(flag.badValue)")
            taken += problems.isEmpty ? 1 : 0
            refused += refusals.isEmpty ? 0 : 1
        }
        #expect(taken == refused && taken + managed == flags.count)
        print("\(release): \(flags.count) flags: \(taken) taken, \(refused) refused, \(managed) of muster's own")
    }

    private static func isOfParser(_ problem: Diagnostic) -> Bool {
        problem.severity == .error && ![.argumentConflict, .duplicateArgument].contains(problem.code)
    }

    @Test("of another release is never taken without a word", arguments: FlagFacts.releases)
    func others(release: FlagFacts.Release) throws {
        let catalog = FlagCatalog.of(release.kind)
        let index = try release.index()
        let names = Set(catalog.lines().map(\.name)).filter {
            !$0.hasPrefix("-") && catalog.match($0, in: index) == nil
        }.sorted()
        let diagnosed = try Diagnosed(release, names.map { ($0, "true") })
        var (refused, renamed) = (0, 0)
        for name in names {
            let problems = diagnosed.problems(name)
            #expect(!problems.isEmpty, "\(name)")
            if problems.contains(where: { $0.severity == .error }) { refused += 1 } else { renamed += 1 }
        }
        print("\(release): of \(names.count) names of other releases \(refused) refused, \(renamed) translated")
    }
}

/// A file with many lines of `args`, judged.
private struct Diagnosed {
    private let byLine: [Int: [Diagnostic]]
    private let lines: [String: Int]

    init(_ release: FlagFacts.Release, _ arguments: [(name: String, value: String)]) throws {
        let head = clusterFile(release.kind.rawValue, release.version, "tp_size: 8", "args:")
        let text = head + "\n" + arguments.map { "  \($0.name): \($0.value)" }.joined(separator: "\n") + "\n"
        let first = head.split(separator: "\n", omittingEmptySubsequences: false).count + 1
        lines = Dictionary(arguments.enumerated().map { ($1.name, first + $0) }, uniquingKeysWith: { $1 })
        byLine = Dictionary(grouping: engineProblems(text)) { $0.span?.line ?? 0 }
        _ = try #require(spec(text))
    }

    func problems(_ name: String) -> [Diagnostic] { lines[name].flatMap { byLine[$0] } ?? [] }
}
