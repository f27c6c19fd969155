import MusterSpec
import MusterTesting
import OrderedCollections
import Testing

@Suite("Diagnostic catalog")
struct DiagnosticCatalogTests {
    /// The codes as the source declares them: Swift has no list of static members.
    private static func declared() throws -> [(name: String, number: Int)] {
        let source = try Repository.text("Sources/MusterSpec/Diagnostics/DiagnosticCode.swift")
        return source.matches(of: /static let (\w+) = DiagnosticCode\((\d+)\)/).compactMap { match in
            Int(match.2).map { (name: String(match.1), number: $0) }
        }
    }

    @Test("every code has a page and every page a code")
    func pages() throws {
        let numbers = try Self.declared().map(\.number)
        #expect(numbers.count > 70)
        #expect(DiagnosticCatalog.pages.map(\.code.number) == numbers.sorted())
        for number in numbers {
            let code = try #require(DiagnosticCode(String(number)))
            #expect(DiagnosticCatalog.page(for: code)?.code == code)
        }
    }

    @Test("a number is given out once")
    func unique() throws {
        let numbers = try Self.declared().map(\.number)
        #expect(Set(numbers).count == numbers.count)
        #expect(Set(DiagnosticCatalog.pages.map(\.title)).count == DiagnosticCatalog.pages.count)
    }

    @Test("a page says something, in 2 to 5 sentences and 100 columns", arguments: DiagnosticCatalog.pages)
    func page(_ page: DiagnosticPage) {
        let sentences = page.meaning.matches(of: /[.:?](?:\s|$)/).count
        #expect((2...6).contains(sentences), "\(page.code) has \(sentences) sentences")
        #expect(!page.fix.isEmpty && page.fix.hasSuffix("."))
        #expect(page.title.first?.isUppercase == false && !page.title.hasSuffix("."))
        let lines = page.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.first == "\(page.code): \(page.title)"[...])
        #expect(page.text.hasSuffix("\n") && !page.text.hasSuffix("\n\n"))
        #expect(!page.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect((page.example == nil) == (page.occurrence != nil), "\(page.code) shows nothing")
        #expect(page.code.number >= 500 ? page.example == nil : page.example != nil || page.occurrence != nil)
    }

    @Test("a page in JSON has the format, the code and the example file")
    func json() throws {
        let page = try #require(DiagnosticCatalog.page(for: .layoutDoesNotFillGPUs))
        guard case .object(let members) = page.json else {
            Issue.record("no object")
            return
        }
        #expect(members["format"] == "muster.explain/1")
        #expect(members["code"] == "MUS0304")
        #expect(members["example"] == .string(DiagnosticPage.Example.base.replacing("tp_size: 16", with: "tp_size: 8")))
        #expect(members["next"] == .null)
    }

    @Test("the pages of a file problem and of a machine problem read as recorded")
    func goldens() throws {
        for code in [DiagnosticCode.layoutDoesNotFillGPUs, .notText, .derivedPortCollision, .hostKeyUnknown] {
            expectGolden(try #require(DiagnosticCatalog.page(for: code)).text, "explain-\(code)")
        }
    }

    @Test("an edit names a line of the base", arguments: DiagnosticCatalog.pages)
    func edits(_ page: DiagnosticPage) {
        let lines = DiagnosticPage.Example.base.split(separator: "\n").map(String.init)
        for edit in page.example?.edits ?? [] {
            #expect(lines.contains(edit.line), "\(page.code) edits `\(edit.line)`")
            #expect(edit.line != edit.replacement)
        }
    }

    @Test(
        "a code is read with and without its letters",
        arguments: [("MUS0304", 304), ("mus0304", 304), ("304", 304), ("MUS12345", 12345)]
    )
    func reading(text: String, number: Int) {
        #expect(DiagnosticCode(text)?.number == number)
    }

    @Test("what is no code is none", arguments: ["", "MUS", "MUSx", "-5", "0", "MUS-304", "3 04", "+304"])
    func noCode(text: String) {
        #expect(DiagnosticCode(text) == nil)
    }
}

extension DiagnosticPage: CustomTestStringConvertible {
    package var testDescription: String { code.description }
}
