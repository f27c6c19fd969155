import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Many nodes")
struct SizeTests {
    @Test("a hundred nodes with a full grid are examined within seconds, and one fault among them is found")
    func hundred() throws {
        var fleet = Fleet()
        let lines = (1...100).map { "  - {host: 10.0.0.\($0), name: gpu-\($0)}" }
        fleet.line("tp_size", "tp_size: 800")
        fleet.file = fleet.file.split(separator: "\n").flatMap { line -> [String] in
            if line == "nodes:" { return ["nodes:"] + lines }
            return line.hasPrefix("  - ") ? [] : [String(line)]
        }.joined(separator: "\n")
        let checked = fleet.checked
        let spec = try #require(checked.spec)
        // Each as the first, under another name and address.
        let model = try #require(fleet.inventories["gpu-1"])
        var inventories: [String: NodeInventory] = [:]
        for number in 1...100 {
            var inventory = model
            inventory.interfaces = try interfaces(number)
            inventory.ways = [:]
            inventories["gpu-\(number)"] = inventory
        }
        inventories["gpu-77"]?.modules = .value(KernelModules(modules: []))
        let ways = try (1...100).flatMap { from in
            try (1...100).filter { $0 != from }.map { to in
                ReachabilityGrid.Way(
                    from: "gpu-\(from)",
                    to: "gpu-\(to)",
                    address: try #require(IPAddress("10.0.0.\(to)")),
                    interface: .value("bond0"),
                    rendezvous: .value(.open),
                    ephemeral: .value(.open),
                    packets: .value(.passed(9000))
                )
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        let examination = Examination(
            spec: spec,
            plans: checked.plans,
            inventories: inventories,
            grid: ReachabilityGrid(ways: ways)
        )
        // A bound that only a square of something breaks, even in a debug build on a busy machine.
        #expect(clock.now - start < .seconds(20))
        #expect(examination.findings.map(\.code) == [.noGPUDirect])
        #expect(examination.findings.map(\.nodes) == [["gpu-77"]])
    }

    private func interfaces(_ number: Int) throws -> Known<NetworkInterfaces> {
        let lines = ["bond0", "ens1np0", "ens2np0"].enumerated().flatMap { index, name in
            ["\(index + 1): \(name): <UP,LOWER_UP> mtu 9000 state UP", "    link/ether 00:00:00:00:00:01"]
                + (name == "bond0" ? ["    inet 10.0.0.\(number)/16 scope global bond0"] : [])
        }
        return .value(try NetworkInterfaces.read(Array((lines.joined(separator: "\n") + "\n").utf8)).require())
    }
}
