/// How the flags of an engine, as its own parser has them, differ from those that are known of its release.
package struct FlagDifference: Hashable, Sendable {
    /// Names that are not known.
    package let unknown: [String]
    /// Names that all judging releases have, and this engine has not.
    package let missing: [String]
    /// Names that take a value on one side only, or other choices.
    package let changed: [String]

    package var isEmpty: Bool { unknown.isEmpty && missing.isEmpty && changed.isEmpty }

    /// - Parameters:
    ///   - own: The engine's, of one release.
    ///   - known: The catalogue with the releases that judge it.
    ///   - scope: Which these are.
    package init(of own: FlagCatalog, from known: FlagCatalog, _ scope: ReleaseScope) {
        let judges = scope.judges.map { Set(known.names(in: $0)) }
        let names = own.names(in: 0)
        let all = judges.dropFirst().reduce(judges.first ?? []) { $0.intersection($1) }
        unknown = names.filter { name in !judges.contains { $0.contains(name) } }
        missing = all.subtracting(names).sorted()
        changed = names.filter { name in
            guard all.contains(name), case .flag(let mine)? = own.line(named: name, in: 0)?.meaning else {
                return false
            }
            return scope.judges.allSatisfy { judge in
                guard case .flag(let its)? = known.line(named: name, in: judge)?.meaning else { return false }
                return Self.differ(mine, its)
            }
        }
    }

    private static func differ(_ left: FlagEntry, _ right: FlagEntry) -> Bool {
        if (left.arity == .none) != (right.arity == .none) { return true }
        let (ours, theirs) = (choices(left), choices(right))
        return !ours.isEmpty && !theirs.isEmpty && ours != theirs
    }

    /// Whether `None` stands for no value is known of the catalogue's flags alone.
    private static func choices(_ flag: FlagEntry) -> Set<String> { Set(flag.choices).subtracting(["None"]) }
}
