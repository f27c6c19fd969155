import MusterSpec
import Testing

@Suite("Diagnostics in file order")
struct DiagnosticOrderTests {
    private func problem(_ code: DiagnosticCode, _ line: Int?, _ severity: Severity = .error) -> Diagnostic {
        Diagnostic(code, severity, "text", at: line.map { SourceSpan(line: $0, column: 1) }, hint: nil)
    }

    @Test("places come in the order of the file, those without a place first")
    func order() {
        let sorted = [problem(.wrongType, 5), problem(.wrongType, 2), problem(.emptyFile, nil)].inFileOrder()
        #expect(sorted.map(\.span?.line) == [nil, 2, 5])
    }

    @Test("in one place errors come before warnings, then lower codes")
    func samePlace() {
        let sorted = [problem(.unknownRelease, 1, .warning), problem(.wrongType, 1), problem(.unknownKey, 1)]
            .inFileOrder()
        #expect(sorted.map(\.code) == [.unknownKey, .wrongType, .unknownRelease])
    }

    @Test("the same problem found twice is told once")
    func once() {
        #expect([problem(.wrongType, 1), problem(.wrongType, 1)].inFileOrder().count == 1)
        #expect([problem(.wrongType, 1), problem(.wrongType, 2)].inFileOrder().count == 2)
    }

    @Test("warnings alone are no errors")
    func errors() {
        #expect(![problem(.unknownRelease, 1, .warning)].hasErrors)
        #expect([problem(.unknownRelease, 1, .warning), problem(.wrongType, 1)].hasErrors)
        #expect(![Diagnostic]().hasErrors)
    }

    @Test("a file cannot write on the terminal: hidden characters are spelled out in every text")
    func hidden() {
        let text = "a\u{1b}[31m\u{9b}\u{202e}b\u{7f}"
        let shown = #"a\u{1b}[31m\u{9b}\u{202e}b\u{7f}"#
        let diagnostic = Diagnostic(
            .unknownKey,
            text,
            at: nil,
            found: text,
            expected: text,
            notes: [.init(message: text, span: nil)],
            hint: text
        )
        #expect(
            [diagnostic.message, diagnostic.found, diagnostic.expected, diagnostic.hint] == [
                shown, shown, shown, shown,
            ]
        )
        #expect(diagnostic.notes.map(\.message) == [shown])
        #expect(problem(.wrongType, 1).message == "text")
    }

    @Test("the JSON form holds all fields, with null for what is absent")
    func json() {
        let full = Diagnostic(
            .wrongType,
            "m",
            at: SourceSpan(line: 3, column: 4, length: 5),
            found: "f",
            expected: "e",
            notes: [.init(message: "n", span: nil)],
            hint: "h"
        )
        #expect(
            full.json(file: "a.yaml").compact == """
                {"code": "MUS0203", "severity": "error", "message": "m", "file": "a.yaml", "line": 3, "column": 4, \
                "length": 5, "found": "f", "expected": "e", "notes": [{"message": "n", "line": null, "column": null}], \
                "hint": "h"}
                """
        )
        #expect(problem(.emptyFile, nil).json(file: "a").compact.contains(#""line": null"#))
    }
}
