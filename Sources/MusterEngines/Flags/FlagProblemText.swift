import MusterSpec

/// A problem with a flag in the words of a diagnostic.
struct FlagProblemText {
    let problem: FlagProblem
    /// As the file has it.
    let name: String
    let value: FlagValue
    /// The engine and its release: `SGLang 0.5.9`.
    let release: String
    /// A known release by its index.
    let known: (Int) -> String
    /// The key of the file that sets a flag, where it is one of muster's own.
    let key: (String) -> String?

    var code: DiagnosticCode {
        switch problem {
        case .unknown: .unknownArgument
        case .value: .argumentValue
        case .count: .argumentCount
        case .deprecated: .argumentDeprecated
        case .ambiguous: .ambiguousArgument
        case .renamed: .argumentRenamed
        case .abbreviated: .argumentAbbreviated
        }
    }

    /// Whether it is what stands behind the colon, not the name.
    var isAboutValue: Bool {
        switch problem {
        case .value, .count: true
        case .unknown, .ambiguous, .deprecated, .renamed, .abbreviated: false
        }
    }

    var message: String {
        switch problem {
        case .unknown: "\(release) has no flag `\(name)`"
        case .value: "`\(name)` does not take this value"
        case .count: "`\(name)` does not take a value in this form"
        case .deprecated: "`\(name)` is deprecated in \(release)"
        case .ambiguous: "`\(name)` is short for several flags of \(release)"
        case .renamed: "\(release) knows `\(name)` by another name"
        case .abbreviated: "`\(name)` is the beginning of a flag of \(release)"
        }
    }

    var found: String {
        switch problem {
        case .unknown(.notYet(let first)): "`\(name)`, a flag since \(known(first))"
        case .unknown(.removed(let last, let instead)):
            "`\(name)`, removed after \(known(last))" + (instead.map { ": use \(text($0))" } ?? "")
        case .unknown(.short(let own)): "`\(name)`, which is `-\(name)` for short and no name of `\(own)`"
        case .value(let text, _): "`\(Self.short(text))`"
        case .count: written
        default: "`\(name)`"
        }
    }

    var expected: String {
        switch problem {
        case .unknown: "a flag of this release"
        case .value(_, let expected), .count(_, let expected): expected
        case .deprecated(let instead?, _, _): text(instead)
        case .deprecated(nil, _, _): "a flag that stays; the engine names none in its place"
        case .ambiguous(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .renamed("", _, _): "nothing: \(release) does so without being told"
        case .renamed(let words, isWritten: true, _): "`\(words)`, which muster writes"
        case .renamed(let words, isWritten: false, _): "`\(words)` where it is renamed; muster writes the older name"
        case .abbreviated(let full): "`\(full)`, which muster writes"
        }
    }

    var hint: String {
        switch problem {
        case .unknown(.never(let near?)): "did you mean `\(near)`? `muster flags` shows all"
        case .unknown(.never(nil)): "correct the name, or remove it from `args`; `muster flags` shows all"
        case .unknown(.notYet(let first)): "remove it, or install \(known(first)) or later on the nodes"
        case .unknown(.removed(_, let instead?)): "write \(text(instead)) in its place"
        case .unknown(.removed(_, nil)): "remove it from `args`"
        case .unknown(.short(let own)): "write `\(own)`"
        case .value: "correct the value; `muster flags \(name)` shows what it takes"
        case .count(.none, _): "write `\(name): true`, or remove it"
        case .count(.one, _), .count(.maybe, _): "write one value behind `\(name):`"
        case .count: "write `\(name): [A, B]`"
        case .deprecated(_, _, let advice?), .renamed(_, _, let advice?): advice
        case .deprecated(let instead, nil, nil):
            instead.map { "write \(text($0)) before the next upgrade" } ?? "do without it before the next upgrade"
        case .deprecated(_, let written?, nil): "write it so in `args`: muster makes it `\(written)`"
        case .ambiguous: "write the full name"
        case .renamed("", _, nil): "remove it from `args`, or leave it for other releases"
        case .renamed: "name it so in `args`"
        case .abbreviated(let full): "write `\(full)`: what is unique changes with a release"
        }
    }

    /// A key of the file stands for a flag that muster sets by it.
    private func text(_ replacement: FlagReplacement) -> String {
        replacement.words.map { key($0.flag) ?? $0.text }.joined(separator: " and ")
    }

    private var written: String {
        switch value {
        case .switched(let isOn): "`\(isOn)`, which is no text"
        case .text(let text): "`\(Self.short(text))`"
        case .list(let values): "a list of \(values.count)"
        case .json(let json): "`\(Self.short(json.compact))`"
        case .secret(let name): "the secret `\(name)`"
        }
    }

    private static func short(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))..." : text }
}
