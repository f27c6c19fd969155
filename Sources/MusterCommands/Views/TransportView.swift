import MusterRuntime
import MusterTerminal

/// Which way the ranks of a gang talk between their nodes, as text.
struct TransportView {
    let transport: TransportDocument
    let style: Style

    /// For a status: the way, and what is wrong with it in short.
    var statusLine: String {
        let reasons = transport.findings.map { "\($0.code): \($0.message)" }
        return (["transport \(way)"] + unique(reasons)).joined(separator: "  ")
    }

    /// For somebody who waits for a start; nothing where nothing is known.
    var startLine: String? { transport.verdict == "unknown" ? nil : "transport: \(way)" }

    /// What is wrong, with what was found, what was expected and the change to make.
    var findings: [String] {
        transport.findings.flatMap { finding -> [String] in
            let severity =
                finding.severity == "error" ? style.bad(finding.severity) : style.doubtful(finding.severity)
            let place = finding.nodes.joined(separator: ", ") + (finding.subject.map { " \($0)" } ?? "")
            let measured = finding.measured.map { ["    found \($0)"] } ?? []
            let expected = finding.expected.map { ["    expected \($0)"] } ?? []
            return ["\(severity)[\(finding.code)]: \(style.strong(place)): \(finding.message)"] + measured + expected
                + ["  \(style.good("hint")): \(finding.change)"]
        }
    }

    private var way: String {
        switch transport.verdict {
        case "good": style.good(transport.text)
        case "bad": style.bad(transport.text)
        default: style.doubtful(transport.text)
        }
    }

    private func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension Console {
    /// Says which way the ranks talk, to somebody who waits for a start.
    func say(_ transport: TransportDocument?, replica: Int?) {
        guard let transport else { return }
        let view = TransportView(transport: transport, style: talk.style)
        let label = replica.map { "replica \($0): " } ?? ""
        if let line = view.startLine { say(label + line) }
        for line in view.findings { say(line) }
    }
}
