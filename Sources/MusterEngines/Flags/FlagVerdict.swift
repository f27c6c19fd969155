import MusterSpec

/// What the judges of a release make of one line of `args` together.
struct FlagVerdict: Hashable {
    struct Finding: Hashable {
        let problem: FlagProblem
        /// The judges that see it.
        let judges: [Int]
        let severity: Severity
    }

    let findings: [Finding]
    /// What a command line says; nothing where no judge can say it.
    let words: [FlagWords]?

    /// The outcomes are those of the judges of the scope, in its order.
    init(_ outcomes: [FlagOutcome], _ scope: ReleaseScope, _ catalog: FlagCatalog) {
        let seen = zip(scope.judges, outcomes).flatMap { judge, outcome in
            outcome.problems.map { (judge: judge, problem: $0) }
        }
        let fatal = seen.filter(\.problem.isFatal)
        let isRefused = fatal.count == outcomes.count && scope.isCertain
        // The judges may have different reasons; the newest one's is nearest to what a person can do about it.
        var findings = fatal.suffix(1).map { each in
            Finding(
                problem: each.problem,
                judges: fatal.count == outcomes.count ? scope.judges : [each.judge],
                severity: isRefused ? .error : .warning
            )
        }
        var told: [FlagProblem] = []
        for each in seen where !each.problem.isFatal && !told.contains(each.problem) {
            told.append(each.problem)
            let judges = seen.filter { $0.problem == each.problem }.map(\.judge)
            findings.append(Finding(problem: each.problem, judges: judges, severity: .warning))
        }
        // Words that every judge knows, else those of the older one.
        let known = outcomes.compactMap(\.words)
        words =
            known.first { words in
                words.allSatisfy { word in
                    scope.judges.allSatisfy { catalog.match(String(word.flag.prefix { $0 != "." }), in: $0) != nil }
                }
            } ?? known.first
        self.findings = findings
    }
}
