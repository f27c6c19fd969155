import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Edits that findings propose")
struct FixTests {
    static let cases = FaultTests.cases.filter { $0.edit != nil }

    @Test("each can be made in the file, and the fault is gone then", arguments: cases)
    func fix(_ fault: FaultCase) throws {
        var fleet = Fleet()
        fault.plant(&fleet)
        let edit = try #require(fault.edit)
        var editor = ClusterFileEditor(SourceFile(name: "cluster.yaml", text: fleet.file))
        try editor.apply(edit)
        #expect(editor.source.text != fleet.file)
        fleet.file = editor.source.text
        #expect(fleet.checked.diagnostics.filter { $0.severity == .error } == [])
        // What was measured on the way between nodes stays in the grid, and is another finding now.
        let codes = try fleet.examine().findings.map(\.code)
        #expect(!codes.contains(fault.code), "\(codes)")
    }

    @Test("there are as many as the rules that know a better value")
    func count() { #expect(Self.cases.count >= 10) }
}
