package import MusterSpec

extension FailureAnswer {
    /// The answer for a person, one line each: who and when, the evidence, what it means, what to do, who suffered.
    package func lines(for engine: EngineSpec.Kind?) -> [String] {
        let code = signature.area.code.map { "\($0) " } ?? ""
        let place = [worker, source.name].compactMap(\.self).joined(separator: " on ")
        let moment = time.map { " at \($0.text)" } ?? ""
        var lines = ["\(code)\(signature.id): \(place)\(moment)"]
        lines += evidence.map { "  | \($0)" }
        lines.append(signature.meaning)
        if isFatal, let limit { lines.append(limit) }
        lines.append(signature.remedy + (signature.key(for: engine).map { " Key: `\($0)`." } ?? ""))
        if suffered > 0 { lines.append("\(suffered) \(suffered == 1 ? "other" : "others") failed after it.") }
        return lines
    }

    /// What the logs do not show.
    private var limit: String? {
        switch role {
        case .cause: nil
        case .symptom: "No log shows a fault that came before: it may be on this side or on the other."
        case .umbrella: "No known line says what failed beneath."
        case .victim: "No log shows the fault itself: look at the node that wrote nothing."
        }
    }
}
