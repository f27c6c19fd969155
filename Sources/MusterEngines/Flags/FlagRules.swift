import MusterSpec

/// What the flags of a release say about the `args` of a file.
struct FlagRules {
    let flags: FileFlags
    let spec: ClusterSpec
    let names: FlagNames
    /// Flags that come from keys of the file, and are reported as such.
    let managed: ManagedFlags
    /// The flag whose value `MemoryFraction` judges.
    let fraction: String

    func check() -> [Diagnostic] {
        guard spec.unreadable.isDisjoint(with: ["engine.kind", "engine.version"]) else { return [] }
        return flags.lines.flatMap { line -> [Diagnostic] in
            guard !managed.holds(line.name, names), Self.isName(line.name) else { return [] }
            return line.verdict.findings.compactMap { finding in
                if case .value = finding.problem, names.meaning(of: line.name).names.contains(fraction) { return nil }
                return diagnostic(finding, line)
            }
        } + repetitions()
    }

    /// Flags that two lines give under different names. What differs in `_` and `-` alone is seen without a release.
    private func repetitions() -> [Diagnostic] {
        var first: [String: FileFlags.Line] = [:]
        return flags.lines.compactMap { line in
            guard !managed.holds(line.name, names), Self.isName(line.name) else { return nil }
            let own = flags.flags(of: line)
            let earlier = own.lazy.compactMap { flag in first[flag].map { (flag, $0) } }.first
            for flag in own where first[flag] == nil { first[flag] = line }
            guard let (flag, earlier) = earlier,
                FlagRendering.canonical(earlier.name) != FlagRendering.canonical(line.name)
            else { return nil }
            return Diagnostic(
                .duplicateArgument,
                "`\(line.name)` and `\(earlier.name)` are the same flag",
                at: line.argument.keySpan,
                found: "`--\(flag)` twice in \(release)",
                expected: "each flag once",
                notes: [.init(message: "first given here", span: earlier.argument.keySpan)],
                hint: "remove one of the two"
            )
        }
    }

    /// Whether a name has the form of one; another is reported by the checks of the file.
    private static func isName(_ name: String) -> Bool {
        !name.hasPrefix("-") && !name.contains { $0.isWhitespace || $0 == "=" }
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 }
    }

    private func diagnostic(_ finding: FlagVerdict.Finding, _ line: FileFlags.Line) -> Diagnostic {
        let text = FlagProblemText(
            problem: finding.problem,
            name: line.name,
            value: line.argument.value,
            release: release,
            known: known,
            key: managed.key
        )
        var notes: [Diagnostic.Note] = []
        if let note = flags.scope.note(flags.catalog) {
            let seers = finding.judges.map(known).joined(separator: " and ")
            let some = finding.judges.count < flags.scope.judges.count ? "; only \(seers) says so" : ""
            notes = [.init(message: note + some, span: spec.engine.version.span)]
        }
        return Diagnostic(
            text.code,
            finding.severity,
            text.message,
            at: text.isAboutValue ? line.argument.valueSpan : line.argument.keySpan,
            found: text.found,
            expected: text.expected,
            notes: notes,
            hint: text.hint
        )
    }

    private var release: String { "\(flags.kind.title) \(flags.scope.version)" }
    private func known(_ index: Int) -> String { flags.catalog.releases[index].text }
}
