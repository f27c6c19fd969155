/// What the text of a flag's value has to be.
package struct FlagType: Hashable, Sendable {
    package enum Form: String, Sendable {
        case text
        /// Text whose case does not matter.
        case lower
        case integer
        case number
        /// Any text; Python takes every one that is not empty for true.
        case truth
        case boolean
        /// A whole number that may end in k, M and the like, by vLLM's rules.
        case count
        case countOrAuto = "count-or-auto"
        /// The same by SGLang's rules.
        case iecCount = "iec-count"
        case json
        case array
        case object
        case objectOrInteger = "object-or-integer"
        case objectOrText = "object-or-text"
        /// `a=1,b=2`.
        case pairs
    }

    package let form: Form
    /// Whether `None` and an empty text stand for no value.
    package let isOptional: Bool

    /// Nothing for a word that is no type.
    init?(_ word: Substring) {
        isOptional = word.hasSuffix("?")
        guard let form = Form(rawValue: String(isOptional ? word.dropLast() : word)) else { return nil }
        self.form = form
    }

    /// Whether the engine's parser takes a text.
    package func accepts(_ text: String) -> Bool {
        if isOptional, text.isEmpty || text == "None" { return true }
        return switch form {
        case .text, .lower, .truth: true
        case .boolean: ["true", "false"].contains(text.lowercased())
        case .integer: PythonNumber.integer(text) != nil
        case .number: PythonNumber.number(text) != nil
        case .count: PythonNumber.isCount(text)
        case .countOrAuto: text.lowercased() == "auto" || PythonNumber.isCount(text)
        case .iecCount: PythonNumber.isIECCount(text)
        case .json: JSONSyntax.kind(of: text) != nil
        case .array: JSONSyntax.kind(of: text) == .array
        case .object: JSONSyntax.kind(of: text) == .object
        case .objectOrInteger: PythonNumber.integer(text) != nil || JSONSyntax.kind(of: text) == .object
        case .objectOrText: !Self.looksLikeObject(text) || JSONSyntax.kind(of: text) == .object
        case .pairs: Self.isPairs(text)
        }
    }

    /// The text that choices are compared with.
    func normal(_ text: String) -> String {
        switch form {
        case .lower: text.lowercased()
        case .integer: PythonNumber.integer(text).map { String($0) } ?? text
        default: text
        }
    }

    /// Whether a mapping or a nested list of the file, which is sent as JSON, may be its value.
    func takes(_ kind: JSONSyntax.Kind) -> Bool {
        switch form {
        // Several flags of SGLang hold JSON that their parser passes on as text.
        case .text, .json, .objectOrText: true
        case .array: kind == .array
        case .object, .objectOrInteger: kind == .object
        default: false
        }
    }

    /// Whether a path behind a point reaches into its value.
    var isDocument: Bool { [.json, .object, .objectOrInteger, .objectOrText].contains(form) }

    /// What is expected, in words.
    package var text: String {
        switch form {
        case .text, .lower, .truth: "text"
        case .boolean: "`true` or `false`"
        case .integer: "a whole number"
        case .number: "a number"
        case .count: "a whole number, or one such as `8k`"
        case .countOrAuto: "a whole number, one such as `8k`, or `auto`"
        case .iecCount: "a whole number, or one such as `8k` or `8Ki`"
        case .json: "JSON"
        case .array: "a JSON list"
        case .object: "a JSON object"
        case .objectOrInteger: "a JSON object or a whole number"
        case .objectOrText: "text or a JSON object"
        case .pairs: "pairs such as `image=4,video=1`"
        }
    }

    private static func looksLikeObject(_ text: String) -> Bool {
        let characters = text.filter { !$0.isWhitespace }
        return characters.first == "{" && characters.last == "}"
    }

    private static func isPairs(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { pair in
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            return parts.count == 2 && PythonNumber.integer(String(parts[1])) != nil
        }
    }
}
