import MusterSpec
import Testing

@testable import MusterDoctor

/// One fault planted in a healthy cluster, and the one finding that has to come of it.
struct FaultCase: CustomTestStringConvertible {
    let title: String
    let code: DiagnosticCode
    var severity = Severity.error
    var nodes = ["gpu-3"]
    let subject: String?
    /// Parts of what the finding says.
    let measured: String
    let change: String
    /// Line of the cluster file.
    var line: Int?
    var edit: FileEdit?
    /// Findings that this one explains.
    var hides: [DiagnosticCode] = []
    /// Whether the file itself is in error, so that there is no plan.
    var isFileWrong = false
    let plant: @Sendable (inout Fleet) -> Void

    var testDescription: String { "\(code) \(title)" }

    func check() throws {
        var fleet = Fleet()
        plant(&fleet)
        let examination = try fleet.examine(hasPlans: !isFileWrong)
        let shown = examination.findings.map { "\($0.code) \($0.nodes) \($0.subject ?? ""): \($0.message)" }
        #expect(examination.roots.map(\.code) == [code], "\(shown)")
        let root = try #require(examination.roots.first)
        #expect(root.severity == severity)
        #expect(root.nodes == nodes)
        #expect(root.subject == subject)
        #expect(root.measured?.contains(measured) == true, "\(root.measured ?? "")")
        #expect(root.change.contains(change), "\(root.change)")
        #expect(root.span?.line == line)
        #expect(root.edit == edit)
        #expect(Set(examination.consequences(of: root).map(\.code)) == Set(hides), "\(shown)")
        // The node's name is told beside the message.
        #expect(!root.nodes.contains { root.message.contains($0) })
        #expect(!root.message.hasSuffix(".") && !root.change.hasSuffix("."))
        #expect(DiagnosticCatalog.page(for: code) != nil)
    }
}

@Suite("Planted faults")
struct FaultTests {
    static let cases =
        FaultCase.gpus + FaultCase.links + FaultCase.fabric + FaultCase.selection + FaultCase.network
        + FaultCase.members
        + FaultCase.hosts + FaultCase.software + FaultCase.across + FaultCase.ways + FaultCase.model
        + FaultCase.fit

    @Test("one fault, one finding, on the right node", arguments: cases)
    func fault(_ fault: FaultCase) throws { try fault.check() }

    @Test("every code of doctor's has a case")
    func coverage() {
        let codes = DiagnosticCatalog.pages.map(\.code).filter { (800..<900).contains($0.number) }
        // A launch's own have cases of their own: they need ranks that run.
        #expect(Set(Self.cases.map(\.code)) == Set(codes).subtracting(TransportFindings.codes))
    }
}
