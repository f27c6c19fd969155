import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

/// Four nodes of eight L40S that lost days: on one of them a card sits under the wrong PCIe switch, and on all of them
/// five of six RDMA ports were never switched on.
@Suite("The reference case")
struct ReferenceTests {
    static var fleet: Fleet {
        var fleet = Fleet()
        fleet.all { machine in
            machine.cards = (0..<3).flatMap { card in
                (0..<2).map { function in
                    Machine.card(
                        "mlx5_\(card * 2 + function)",
                        Machine.Slot(pcieSwitch: card, slot: 2, function: function),
                        "ens\(card + 1)f\(function)np\(function)",
                        rail: card * 2 + function + 1,
                        machine.number
                    )
                }
            }
            for index in 1..<6 {
                machine.cards[index].switchOff()
                machine.cards[index].gids.removeLast(2)
            }
        }
        for function in 0..<2 {
            fleet.machines[2].cards[4 + function].slot = Machine.Slot(pcieSwitch: 1, slot: 3, function: function)
        }
        return fleet
    }

    @Test("two findings, each with the card, the ports and what to do")
    func findings() throws {
        let examination = try Self.fleet.examine()
        #expect(examination.findings.map(\.code) == [.rdmaPortNotActive, .nicUnderAnotherSwitch])
        #expect(examination.findings.map(\.nodes) == [["gpu-1", "gpu-2", "gpu-3", "gpu-4"], ["gpu-3"]])
        #expect(examination.findings.map(\.subject) == ["5 of 6 RDMA ports", "mlx5_4, mlx5_5"])
        #expect(examination.findings.allSatisfy { $0.severity == .error })
        #expect(examination.fabric.choices.allSatisfy { $0.hcas == ["mlx5_0"] && $0.gidIndex == 3 })
    }

    @Test("the report reads as recorded")
    func golden() throws {
        let report = try Self.fleet.report()
        expectGolden(report.lines.joined(separator: "\n") + "\n", "doctor-reference")
        expectGolden(report.json.pretty + "\n", "doctor-reference-json")
    }

    @Test("a healthy cluster takes one line a node")
    func healthy() throws {
        var fleet = Fleet()
        fleet.connect { _ in }
        expectGolden(try fleet.report().lines.joined(separator: "\n") + "\n", "doctor-healthy")
    }

    @Test("consequences are counted below their cause, and what is not known comes last")
    func consequences() throws {
        var fleet = Fleet()
        fleet.machines[2].gpus.removeLast()
        fleet.machines[2].kernelLog.append("[   99.100000] NVRM: Xid (PCI:0000:da:00): 79, GPU has fallen off the bus.")
        fleet.machines[1].inventory.clock = .unknown("no `date` with nanoseconds")
        fleet.connect { way in if way.to == "gpu-1", way.from == "gpu-4" { way.ephemeral = .value(.timedOut) } }
        expectGolden(try fleet.report().lines.joined(separator: "\n") + "\n", "doctor-consequences")
    }

    @Test("a finding as a diagnostic points at the line of the file")
    func diagnostic() throws {
        var fleet = Fleet()
        fleet.line("rdma_gid_index", "rdma_gid_index: 2")
        let finding = try #require(try fleet.examine().roots.first)
        let diagnostic = finding.diagnostic
        #expect(diagnostic.code == .gidUnusable)
        #expect(diagnostic.message.hasPrefix("gpu-1, gpu-2, gpu-3, gpu-4: 2 of 2 RDMA ports: the GID index"))
        #expect(diagnostic.span?.line == 5)
        #expect(diagnostic.hint == "write `rdma_gid_index: 3`")
        #expect(diagnostic.found == finding.measured)
    }
}
