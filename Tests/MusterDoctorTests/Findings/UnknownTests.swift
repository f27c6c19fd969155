import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

/// What is not known leads to no finding: the third verdict.
@Suite("Unknown parts")
struct UnknownTests {
    struct Part: CustomTestStringConvertible {
        let testDescription: String
        let forget: @Sendable (inout NodeInventory) -> Void

        init(_ name: String, _ forget: @escaping @Sendable (inout NodeInventory) -> Void) {
            testDescription = name
            self.forget = forget
        }
    }

    static let parts: [Part] = [
        Part("clock") { $0.clock = .unknown("x") }, Part("host") { $0.host = .unknown("x") },
        Part("limits") { $0.limits = .unknown("x") }, Part("memory") { $0.memory = .unknown("x") },
        Part("disks") { $0.disks = .unknown("x") }, Part("modules") { $0.modules = .unknown("x") },
        Part("drivers") { $0.moduleFacts = [:] }, Part("kernel log") { $0.kernelLog = .unknown("x") },
        Part("GPUs, cut off") { $0.gpus = .unknown("the node's answer broke off in it") },
        Part("processes on GPUs") { $0.computeApps = .unknown("x") },
        Part("processes") { $0.processes = .unknown("x") }, Part("topology") { $0.topology = .unknown("x") },
        Part("PCI") { $0.pci = .unknown("x") }, Part("RDMA") { $0.rdma = .unknown("x") },
        Part("access control") { $0.accessControl = .unknown("x") }, Part("verbs") { $0.rdmaSoftware = [:] },
        Part("interfaces") { $0.interfaces = .unknown("x") }, Part("facts") { $0.interfaceFacts = [:] },
        Part("ways") { $0.ways = [:] }, Part("listeners") { $0.listeners = .unknown("x") },
        Part("software") { $0.software = .unknown("x") }, Part("model") { $0.model = .unknown("x") },
        Part("parser") { $0.engineComplaints = .unknown("x") },
        Part("topology and paths") { ($0.topology, $0.pci) = (.unknown("x"), .unknown("x")) },
    ]

    @Test("one part less on one node, and on all, is no fault", arguments: parts)
    func part(_ part: Part) throws {
        let fleet = Fleet()
        let checked = fleet.checked
        let spec = try #require(checked.spec)
        for nodes in [["gpu-3"], fleet.machines.map(\.name)] {
            var inventories = fleet.inventories
            for node in nodes {
                var inventory = try #require(inventories[node])
                part.forget(&inventory)
                inventories[node] = inventory
            }
            let examination = Examination(spec: spec, plans: checked.plans, inventories: inventories)
            #expect(examination.findings.map { "\($0.code) \($0.nodes) \($0.message)" } == [])
        }
    }

    @Test(
        "values that a driver does not know are no fault",
        arguments: [
            "memory.total", "memory.used", "memory.free", "compute_cap", "persistence_mode", "compute_mode",
            "ecc.errors.uncorrected.volatile.total", "remapped_rows.pending", "remapped_rows.failure",
            "retired_pages.pending",
            "gpu_recovery_action", "pcie.link.width.current", "pcie.link.width.max", "driver_version", "uuid", "name",
        ]
    )
    func cell(name: String) throws {
        var fleet = Fleet()
        fleet.all { machine in for gpu in 0..<8 { machine.gpus[gpu][name] = "[N/A]" } }
        #expect(try fleet.examine().findings.map { "\($0.code) \($0.message) \($0.measured ?? "")" } == [])
    }

    /// What the second round comes to where the nodes answer so; the others all reach each other.
    private func ways(_ answers: [String: Known<ReachAnswer>], _ fleet: Fleet) throws -> Examination {
        var fleet = fleet
        let checked = fleet.checked
        let endpoints = ReachEndpoint.all(
            spec: try #require(checked.spec),
            plans: checked.plans,
            inventories: fleet.inventories
        )
        let open = (0..<4).map { "@@n way \($0) open open passed:9000\n" }.joined()
        let usual = ReachAnswer(Array("@@n listening 40000 open\n\(open)@@n done\n".utf8), nonce: "n")
        let all = Dictionary(
            endpoints.map { ($0.node, answers[$0.node] ?? .value(usual)) },
            uniquingKeysWith: { first, _ in first }
        )
        fleet.grid = ReachabilityGrid(endpoints: endpoints, answers: all, inventories: fleet.inventories)
        return try fleet.examine()
    }

