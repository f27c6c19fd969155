import MusterPlan
import MusterSpec
import Testing

/// A machine without key files and without secrets.
let bareWorld = SpecWorld(keyFile: { _ in .missing }, secretProblem: { _ in "not set" })

private func checkedBare(_ text: String) -> CheckedFile {
    CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml", world: bareWorld))
}

@Suite("examples of the diagnostic pages")
struct CatalogExampleTests {
    @Test("nothing is wrong with the base, even where no file exists")
    func base() {
        #expect(checkedBare(DiagnosticPage.Example.base).diagnostics == [])
        #expect(checked(DiagnosticPage.Example.base).plans.count == 1)
    }

    @Test(
        "an example gives its code, once and alone, on the line that was edited",
        arguments: DiagnosticCatalog.pages.filter { $0.example != nil }
    )
    func example(_ page: DiagnosticPage) throws {
        let example = try #require(page.example)
        let found = checkedBare(example.text).diagnostics
        #expect(found.map(\.code) == [page.code])
        guard example.pointsAtEdit, let diagnostic = found.first else { return }
        let line = try #require(diagnostic.span?.line)
        #expect(Self.editedLines(example).contains(line), "\(page.code) is reported on line \(line)")
        #expect(diagnostic.hint != nil)
    }

    /// The lines of the edited text that are not the base's.
    private static func editedLines(_ example: DiagnosticPage.Example) -> Set<Int> {
        var lines: Set<Int> = []
        var number = 1
        for line in DiagnosticPage.Example.base.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let edit = example.edits.first(where: { $0.line == line }) else {
                number += 1
                continue
            }
            let count = edit.replacement.split(separator: "\n", omittingEmptySubsequences: false).count
            lines.formUnion(number..<number + count)
            number += count
        }
        return lines
    }
}

extension DiagnosticPage: CustomTestStringConvertible {
    package var testDescription: String { code.description }
}
