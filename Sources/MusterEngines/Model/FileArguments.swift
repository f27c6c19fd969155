import MusterSpec
import OrderedCollections

/// The `args` of a file as the engine's parser will see them, by canonical names.
struct FileArguments {
    /// A value with the key it stands under.
    struct Given<Value> {
        let name: String
        let span: SourceSpan
        let value: Value
    }

    let spec: ClusterSpec

    /// The first of several spellings of one flag that the file gives a text for.
    func text(_ flags: String...) -> Given<String>? { text(flags) }

    private func text(_ flags: [String]) -> Given<String>? {
        for (name, argument) in spec.arguments where flags.contains(FlagRendering.canonical(name)) {
            guard case .text(let text) = argument.value else { return nil }
            return Given(name: name, span: argument.valueSpan, value: text)
        }
        return nil
    }

    /// Nothing for text that is no whole number, too.
    func integer(_ flags: String...) -> Given<Int>? {
        text(flags).flatMap { given in
            Int(given.value).map { Given(name: given.name, span: given.span, value: $0) }
        }
    }

    func fraction(_ flag: String) -> Given<Double>? {
        text(flag).flatMap { given in
            guard let value = Double(given.value), value > 0, value <= 1 else { return nil }
            return Given(name: given.name, span: given.span, value: value)
        }
    }

    /// Whether a switch is off by the file's word.
    func isOff(_ flag: String) -> Bool {
        spec.arguments.contains { name, argument in
            let canonical = FlagRendering.canonical(name)
            return canonical == flag && argument.value == .switched(false)
                || canonical == "no-\(flag)" && argument.value == .switched(true)
        }
    }

    /// Whether a switch is on.
    func switches(_ flag: String) -> Bool {
        spec.arguments.contains { FlagRendering.canonical($0) == flag && $1.value == .switched(true) }
    }

    /// A switch that is on, at its own place.
    func switched(_ flag: String) -> Given<Bool>? {
        for (name, argument) in spec.arguments where FlagRendering.canonical(name) == flag {
            return argument.value == .switched(true) ? Given(name: name, span: argument.keySpan, value: true) : nil
        }
        return nil
    }

    /// A number of a JSON value, as a mapping or as a path of its own: `eplb-config.num_redundant_experts`.
    ///
    /// - Parameters:
    ///   - flag: The flag that takes JSON.
    ///   - member: The number's name.
    /// - Returns: 0 where the flag or the number is not there, nothing where it is in a form that is not read here.
    func count(_ flag: String, _ member: String) -> Int? {
        for (name, argument) in spec.arguments {
            let canonical = FlagRendering.canonical(name)
            if canonical == flag {
                guard case .json(.object(let members)) = argument.value else { return nil }
                guard let number = members[member] else { return 0 }
                guard case .integer(let count) = number else { return nil }
                return count
            }
            guard canonical == "\(flag).\(member)" else { continue }
            guard case .text(let text) = argument.value else { return nil }
            return Int(text)
        }
        return 0
    }

    /// Whether a flag is there in any form but a plain `false`.
    func has(_ flags: String...) -> Bool {
        spec.arguments.contains { name, argument in
            flags.contains(FlagRendering.canonical(name)) && argument.value != .switched(false)
        }
    }
}
