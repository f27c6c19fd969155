import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What stands against measuring")
struct BandwidthHindranceTests {
    private func hindrances(_ change: (inout Fleet) -> Void) throws -> [BandwidthHindrance] {
        var fleet = Fleet()
        change(&fleet)
        let checked = fleet.checked
        return BandwidthHindrance.all(
            spec: try #require(checked.spec),
            plans: checked.plans,
            inventories: fleet.inventories,
            examination: try fleet.examine()
        )
    }

    @Test("nothing on healthy nodes, and nothing because of what only slows down")
    func free() throws {
        #expect(try hindrances { _ in } == [])
        #expect(try hindrances { $0.machines[2].cards[0].switchOff() } == [])
    }

    @Test("cards that somebody uses, with who it is")
    func inUse() throws {
        let found = try hindrances { fleet in
            fleet.machines[2].gpus[7]["memory.used"] = "20480"
            fleet.machines[2].gpus[7]["memory.free"] = "24979"
        }
        #expect(found.map(\.node) == ["gpu-3"])
        #expect(found.map(\.text) == ["GPU memory is in use, and no process is seen to use it: 20 GiB in use"])
    }

    @Test("a deployment of this very file that runs")
    func own() throws {
        let found = try hindrances { fleet in
            fleet.machines[1].inventory.processes = .value([
                NodeProcess(pid: 9, uid: 0, user: "root", age: 60, parent: 1, deployment: "demo", title: "sglang")
            ])
        }
        #expect(found == [BandwidthHindrance(node: "gpu-2", text: "`demo` runs there: take it down first")])
    }

    @Test("an error with which ranks would not meet, a node that was not reached, an unknown interpreter")
    func pointless() throws {
        let walls = try hindrances { fleet in
            fleet.connect { way in if way.to == "gpu-3" { way.rendezvous = .value(.timedOut) } }
        }
        #expect(walls.map(\.node) == ["gpu-3"] && walls.first?.text.hasSuffix("(MUS0880)") == true)
        let missing = try hindrances { $0.machines.removeLast() }
        #expect(missing == [BandwidthHindrance(node: "gpu-4", text: "not reached")])
        let silent = try hindrances { $0.machines[0].inventory.software = .unknown("python3 did not answer in time") }
        #expect(
            silent.map(\.text) == ["no interpreter with torch is known: python3 did not answer in time"]
        )
    }
}
