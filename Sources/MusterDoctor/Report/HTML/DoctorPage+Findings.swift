import MusterSpec

extension DoctorPage {
    /// Causes, worst first, each with what follows from it folded away.
    func writeFindings(_ markup: inout Markup) {
        markup.element("section") { markup in
            markup.element("h2", text: "Findings")
            if report.groups.isEmpty { markup.element("p", ["class": "good"], text: "Nothing was found.") }
            for group in report.groups {
                let tone = group.severity == .error ? "bad" : "doubtful"
                markup.element("article", ["class": "finding \(tone)"]) { markup in
                    markup.element("h3") { markup in
                        markup.element("span", ["class": "code"], text: Self.title(group.root))
                        markup.write(" \(group.root.message)")
                    }
                    writeFacts(&markup, group.root)
                    writeConsequences(&markup, group.consequences)
                }
            }
        }
    }

    /// `error MUS0824`
    private static func title(_ finding: Finding) -> String {
        "\(finding.severity == .error ? "error" : "warning") \(finding.code)"
    }

    private func writeFacts(_ markup: inout Markup, _ finding: Finding) {
        markup.element("dl") { markup in
            markup.fact("on", finding.nodes.joined(separator: ", "))
            if let subject = finding.subject { markup.fact("what", subject) }
            if let measured = finding.measured { markup.fact("measured", measured) }
            if let expected = finding.expected { markup.fact("expected", expected) }
            markup.fact("change", finding.change)
            if let span = finding.span { markup.fact("line", "\(report.file):\(span.line):\(span.column)") }
        }
    }

    private func writeConsequences(_ markup: inout Markup, _ findings: [Finding]) {
        guard !findings.isEmpty else { return }
        markup.element("details") { markup in
            markup.element("summary", text: "explains \(Names.count(findings.count, "more finding"))")
            markup.element("ul") { markup in
                for finding in findings {
                    markup.element("li") { markup in
                        markup.element("span", ["class": "code"], text: Self.title(finding))
                        markup.write(" \(finding.message)")
                        writeFacts(&markup, finding)
                    }
                }
            }
        }
    }
}

extension Markup {
    /// A name and its value. Commands stand between backquotes in findings, and in a fixed-width face here.
    fileprivate mutating func fact(_ name: String, _ value: String) {
        element("dt", text: name)
        element("dd") { markup in
            let parts = Cut.split(value, UInt8(ascii: "`"))
            // A backquote without its partner stays what it is.
            guard parts.count % 2 == 1 else { return markup.write(value) }
            for (index, part) in parts.enumerated() {
                if index % 2 == 1 { markup.element("code", text: part) } else { markup.write(part) }
            }
        }
    }
}
