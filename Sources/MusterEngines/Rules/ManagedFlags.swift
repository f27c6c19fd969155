import MusterSpec
import OrderedCollections

/// Flags that come from keys of the cluster file, and so have no place in `args`.
struct ManagedFlags {
    /// The flag's name without dashes, and the key that sets it.
    let flags: [(name: String, key: String)]
    /// Flags of the engine that begin like a managed one and are not it.
    let innocent: Set<String>

    /// Whether a name of `args` is one of them, in full or in part.
    func holds(_ name: String, _ names: FlagNames) -> Bool { match(Self.flat(name), names) != nil }

    /// The key that sets a flag, where it is one of them by its own name.
    func key(_ flag: String) -> String? { flags.first { $0.name == flag }?.key }

    private static func flat(_ name: String) -> String {
        String(name.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 })
    }

    func check(_ spec: ClusterSpec, _ names: FlagNames) -> [Diagnostic] {
        spec.arguments.compactMap { name, argument in
            let flat = Self.flat(name)
            guard let managed = match(flat, names) else { return nil }
            let sense = names.meaning(of: flat).isOpposite ? "which switches off" : "which argparse takes for"
            let spelled = managed.name == flat ? "" : ", \(sense) `--\(managed.name)`"
            return Diagnostic(
                .managedArgument,
                "`\(name)` cannot be given in `args`: muster sets it for each node",
                at: argument.keySpan,
                found: "`\(name)`" + spelled,
                expected: "the key \(managed.key)",
                hint: "remove it from `args` and use \(managed.key)"
            )
        }
    }

    /// argparse accepts every unique prefix of a flag, so `tp` is `tp-size` and `node-r` is `node-rank`; and a flag has
    /// other names, `no-` in front among them.
    private func match(_ name: String, _ names: FlagNames) -> (name: String, key: String)? {
        if let exact = flags.first(where: { $0.name == name }) { return exact }
        let meant = names.meaning(of: name).names
        if let other = flags.first(where: { meant.contains($0.name) }) { return other }
        guard name.count >= 2, !innocent.contains(name) else { return nil }
        return flags.first { $0.name.hasPrefix(name) }
    }
}