    private func shown(_ examination: Examination) -> [String] {
        examination.unknowns.map { "\($0.what): \($0.reason): \($0.nodes.joined(separator: " "))" }
    }

    @Test("ways that could not be tried are told with the nodes that it lies with")
    func untried() throws {
        let fleet = Fleet()
        #expect(shown(try ways([:], fleet)) == [])
        let bare = Known<ReachAnswer>.unknown("python3 is not there")
        let none = try ways(["gpu-1": bare, "gpu-2": bare, "gpu-3": bare, "gpu-4": bare], fleet)
        #expect(none.findings == [])
        #expect(shown(none) == ["ways between nodes: python3 is not there: gpu-1 gpu-2 gpu-3 gpu-4"])
        let three = try ways(["gpu-2": bare, "gpu-3": bare, "gpu-4": bare], fleet)
        #expect(shown(three) == ["ways between nodes: python3 is not there: gpu-2 gpu-3 gpu-4"])
        let cut = ReachAnswer(Array("@@n listening 40000 open\n".utf8), nonce: "n")
        let mute = try ways(["gpu-2": .value(cut)], fleet)
        #expect(shown(mute) == ["ways between nodes: the node did not say whom it reaches: gpu-2"])
    }

    @Test("a rendezvous port that is taken is not known to be open, where ranks meet and nothing else says it")
    func taken() throws {
        var fleet = Fleet()
        let open = (0..<4).map { "@@n way \($0) open open passed:9000\n" }.joined()
        let busy = ReachAnswer(Array("@@n listening 40000 busy\n\(open)@@n done\n".utf8), nonce: "n")
        let examination = try ways(["gpu-1": .value(busy), "gpu-3": .value(busy)], fleet)
        #expect(examination.findings == [])
        #expect(shown(examination) == ["the way to the rendezvous port: the port is in use: gpu-1"])
        fleet.machines[0].inventory.listeners = .value([Listener(address: .known("0.0.0.0"), port: 5000, uid: 33)])
        let told = try ways(["gpu-1": .value(busy)], fleet)
        #expect(told.roots.map(\.code) == [.portInUse] && shown(told) == [])
    }

    @Test("a node without an address on its interface took no part, which is told unless a finding does")
    func absent() throws {
        var fleet = Fleet()
        fleet.machines[2].interfaces[1].address = nil
        let examination = try ways([:], fleet)
        #expect(shown(examination) == [])
        #expect(examination.roots.map(\.code) == [.addressNotOnInterface])
        fleet = Fleet()
        fleet.connect { _ in }
        let others = (fleet.grid?.ways ?? []).filter { $0.from != "gpu-3" && $0.to != "gpu-3" }
        fleet.grid = ReachabilityGrid(ways: others)
        let reason = "no address is known on the interface that ranks meet over"
        #expect(shown(try fleet.examine()) == ["ways between nodes: \(reason): gpu-3"])
    }

    @Test("a spare that is wrong is edited among the spares")
    func spare() throws {
        var fleet = Fleet()
        fleet.line("ssh:", "spares: [{host: 10.0.0.5, name: gpu-5}]\nssh: {user: root}")
        var spare = Machine(5)
        spare.interfaces[1].name = "bond7"
        fleet.machines.append(spare)
        let root = try #require(try fleet.examine().roots.first)
        #expect(root.code == .interfaceNotFound)
        #expect(root.nodes == ["gpu-5"])
        #expect(root.edit == FileEdit(path: ["spares", "0", "tcp_iface"], value: "bond7"))
    }
}
