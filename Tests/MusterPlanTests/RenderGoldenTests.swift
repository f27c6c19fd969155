import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("renders are recorded", .tags(.golden))
struct RenderGoldenTests {
    static let names = Repository.configs.map { String($0.name.dropLast(".yaml".count)) }

    @Test("every file that render writes", arguments: names)
    func files(name: String) throws {
        for file in try examplePlan(name).renderedFiles {
            let flat = file.path.map { $0 == "/" ? "-" : $0 }
            expectGolden(file.content, "\(name)-\(String(flat))")
        }
    }

    @Test("the plan's JSON", arguments: names)
    func json(name: String) throws { expectGolden(try examplePlan(name).json.pretty + "\n", "\(name)-plan.json") }

    @Test("a hundred plans of one file are one plan", arguments: names)
    func stable(name: String) throws {
        let first = try examplePlan(name)
        for _ in 0..<100 {
            let again = try examplePlan(name)
            #expect(again.hash == first.hash)
            #expect(again.renderedFiles == first.renderedFiles)
        }
    }
}

extension Tag {
    @Tag static var golden: Self
}
