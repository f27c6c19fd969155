import MusterSpec
import OrderedCollections

/// The `args` of a file against the flags of its engine's release.
struct FileFlags {
    /// What an engine knows better than any catalogue: a flag whose meaning hangs on keys of the file.
    typealias Special = (_ name: String, _ value: FlagValue, _ reading: FlagReading) -> FlagOutcome?

    /// One line of `args`.
    struct Line {
        let name: String
        let argument: ArgumentSpec
        let verdict: FlagVerdict
    }

    let catalog: FlagCatalog
    let scope: ReleaseScope
    let kind: EngineSpec.Kind
    let lines: [Line]

    /// The engine's own word is asked before the catalogue.
    init(_ spec: ClusterSpec, catalog: FlagCatalog? = nil, special: Special = { _, _, _ in nil }) {
        let kind = spec.engine.kind.value
        let catalog = catalog ?? .of(kind)
        let scope = ReleaseScope(spec.engine.version.value, in: catalog)
        self.kind = kind
        self.catalog = catalog
        self.scope = scope
        lines = spec.arguments.map { name, argument in
            let canonical = FlagRendering.canonical(name)
            let outcomes = scope.judges.map { judge in
                let reading = FlagReading(catalog: catalog, kind: kind, release: judge)
                return special(canonical, argument.value, reading) ?? reading.read(canonical, argument.value)
            }
            return Line(name: name, argument: argument, verdict: FlagVerdict(outcomes, scope, catalog))
        }
    }

    /// Whether every judge knows a flag.
    func knows(_ flag: String) -> Bool { scope.judges.allSatisfy { catalog.match(flag, in: $0) != nil } }

    /// Whether the command line holds a flag by the file's word, by whatever name the file has it.
    func writes(_ flag: String) -> Bool { lines.contains { $0.verdict.words?.contains { $0.flag == flag } == true } }

    /// The flags that a line becomes on the command line, by their own names; each in the eyes of the newest judge that
    /// knows it.
    func flags(of line: Line) -> Set<String> {
        Set(
            (line.verdict.words ?? []).map { words in
                let matches = scope.judges.compactMap { catalog.match(words.flag, in: $0) }
                return matches.last?.flag.name ?? words.flag
            }
        )
    }

    /// The words of the command line, in the order of the file.
    var arguments: [LaunchArgument] {
        lines.flatMap { line in
            (line.verdict.words ?? FlagRendering.asWritten(line.name, line.argument.value)).map { words in
                LaunchArgument(words: words.words, origin: .file("args.\(line.name)"))
            }
        }
    }
}
