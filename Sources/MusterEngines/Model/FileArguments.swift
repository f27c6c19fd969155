import MusterSpec
import OrderedCollections

/// The `args` of a file as the engine's parser will see them: each flag found by any of its names, each number read as
/// the parser reads it.
struct FileArguments {
    /// A value with the key it stands under.
    struct Given<Value> {
        let name: String
        let span: SourceSpan
        let value: Value
    }

    /// One line of `args`.
    private struct Line {
        /// As the file has it.
        let name: String
        let argument: ArgumentSpec
        let meaning: FlagNames.Meaning
        /// What the flag itself becomes: turned around where the name switches it off.
        let value: FlagValue

        init(_ name: String, _ argument: ArgumentSpec, _ meaning: FlagNames.Meaning) {
            self.name = name
            self.argument = argument
            self.meaning = meaning
            switch argument.value {
            case .switched(let isOn): value = .switched(isOn != meaning.isOpposite)
            case .text(let text) where meaning.type?.form == .boolean:
                value = .switched(text.lowercased() == "true")
            default: value = argument.value
            }
        }

        /// Whether it says what would be so without it.
        var isNeutral: Bool {
            switch value {
            case .switched(let isOn): return !isOn
            case .list(let values): return values.isEmpty
            case .json(.object(let members)): return members.isEmpty
            case .text(let text):
                if meaning.type?.isOptional == true, text.isEmpty || text == "None" { return true }
                guard let fallback = meaning.fallback else { return false }
                if text == fallback || (text.isEmpty && fallback == "\"\"") { return true }
                guard let number = PythonNumber.number(text) else { return false }
                return number == PythonNumber.number(fallback)
            case .json, .secret: return false
            }
        }
    }

    private let lines: [Line]
    let names: FlagNames

    init(_ spec: ClusterSpec) {
        let names = FlagNames(spec)
        self.names = names
        lines = spec.arguments.map { name, argument in Line(name, argument, names.meaning(of: name)) }
    }

    /// The first line that means one of several flags.
    private func line(_ flags: [String]) -> Line? {
        lines.first { !$0.meaning.names.isDisjoint(with: flags) }
    }

    /// What the file gives one flag, or the first of several; nothing for what is no text.
    func text(_ flags: String...) -> Given<String>? { line(flags).flatMap(Self.text) }

    private static func text(_ line: Line) -> Given<String>? {
        guard case .text(let text) = line.value else { return nil }
        return Given(name: line.name, span: line.argument.valueSpan, value: text)
    }

    // MARK: Numbers

    /// Nothing for text that is no whole number, too.
    func integer(_ flags: String...) -> Given<Int>? {
        line(flags).flatMap { line in
            guard let given = Self.text(line), let number = count(given.value, line.meaning.type) else { return nil }
            return Given(name: given.name, span: given.span, value: number)
        }
    }

    /// The first of several flags whose number is there and cannot be read; nothing where all can be.
    func unreadable(_ flags: String...) -> String? {
        flags.lazy.compactMap { line([$0]) }
            .first { line in
                !line.isNeutral && Self.text(line).flatMap { count($0.value, line.meaning.type) } == nil
            }?.name
    }

    private func count(_ text: String, _ type: FlagType?) -> Int? {
        switch type?.form {
        case .count?, .countOrAuto?: PythonNumber.count(text)
        case .iecCount?: PythonNumber.iecCount(text)
        default: PythonNumber.integer(text)
        }
    }

    func fraction(_ flag: String) -> Given<Double>? {
        text(flag).flatMap { given in
            guard let value = PythonNumber.number(given.value), value > 0, value <= 1 else { return nil }
            return Given(name: given.name, span: given.span, value: value)
        }
    }

    /// A number of a JSON value, as a mapping or as a path of its own: `eplb-config.num_redundant_experts`.
    ///
    /// - Parameters:
    ///   - flag: The flag that takes JSON.
    ///   - member: The number's name.
    /// - Returns: 0 where the flag or the number is not there, nothing where it is in a form that is not read here.
    func count(_ flag: String, _ member: String) -> Int? {
        for line in lines {
            if line.meaning.names.contains(flag) {
                guard case .json(.object(let members)) = line.value else { return nil }
                guard let number = members[member] else { return 0 }
                guard case .integer(let count) = number else { return nil }
                return count
            }
            guard line.meaning.names.contains("\(flag).\(member)") else { continue }
            return Self.text(line).flatMap { PythonNumber.integer($0.value) }
        }
        return 0
    }

    // MARK: Switches

    /// Whether a switch is off by the file's word.
    func isOff(_ flag: String) -> Bool { turnedOff(flag) != nil }

    /// A switch that is off by the file's word, at its own place.
    func turnedOff(_ flag: String) -> Given<Bool>? {
        guard let line = line([flag]), line.value == .switched(false) else { return nil }
        return Given(name: line.name, span: line.argument.keySpan, value: false)
    }

    /// Whether a switch is on.
    func switches(_ flag: String) -> Bool { line([flag])?.value == .switched(true) }

    /// A switch that is on, at its own place.
    func switched(_ flag: String) -> Given<Bool>? {
        guard let line = line([flag]), line.value == .switched(true) else { return nil }
        return Given(name: line.name, span: line.argument.keySpan, value: true)
    }

    /// Whether a flag is there in any form but a plain `false`.
    func has(_ flags: String...) -> Bool {
        lines.contains { !$0.meaning.names.isDisjoint(with: flags) && $0.value != .switched(false) }
    }

    /// Whether a flag is there with anything but what it would be without a word.
    func changes(_ flag: String) -> Bool { line([flag]).map { !$0.isNeutral } ?? false }
}
