import MusterPlan
import MusterSpec
import Testing

@testable import MusterRuntime

@Suite("StagedUnit")
struct StagedUnitTests {
    private let secrets = [(name: "VLLM_API_KEY", value: Redacted("it's $ecret\nof two lines"))]

    @Test("frames each file by its number of lines, in the order the node reads")
    func frames() throws {
        let plan = try twoNodes()
        let unit = plan.units[1]
        let staged = StagedUnit(unit, deployment: plan.name, generation: 3, token: "00ff", secrets: secrets)
        let script = unit.render.script
        let container = try #require(unit.container(deployment: plan.name, generation: 3))
        let expected = """
            unit 1 00ff \(unit.render.hash.hex)
            file 0700 \(script.utf8.count { $0 == 0x0a }) launch.sh
            \(script)file 0600 2 env
            export VLLM_API_KEY='it'\\''s $ecret
            of two lines'
            file 0600 2 container
            \(container.name)
            \(container.program)
            end
            done

            """
        #expect(String(decoding: StagedUnit.frames([staged]), as: UTF8.self) == expected)
        #expect(script.hasSuffix("\n"))
    }

    @Test("has no secrets file without secrets, and no container without one")
    func onlyTheScript() throws {
        let plan = try example("l40s-4x8-tp32-sglang")
        let staged = StagedUnit(plan.units[0], deployment: plan.name, generation: 1, token: "t", secrets: [])
        #expect(staged.files.map(\.name) == ["launch.sh"])
        #expect(StagedUnit.frames([]) == Array("done\n".utf8))
    }

    @Test("frames several units of one node one after the other")
    func several() throws {
        let plan = try example("l40s-4x8-tp32-sglang")
        let units = plan.units.prefix(2).map {
            StagedUnit($0, deployment: plan.name, generation: 1, token: "t\($0.nodeRank)", secrets: [])
        }
        let text = String(decoding: StagedUnit.frames(units), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.count { $0.hasPrefix("unit ") } == 2 && lines.count { $0 == "end" } == 2
                && text.hasSuffix("end\ndone\n")
        )
    }

    @Test("keeps secrets out of every description")
    func redacted() throws {
        let plan = try twoNodes()
        let request = HTTPRequest("GET", "/", host: "h", bearer: secrets[0].value)
        #expect(!"\(request) \(String(reflecting: request)) \(secrets)".contains("ecret\n"))
        #expect(!plan.units.contains { $0.render.script.contains("$ecret") })
    }
}
