/// One flag of a command line with its values.
struct FlagWords: Hashable {
    /// Without dashes.
    let flag: String
    let words: [LaunchArgument.Word]

    /// The flag alone.
    init(_ flag: String) {
        self.flag = flag
        words = [.literal("--" + flag)]
    }

    /// The flag and one value, joined where argparse would take the value for the next flag.
    init(_ flag: String, _ value: String) {
        self.flag = flag
        words = value.hasPrefix("-") ? [.literal("--\(flag)=\(value)")] : [.literal("--" + flag), .literal(value)]
    }

    init(_ flag: String, values: [String]) {
        self.flag = flag
        words = [.literal("--" + flag)] + values.map { .literal($0) }
    }

    init(_ flag: String, secret: String) {
        self.flag = flag
        words = [.literal("--" + flag), .secret(secret)]
    }

    /// For a person to read.
    var text: String {
        words.map { word in
            switch word {
            case .literal(let text): text
            case .secret(let name): "$\(name)"
            }
        }.joined(separator: " ")
    }
}

extension [FlagWords] {
    var text: String { map(\.text).joined(separator: " ") }
}
