import MusterSpec

/// The `args` of a file as words where no release says better.
enum FlagRendering {
    /// A line as it stands there: for a release that is not known, which may have what no known one has.
    static func asWritten(_ name: String, _ value: FlagValue) -> [FlagWords] {
        let flag = canonical(name)
        return switch value {
        case .switched(let isOn): isOn ? [FlagWords(flag)] : []
        case .text(let text): [FlagWords(flag, text)]
        case .list(let values): [FlagWords(flag, values: values)]
        case .json(let value): [FlagWords(flag, values: [value.compact])]
        case .secret(let name): [FlagWords(flag, secret: name)]
        }
    }

    /// The flag as every engine spells it: only vLLM takes `_` for `-`, and no flag of either has one. What follows the
    /// first point is a path into a JSON value and stays.
    static func canonical(_ name: String) -> String {
        let flag = name.prefix { $0 != "." }
        return String(flag.map { $0 == "_" ? "-" : $0 }) + name.dropFirst(flag.count)
    }
}
