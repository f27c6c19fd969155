import MusterSpec

/// What the flags of a release say about the `args` of a file.
struct FlagRules {
    let flags: FileFlags
    let spec: ClusterSpec
    /// Flags that come from keys of the file, and are reported as such.
    let managed: ManagedFlags
    /// The flag whose value `MemoryFraction` judges.
    let fraction: String

    func check() -> [Diagnostic] {
        guard spec.unreadable.isDisjoint(with: ["engine.kind", "engine.version"]) else { return [] }
        return flags.lines.flatMap { line -> [Diagnostic] in
            guard !managed.holds(line.name), Self.isName(line.name) else { return [] }
            return line.verdict.findings.compactMap { finding in
                if FlagRendering.canonical(line.name) == fraction, case .value = finding.problem { return nil }
                return diagnostic(finding, line)
            }
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
            known: known
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
