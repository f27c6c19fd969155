/// A flag as one of its spellings names it.
package struct FlagMatch: Hashable, Sendable {
    package var flag: FlagEntry
    /// Whether the spelling switches the flag off: `--no-NAME`.
    package var isOpposite: Bool
}

extension FlagCatalog {
    /// The flag that a name means in one release, exactly as it is spelled.
    package func match(_ name: String, in release: Int) -> FlagMatch? {
        switch line(named: name, in: release)?.meaning {
        case .flag(let flag): return FlagMatch(flag: flag, isOpposite: false)
        case .spelling(let sense, let own):
            guard case .flag(let flag)? = line(named: own, in: release)?.meaning else { return nil }
            return FlagMatch(flag: flag, isOpposite: sense != .same)
        case .formerly, nil: return nil
        }
    }

    /// The long spellings of one release that begin with a text, as argparse looks for them when no name fits exactly.
    package func spellings(beginning prefix: String, in release: Int) -> [String] {
        let own = lines(beginning: prefix).filter { $0.run?.contains(release) == true && !$0.name.hasPrefix("-") }
            .map(\.name)
        // Every parser has this one by itself.
        return own + ("help".hasPrefix(prefix) ? ["help"] : [])
    }

    /// The runs of releases that know a name, whatever it meant there, oldest first and without a gap inside a run.
    package func presence(of name: String) -> [ClosedRange<Int>] {
        lines(named: name).compactMap(\.run).reduce(into: []) { runs, run in
            if let last = runs.last, last.upperBound + 1 == run.lowerBound {
                runs[runs.count - 1] = last.lowerBound...run.upperBound
            } else {
                runs.append(run)
            }
        }
    }
}
