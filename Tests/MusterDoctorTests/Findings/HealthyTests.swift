import MusterSpec
import Testing

@testable import MusterDoctor

/// What looks odd and is no fault. Each of these is a false alarm that somebody would learn to ignore.
@Suite("Healthy clusters")
struct HealthyTests {
    private func expectNothing(_ fleet: Fleet, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let found = try fleet.examine().findings.map { "\($0.code) \($0.nodes) \($0.message): \($0.measured ?? "")" }
        #expect(found == [], sourceLocation: sourceLocation)
    }

    @Test("nothing is found and everything is known")
    func nothing() throws {
        var fleet = Fleet()
        fleet.connect { _ in }
        let examination = try fleet.examine()
        #expect(examination.findings == [])
        #expect(examination.unknowns == [])
        #expect(examination.nodes == ["gpu-1", "gpu-2", "gpu-3", "gpu-4"])
        #expect(examination.fabric.rows.count == 8)
        #expect(examination.fabric.rows.allSatisfy { $0.use == .used(gidIndex: 3) && $0.distances.count == 8 })
    }

    @Test("a card far from every GPU, on all nodes")
    func farCard() throws {
        var fleet = Fleet()
        fleet.all { machine in
            // Below the root bridge and not below a switch of GPUs.
            machine.cards[1].slot = Machine.Slot(pcieSwitch: 3, slot: 9)
            machine.cards[0].slot = Machine.Slot(pcieSwitch: 3, slot: 8)
        }
        try expectNothing(fleet)
    }

    @Test("virtual functions, whatever they say")
    func virtualFunctions() throws {
        var fleet = Fleet()
        for index in fleet.machines.indices.prefix(2) {
            var guest = fleet.machines[index].cards[1]
            (guest.name, guest.isVirtual, guest.netdev) = ("mlx5_2", true, "ens2v0")
            guest.slot.function = 2
            guest.switchOff()
            fleet.machines[index].cards.append(guest)
        }
        try expectNothing(fleet)
    }

    @Test("the second ports of cards that run on one")
    func secondPorts() throws {
        var fleet = Fleet()
        fleet.all { machine in
            for index in 0..<2 {
                var second = machine.cards[index]
                second.name = "mlx5_\(index + 2)"
                second.netdev += "b"
                second.slot.function = 1
                second.switchOff()
                second.physicalState = "2: Polling"
                second.gids.removeLast(2)
                machine.cards.append(second)
            }
        }
        try expectNothing(fleet)
    }

    @Test("kernel names in another order")
    func names() throws {
        var fleet = Fleet()
        (fleet.machines[1].cards[0].name, fleet.machines[1].cards[1].name) = ("mlx5_1", "mlx5_0")
        try expectNothing(fleet)
    }

    @Test("the deployment itself, which holds GPUs and ports")
    func running() throws {
        var fleet = Fleet()
        fleet.all { machine in
            for gpu in 0..<8 {
                machine.hold(gpu, pid: 100 + gpu, "sglang::scheduler_TP\(gpu)", gibibytes: 40, deployment: "demo")
            }
            machine.inventory.listeners = .value([Listener(address: .known("0.0.0.0"), port: 8000, uid: 0)])
        }
        try expectNothing(fleet)
    }

    @Test("applications that failed, a reset that is over, and monitors")
    func history() throws {
        var fleet = Fleet()
        fleet.machines[0].kernelLog += [
            "[   99.100000] NVRM: Xid (PCI:0000:19:00): 31, pid=12, name=python3, MMU Fault",
            "[  100.100000] NVRM: Xid (PCI:0000:1a:00): 79, GPU has fallen off the bus.",
        ]
        fleet.machines[1].hold(0, pid: 5, "/usr/bin/dcgm-exporter", gibibytes: 0)
        fleet.machines[1].gpus[0]["memory.free"] = "45440 MiB"
        try expectNothing(fleet)
    }

    @Test("a machine with one node, without RDMA, and a file without it")
    func alone() throws {
        var fleet = Fleet()
        fleet.all { $0.cards = [] }
        fleet.line("rdma_gid_index", "")
        try expectNothing(fleet)
    }

    @Test("a full disk that only the model is read from, by a path below the home")
    func modelDisk() throws {
        for isRead in [true, false] {
            var fleet = Fleet()
            fleet.line("model:", "model: ~/models/DeepSeek-V3")
            fleet.all { machine in
                machine.host { $0.home = "/home/ops" }
                var disks = machine.inventory.disks.value ?? [:]
                disks["/models/DeepSeek-V3"] = nil
                machine.inventory.disks = .value(disks)
                machine.disk("/home/ops/models/DeepSeek-V3", Machine.disk("nas:/models", "/models", 9000, 0))
                guard isRead else { return machine.inventory.model = .unknown("python3 did not answer within 60 s") }
                machine.model { $0.path = "/home/ops/models/DeepSeek-V3" }
            }
            try expectNothing(fleet)
        }
    }

    @Test("two replicas on different GPUs")
    func replicas() throws {
        var fleet = Fleet()
        fleet.line("tp_size", "tp_size: 16\nreplicas: 2")
        for machine in 2...3 {
            for gpu in 0..<8 { fleet.machines[machine].gpus[gpu]["name"] = "NVIDIA L40" }
            fleet.machines[machine].cards[1].slot = Machine.Slot(pcieSwitch: 3, slot: 2)
        }
        try expectNothing(fleet)
    }
}
