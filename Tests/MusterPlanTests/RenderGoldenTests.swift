import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("renders are recorded", .tags(.golden))
struct RenderGoldenTests {
    static let names = Repository.configs.map { String($0.name.dropLast(".yaml".count)) }

    @Test("every file that render writes", arguments: names)
    func files(name: String) throws {
        for file in try examplePlans(name).flatMap(\.renderedFiles) {
            let flat = file.path.map { $0 == "/" ? "-" : $0 }
            expectGolden(file.content, "\(name)-\(String(flat))")
        }
    }

    @Test("the plan's JSON", arguments: names)
    func json(name: String) throws {
        let json = JSONValue.replicas(try examplePlans(name).map(\.json))
        expectGolden(json.pretty + "\n", "\(name)-plan.json")
    }

    @Test("a hundred plans of one file are one plan", arguments: names)
    func stable(name: String) throws {
        let first = try examplePlans(name)
        for _ in 0..<100 {
            let again = try examplePlans(name)
            #expect(again.map(\.hash) == first.map(\.hash))
            #expect(again.map(\.renderedFiles) == first.map(\.renderedFiles))
        }
    }
}

extension Tag {
    @Tag static var golden: Self
}
