import MusterEngines
import MusterPlan
import MusterSpec
import MusterTerminal

/// Why a gang failed, as text: who, where and when, the evidence, what it means, what to do.
struct WhyView {
    let answer: FailureAnswer
    /// What comes before the signature where it is fatal.
    var word = "first cause"
    /// The cluster file, where there is one.
    var file: CheckedFile?
    /// Nothing where lines are to be whatever length they have.
    var width: Int?
    let style: Style

    var lines: [String] {
        [heading, "  \(answer.place)"] + answer.evidence.map(quoted) + wrapped(answer.meaning)
            + (answer.limit.map(wrapped) ?? []) + remedy + place
            + (answer.suffering.map { ["  \($0)"] } ?? [])
    }

    private var heading: String {
        let word = answer.isFatal ? style.bad(word) : style.doubtful("noticed")
        return word + (answer.code.map { "[\($0)]" } ?? "") + ": \(answer.id)"
    }

    /// Where in the file the remedy is carried out.
    private var place: [String] {
        guard let key = answer.key else { return [] }
        guard let file, let span = file.place(of: answer) else { return ["  \(style.good("change")): `\(key)`"] }
        return ["  \(style.good("change")): `\(key)` at \(file.source.name):\(span.line):\(span.column)"]
    }

    private var remedy: [String] {
        let lines = wrapped("hint: \(answer.remedy)")
        guard let first = lines.first else { return [] }
        return [first.replacing("hint", with: style.good("hint"), maxReplacements: 1)] + lines.dropFirst()
    }

    private func quoted(_ line: String) -> String {
        // A log may hold anything, and a terminal obeys some of it.
        let plain = String(String.UnicodeScalarView(line.unicodeScalars.map { $0.isControl ? " " : $0 }))
        return "  \(style.faint("|")) " + (width.map { DisplayWidth.fit(plain, $0 - 4) } ?? plain)
    }

    private func wrapped(_ text: String) -> [String] {
        guard let width else { return ["  \(text)"] }
        return WordWrap.lines(text, width: width - 2, hanging: 0).map { "  \($0)" }
    }
}

extension FailureAnswer {
    /// The answer in one line, below what it explains.
    func line(_ style: Style, of what: String = "") -> String {
        "\(style.bad("why"))\(code.map { "[\($0)]" } ?? ""): \(what)\(summary)"
    }
}

extension CheckedFile {
    /// Where the remedy of an answer is carried out: the key, or the node's own entry.
    func place(of answer: FailureAnswer) -> SourceSpan? {
        guard let key = answer.key else { return nil }
        let entry = key == "nodes" ? spec?.nodes.first { $0.name == answer.node } : nil
        return entry?.span ?? source.place(ofKey: key)
    }
}

extension Session {
    /// Says why a gang failed, below what was said of its end.
    ///
    /// - Parameters:
    ///   - answer: Why.
    ///   - path: The cluster file, where one was given.
    func say(_ answer: FailureAnswer, _ path: String?) {
        let view = WhyView(
            answer: answer,
            word: "why",
            file: path.map { check(.of($0)) },
            width: console.width - 2,
            style: console.talk.style
        )
        for line in view.lines { console.say("  \(line)") }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 32 || (127..<160).contains(value) }
}
