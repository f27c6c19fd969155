package import MusterSpec

/// The flags of an engine that a person asks for.
package struct FlagListing: Sendable {
    /// One flag as the asked release has it, or the newest that has it.
    package struct Row: Hashable, Sendable {
        package let flag: FlagEntry
        /// The first release known to have it.
        package let since: EngineVersion
        /// The last one, where a later one is known that does not have it.
        package let until: EngineVersion?
    }

    package let kind: EngineSpec.Kind
    /// Which releases were asked; nothing where all were.
    package let scope: ReleaseScope?
    /// In the order of the names.
    package let rows: [Row]

    /// A flag whose name is the pattern, alone; else all of which a name holds it. `*` stands for anything.
    ///
    /// - Parameters:
    ///   - pattern: With or without dashes in front; nothing for all flags.
    ///   - kind: Whose flags.
    ///   - version: Of which release; nothing for any.
    package init(matching pattern: String?, of kind: EngineSpec.Kind, version: EngineVersion? = nil) {
        let catalog = FlagCatalog.of(kind)
        self.init(matching: pattern, of: kind, in: catalog, scope: version.map { ReleaseScope($0, in: catalog) })
    }

    /// The same of another catalogue than the embedded one.
    package init(
        matching pattern: String?,
        of kind: EngineSpec.Kind,
        in catalog: FlagCatalog,
        scope: ReleaseScope? = nil
    ) {
        self.kind = kind
        self.scope = scope
        let wanted = (pattern ?? "").drop { $0 == "-" }.map { $0 == "_" ? "-" : String($0).lowercased() }.joined()
        let flags = Self.flags(of: catalog, scope)
        let exact = flags.filter { Self.names($0).contains(wanted) }
        let parts = wanted.split(separator: "*", omittingEmptySubsequences: true)
        let matching = exact.isEmpty ? flags.filter { Self.names($0).contains { Self.holds($0, parts) } } : exact
        rows = matching.map { flag in
            let runs = ([flag.name] + flag.spellings.filter { $0.sense == .same }.map(\.name))
                .flatMap { catalog.presence(of: $0) }
            let first = runs.map(\.lowerBound).min() ?? flag.run.lowerBound
            let last = runs.map(\.upperBound).max() ?? flag.run.upperBound
            return Row(
                flag: flag,
                since: catalog.releases[first],
                until: last < catalog.releases.count - 1 ? catalog.releases[last] : nil
            )
        }
    }

    /// Those of the judges, or each name as the newest release has it; a name that became another's spelling is shown
    /// there.
    private static func flags(of catalog: FlagCatalog, _ scope: ReleaseScope?) -> [FlagEntry] {
        var newest: [String: FlagEntry] = [:]
        for line in catalog.lines() {
            switch line.meaning {
            case .flag(let flag):
                guard scope?.judges.contains(where: flag.run.contains) != false else { continue }
                newest[flag.name] = flag
            case .spelling(.same, _):
                guard scope?.judges.last.map({ line.run?.contains($0) == true }) != false else { continue }
                newest[line.name] = nil
            case .spelling, .formerly: continue
            }
        }
        return newest.values.sorted { $0.name < $1.name }
    }

    private static func names(_ flag: FlagEntry) -> [String] {
        ([flag.name] + flag.spellings.map(\.name)).map { String($0.drop { $0 == "-" }) }
    }

    /// Whether a name holds all parts, in order.
    private static func holds(_ name: String, _ parts: [Substring]) -> Bool {
        var rest = name[...]
        for part in parts {
            while !rest.isEmpty, !rest.hasPrefix(part) { rest.removeFirst() }
            guard rest.hasPrefix(part) else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }
}

extension FlagEntry {
    /// What stands behind the flag, in the words of a usage line.
    package var usage: String {
        guard let type else { return "switch" }
        let value = choices.isEmpty ? type.form.rawValue : choices.joined(separator: "|")
        return switch arity {
        case .none: "switch"
        case .one: value
        case .maybe: "[\(value)]"
        case .some: "\(value) ..."
        case .any: "[\(value) ...]"
        case .repeated: "\(value), repeated"
        }
    }
}
