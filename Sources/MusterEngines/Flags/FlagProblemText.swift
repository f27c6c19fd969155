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
            "`\(name)`, removed after \(known(last))" + (instead.map { ": use \($0.text)" } ?? "")
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
        case .deprecated(let instead?, _): instead.text
        case .deprecated(nil, _): "a flag that stays; the engine names none in its place"
        case .ambiguous(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .renamed("", _): "nothing: \(release) does so without being told"
        case .renamed(let words, isWritten: true): "`\(words)`, which muster writes"
        case .renamed(let words, isWritten: false): "`\(words)` where it is renamed; muster writes the older name"
        case .abbreviated(let full): "`\(full)`, which muster writes"
        }
    }

    var hint: String {
        switch problem {
        case .unknown(.never(let near?)): "did you mean `\(near)`? `muster flags` shows all"
        case .unknown(.never(nil)): "correct the name, or remove it from `args`; `muster flags` shows all"
        case .unknown(.notYet(let first)): "remove it, or install \(known(first)) or later on the nodes"
        case .unknown(.removed(_, let instead?)): "write \(instead.text) in its place"
        case .unknown(.removed(_, nil)): "remove it from `args`"
        case .unknown(.short(let own)): "write `\(own)`"
        case .value: "correct the value; `muster flags \(name)` shows what it takes"
        case .count(.none, _): "write `\(name): true`, or remove it"
        case .count(.one, _), .count(.maybe, _): "write one value behind `\(name):`"
        case .count: "write `\(name): [A, B]`"
        case .deprecated(let instead, nil):
            instead.map { "write \($0.text) before the next upgrade" } ?? "do without it before the next upgrade"
        case .deprecated(_, let written?): "write it so in `args`: muster makes it `\(written)`"
        case .ambiguous: "write the full name"
        case .renamed("", _): "remove it from `args`, or leave it for other releases"
        case .renamed: "name it so in `args`"
        case .abbreviated(let full): "write `\(full)`: what is unique changes with a release"
        }
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
