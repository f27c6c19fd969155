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
