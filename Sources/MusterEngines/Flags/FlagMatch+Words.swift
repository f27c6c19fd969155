import MusterSpec

extension FlagMatch {
    /// The words that give this flag a value of the file under one of its names, or what is wrong with the value.
    func words(_ name: String, _ value: FlagValue) -> Result<[FlagWords], FlagProblem> {
        switch value {
        case .switched(let isOn): switched(name, isOn)
        case .text(let text): single(text, name)
        case .list(let values): several(values, name)
        case .json(let json): document(json, name)
        case .secret(let secret):
            flag.arity == .none ? .failure(.count(flag.arity, taken)) : .success([FlagWords(name, secret: secret)])
        }
    }

    private func switched(_ name: String, _ isOn: Bool) -> Result<[FlagWords], FlagProblem> {
        switch flag.arity {
        case .none:
            if isOn { return .success([FlagWords(name)]) }
            // What is off without being written is left out.
            guard let other = isOpposite ? flag.name : flag.opposite else { return .success([]) }
            return .success([FlagWords(other)])
        case .maybe:
            if isOn { return .success([FlagWords(name)]) }
            return .success(flag.type?.form == .boolean ? [FlagWords(name, "false")] : [])
        case .one where flag.type?.form == .truth:
            // To Python every text is true, `false` among them.
            return .success(isOn ? [FlagWords(name, "true")] : [])
        case .one where flag.choices.contains(isOn ? "true" : "false"):
            return .success([FlagWords(name, isOn ? "true" : "false")])
        case .one, .some, .any, .repeated: return .failure(.count(flag.arity, taken))
        }
    }

    private func single(_ text: String, _ name: String) -> Result<[FlagWords], FlagProblem> {
        guard flag.arity != .none else { return .failure(.count(flag.arity, taken)) }
        if let problem = problem(text) { return .failure(problem) }
        return .success([FlagWords(name, text)])
    }

    private func several(_ values: [String], _ name: String) -> Result<[FlagWords], FlagProblem> {
        switch flag.arity {
        case .none: return .failure(.count(flag.arity, taken))
        case .one, .maybe:
            guard values.count == 1 else { return .failure(.count(flag.arity, taken)) }
            return single(values[0], name)
        case .some, .any:
            if let problem = values.lazy.compactMap(problem).first { return .failure(problem) }
            guard values.count > 1 else { return .success(values.map { FlagWords(name, $0) }) }
            // Nothing joins one of several values to the flag.
            if let text = values.first(where: PythonNumber.looksLikeFlag) {
                return .failure(.value(text, expected: "no `-` in front of one of several values: it would be a flag"))
            }
            return .success([FlagWords(name, values: values)])
        case .repeated:
            if let problem = values.lazy.compactMap(problem).first { return .failure(problem) }
            return .success(values.map { FlagWords(name, $0) })
        }
    }

    private func document(_ json: JSONValue, _ name: String) -> Result<[FlagWords], FlagProblem> {
        guard let type = flag.type else { return .failure(.count(flag.arity, taken)) }
        let kind: JSONSyntax.Kind = if case .array = json { .array } else { .object }
        guard flag.choices.isEmpty, type.takes(kind) else {
            return .failure(.value(json.compact, expected: expected))
        }
        return .success([FlagWords(name, values: [json.compact])])
    }

    private func problem(_ text: String) -> FlagProblem? {
        guard let type = flag.type else { return nil }
        let isNothing = type.isOptional && (text.isEmpty || text == "None")
        let isChosen = flag.choices.isEmpty || isNothing || flag.choices.contains(type.normal(text))
        return type.accepts(text) && isChosen ? nil : .value(text, expected: expected)
    }

    /// What a value has to be, in words.
    var expected: String {
        guard let type = flag.type else { return taken }
        return flag.choices.isEmpty ? type.text : "one of \(flag.choices.map { "`\($0)`" }.joined(separator: ", "))"
    }

    /// How many values the flag takes, in words.
    private var taken: String {
        switch flag.arity {
        case .none: "`true` or `false`: the flag takes no value"
        case .one: "one value: \(expected)"
        case .maybe: "`true`, or one value: \(expected)"
        case .some, .any, .repeated: "one value or a list of them: \(expected)"
        }
    }
}
