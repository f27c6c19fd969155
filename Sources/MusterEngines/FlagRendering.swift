import MusterSpec

/// Turns the `args` of a file into words, the way argparse reads them.
enum FlagRendering {
    /// How an engine spells a boolean flag that is off.
    enum Negation {
        /// `store_true`: absent means off.
        case omit
        /// `BooleanOptionalAction`: `--no-NAME`.
        case noPrefix
    }

    static func arguments(_ spec: ClusterSpec, negation: Negation) -> [LaunchArgument] {
        spec.arguments.compactMap { name, argument in
            let canonical = canonical(name)
            let flag = "--" + canonical
            let origin = LaunchArgument.Origin.file("args.\(name)")
            switch argument.value {
            case .switched(true): return LaunchArgument(words: [.literal(flag)], origin: origin)
            case .switched(false):
                switch negation {
                case .omit: return nil
                case .noPrefix: return LaunchArgument(words: [.literal("--no-" + canonical)], origin: origin)
                }
            case .text(let text): return LaunchArgument(words: words(flag, text).map { .literal($0) }, origin: origin)
            case .list(let values): return LaunchArgument(words: ([flag] + values).map { .literal($0) }, origin: origin)
            case .json(let value):
                return LaunchArgument(words: [.literal(flag), .literal(value.compact)], origin: origin)
            case .secret(let name): return LaunchArgument(words: [.literal(flag), .secret(name)], origin: origin)
            }
        }
    }

    /// The flag as every engine spells it: only vLLM takes `_` for `-`, and no flag of either has one. What follows the
    /// first point is a path into a JSON value and stays.
    static func canonical(_ name: String) -> String {
        let flag = name.prefix { $0 != "." }
        return String(flag.map { $0 == "_" ? "-" : $0 }) + name.dropFirst(flag.count)
    }

    /// A value that starts with a dash would be read as the next flag, so it is joined to its own.
    private static func words(_ flag: String, _ value: String) -> [String] {
        value.hasPrefix("-") ? ["\(flag)=\(value)"] : [flag, value]
    }
}
