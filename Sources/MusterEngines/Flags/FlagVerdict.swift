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
        let words = Self.words(outcomes, scope, catalog)
        let seen = zip(scope.judges, outcomes).flatMap { judge, outcome in
            outcome.problems.map { (judge: judge, problem: outcome.words == words ? $0 : $0.writtenOtherwise) }
        }
        let fatal = seen.filter(\.problem.isFatal)
        let isAgreed = fatal.count == outcomes.count
        // The judges may have different reasons; the newest one's is nearest to what a person can do about it.
        let refusals = fatal.suffix(1).map { each in
            Finding(
                problem: each.problem,
                judges: isAgreed ? scope.judges : [each.judge],
                severity: isAgreed && scope.isCertain ? .error : .warning
            )
        }
        let renames = seen.filter { !$0.problem.isFatal && !$0.problem.isAbbreviation }
        let warnings = (seen.filter(\.problem.isAbbreviation).suffix(1) + renames.suffix(1)).map { each in
            let judges = seen.filter { $0.problem == each.problem }.map(\.judge)
            return Finding(problem: each.problem, judges: judges, severity: .warning)
        }
        self.words = words
        findings = refusals + warnings
    }

    /// Words that every judge knows, else those of the oldest one that has any.
    private static func words(_ outcomes: [FlagOutcome], _ scope: ReleaseScope, _ catalog: FlagCatalog) -> [FlagWords]?
    {
        let all = outcomes.compactMap(\.words)
        guard all.count > 1 else { return all.first }
        let common = all.first { words in
            words.allSatisfy { word in
                scope.judges.allSatisfy { catalog.match(String(word.flag.prefix { $0 != "." }), in: $0) != nil }
            }
        }
        return common ?? all.first
    }
}

extension FlagProblem {
    fileprivate var isAbbreviation: Bool { if case .abbreviated = self { true } else { false } }

    /// The same where another judge's words are written.
    fileprivate var writtenOtherwise: FlagProblem {
        switch self {
        case .deprecated(let replacement, _, let advice): .deprecated(replacement, written: nil, advice: advice)
        case .renamed(let words, _, let advice): .renamed(words, isWritten: false, advice: advice)
        default: self
        }
    }
}
