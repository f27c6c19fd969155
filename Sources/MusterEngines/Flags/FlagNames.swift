import MusterSpec

/// Which flag a name of `args` means in a file's release, however it is spelled: by its own name, by another one, by the
/// name of another release, or by a beginning that no other flag has.
struct FlagNames {
    /// One name as the release takes it.
    struct Meaning: Hashable {
        /// Every long name of the flag that does not switch it off.
        var names: Set<String>
        /// Whether the name switches the flag off.
        var isOpposite = false
        /// Nothing for a switch, and for a flag that is not known.
        var type: FlagType?
        /// What the flag is where nobody gives it.
        var fallback: String?
    }

    let catalog: FlagCatalog
    /// Indices of the releases that judge, the older first.
    let judges: [Int]

    init(_ spec: ClusterSpec) {
        let catalog = FlagCatalog.of(spec.engine.kind.value)
        self.catalog = catalog
        judges = ReleaseScope(spec.engine.version.value, in: catalog).judges
    }

    /// A path behind a point stays behind every name.
    func meaning(of name: String) -> Meaning {
        let canonical = FlagRendering.canonical(name)
        let base = String(canonical.prefix { $0 != "." })
        let path = canonical.dropFirst(base.count)
        let matches = matches(base)
        // Two releases may mean different things; the newest one's is nearest to what is installed.
        guard let newest = matches.last else { return Meaning(names: [canonical]) }
        let flags = matches.filter { $0.isOpposite == newest.isOpposite }.map(\.flag)
        var names = Set(flags.flatMap { flag in [flag.name] + flag.spellings.filter { $0.sense == .same }.map(\.name) })
        if !newest.isOpposite { names.insert(base) }
        return Meaning(
            names: Set(names.map { $0 + path }),
            isOpposite: newest.isOpposite,
            type: path.isEmpty ? newest.flag.type : nil,
            fallback: path.isEmpty ? newest.flag.fallback : nil
        )
    }

    /// In the order in which `FlagReading` looks for a name, oldest first.
    private func matches(_ name: String) -> [FlagMatch] {
        let own = judges.compactMap { catalog.match(name, in: $0) }
        guard own.isEmpty else { return own }
        let others = catalog.presence(of: name)
        guard others.isEmpty else { return others.compactMap { catalog.match(name, in: $0.upperBound) } }
        return judges.compactMap { judge in
            let full = catalog.spellings(beginning: name, in: judge)
            return full.count == 1 ? catalog.match(full[0], in: judge) : nil
        }
    }
}
