import MusterSpec

/// What one release makes of one line of `args`.
struct FlagOutcome: Hashable {
    var problems: [FlagProblem] = []
    /// How a command line for that release says it; nothing where it does not.
    var words: [FlagWords]?

    static func refused(_ problem: FlagProblem) -> FlagOutcome { FlagOutcome(problems: [problem]) }
}

/// Reads lines of `args` as one release does.
struct FlagReading {
    let catalog: FlagCatalog
    let kind: EngineSpec.Kind
    /// An index among the catalogue's releases.
    let release: Int

    /// One line. The name has no dashes in front, and dashes for underscores before the first point.
    func read(_ name: String, _ value: FlagValue) -> FlagOutcome {
        if let point = name.firstIndex(of: ".") { return path(name, String(name[..<point]), value) }
        if let match = catalog.match(name, in: release) { return known(match, name, value) }
        if let words = equivalent(of: name, value) {
            return FlagOutcome(problems: [.renamed(words.text)], words: words)
        }
        let runs = catalog.presence(of: name)
        guard runs.isEmpty else { return .refused(.unknown(absence(of: name, runs))) }
        return abbreviation(name, value)
    }

    private func known(_ match: FlagMatch, _ name: String, _ value: FlagValue) -> FlagOutcome {
        let words: [FlagWords]
        switch match.words(name, value) {
        case .failure(let problem): return .refused(problem)
        case .success(let own): words = own
        }
        guard match.flag.isDeprecated, value != .switched(false) else { return FlagOutcome(words: words) }
        let instead = match.isOpposite ? nil : match.flag.replacement.flatMap { self.words(for: $0, value) }
        return FlagOutcome(
            problems: [.deprecated(match.flag.replacement, written: instead?.text)],
            words: instead ?? words
        )
    }

    /// vLLM reaches into JSON values by paths since 0.9.0: `--compilation-config.level 3`.
    private func path(_ name: String, _ base: String, _ value: FlagValue) -> FlagOutcome {
        let hasPaths = kind == .vllm && catalog.releases[release] >= .known("0.9.0")
        guard hasPaths, let match = catalog.match(base, in: release) else {
            let runs = catalog.presence(of: base)
            let isThere = runs.contains { $0.contains(release) }
            guard !isThere, !runs.isEmpty else {
                return .refused(.unknown(.never(near: isThere ? base : nearest(to: base))))
            }
            return .refused(.unknown(absence(of: base, runs)))
        }
        guard match.flag.type?.isDocument == true else { return .refused(.unknown(.never(near: base))) }
        switch value {
        case .switched(let isOn): return FlagOutcome(words: [FlagWords(name, isOn ? "true" : "false")])
        case .text(let text): return FlagOutcome(words: [FlagWords(name, text)])
        case .json(let json): return FlagOutcome(words: [FlagWords(name, values: [json.compact])])
        case .secret(let secret): return FlagOutcome(words: [FlagWords(name, secret: secret)])
        case .list: return .refused(.count(.one, "one value; a list goes into a mapping below `\(base)`"))
        }
    }

    // MARK: Names that are not the release's own

    private func abbreviation(_ name: String, _ value: FlagValue) -> FlagOutcome {
        if let short = catalog.lines(named: "-" + name).first(where: { $0.run?.contains(release) == true }),
            case .spelling(_, let own) = short.meaning
        {
            return .refused(.unknown(.short(of: own)))
        }
        let candidates = catalog.spellings(beginning: name, in: release)
        guard candidates.count < 2 else { return .refused(.ambiguous(candidates)) }
        guard let full = candidates.first, let match = catalog.match(full, in: release) else {
            return .refused(.unknown(.never(near: nearest(to: name))))
        }
        var outcome = known(match, full, value)
        outcome.problems.insert(.abbreviated(full), at: 0)
        return outcome
    }

    private func nearest(to name: String) -> String? {
        Spelling.nearest(to: name, among: catalog.names(in: release).filter { !$0.hasPrefix("-") })
    }

    private func absence(of name: String, _ runs: [ClosedRange<Int>]) -> FlagProblem.Absence {
        guard let last = runs.last(where: { $0.upperBound < release }) else {
            return .notYet(since: runs.first?.lowerBound ?? release)
        }
        return .removed(after: last.upperBound, replacement(of: name))
    }

    /// What took the place of a flag that was there before this release.
    private func replacement(of name: String) -> FlagReplacement? {
        let flags = catalog.lines(named: name).compactMap { line -> FlagEntry? in
            guard case .flag(let flag) = line.meaning, flag.run.upperBound < release else { return nil }
            return flag
        }
        return flags.last?.replacement
    }

    /// The words of this release for what another release calls so, where they mean exactly the same.
    private func equivalent(of name: String, _ value: FlagValue) -> [FlagWords]? {
        if let words = synonym(of: name, value) { return words }
        if let replacement = replacement(of: name), let words = words(for: replacement, value) { return words }
        for line in catalog.lines(named: name) {
            if case .formerly(let former) = line.meaning, let words = words(for: former, value) { return words }
        }
        return nil
    }

    /// By a flag of another release of which both names are spellings.
    private func synonym(of name: String, _ value: FlagValue) -> [FlagWords]? {
        for line in catalog.lines(named: name) {
            let isOpposite: Bool
            let own: String
            switch line.meaning {
            case .flag: (isOpposite, own) = (false, name)
            case .spelling(let sense, let flag): (isOpposite, own) = (sense != .same, flag)
            case .formerly: continue
            }
            guard let run = line.run, let flag = catalog.match(own, in: run.lowerBound)?.flag else { continue }
            let names =
                [(name: own, isOpposite: false)]
                + flag.spellings.map { (name: $0.name, isOpposite: $0.sense != .same) }
            for other in names where other.name != name && !other.name.hasPrefix("-") {
                guard let match = catalog.match(other.name, in: release) else { continue }
                let turned = isOpposite == other.isOpposite ? value : value.turned
                if let turned, case .success(let words) = match.words(other.name, turned) { return words }
            }
        }
        return nil
    }

    /// Nothing unless every word of the replacement is known here and means the same.
    private func words(for replacement: FlagReplacement, _ value: FlagValue, depth: Int = 0) -> [FlagWords]? {
        guard !replacement.isAdvice, depth < 4 else { return nil }
        var all: [FlagWords] = []
        for word in replacement.words {
            var given = value
            if let fixed = word.value {
                guard case .switched(let isOn) = value else { return nil }
                guard isOn else { continue }
                given = .text(fixed)
            }
            if word.takesSeveralOnly, !value.isSeveral { return nil }
            if let match = catalog.match(word.flag, in: release) {
                guard case .success(let words) = match.words(word.flag, given) else { return nil }
                all += words
            } else if let next = self.replacement(of: word.flag),
                let words = words(for: next, given, depth: depth + 1)
            {
                all += words
            } else {
                return nil
            }
        }
        return all
    }
}

extension FlagValue {
    /// What means the same to a flag of the opposite sense; nothing for what is no switch.
    fileprivate var turned: FlagValue? { if case .switched(let isOn) = self { .switched(!isOn) } else { nil } }
    fileprivate var isSeveral: Bool { if case .list(let values) = self { values.count > 1 } else { false } }
}
