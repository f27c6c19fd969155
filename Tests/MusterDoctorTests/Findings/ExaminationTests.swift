import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Examination")
struct ExaminationTests {
    @Test("the minority is named, and both sides where there is none")
    func groups() {
        let groups = Groups([("a", 1), ("b", 2), ("c", 1), ("d", 3)])
        #expect(groups.majority?.nodes == ["a", "c"])
        #expect(groups.named == ["b", "d"])
        let tied = Groups([("a", 1), ("b", 2)])
        #expect(tied.majority == nil)
        #expect(tied.named == ["a", "b"])
        #expect(tied.text(String.init) == "1 on a; 2 on b")
        #expect(!Groups([("a", 1), ("b", 1)]).differ)
        #expect(Groups<Int>([]).majority == nil)
    }

    @Test("lists and amounts")
    func texts() {
        #expect(Names.gpus([3]) == "GPU 3")
        #expect(Names.gpus([6, 0, 1, 2]) == "GPUs 0-2, 6")
        #expect(Names.list((1...10).map { "n\($0)" }) == "n1, n2, n3, n4, n5, n6, n7, n8 and 2 more")
        #expect(Amount.text(ByteCount(bytes: 45460 << 20)) == "44.4 GiB")
        #expect(Amount.text(ByteCount(bytes: 0)) == "0 B")
        #expect([4, 500, 11_000, 400_000].map(Amount.age) == ["4s", "8m", "3h", "4d"])
    }

    @Test("what is not known is told once for each reason, and nothing is concluded from it")
    func unknowns() throws {
        var fleet = Fleet()
        fleet.all { machine in
            machine.inventory.processes = .unknown("no /proc")
            machine.inventory.clock = .notAsked
        }
        fleet.machines[2].inventory.software = .unknown("did not answer in 8 s")
        let examination = try fleet.examine()
        #expect(examination.findings == [])
        #expect(
            examination.unknowns.map { "\($0.what): \($0.reason): \($0.nodes.count)" } == [
                "the clock: not asked: 4", "leftover processes: no /proc: 4",
                "the engine and its libraries: did not answer in 8 s: 1",
            ]
        )
    }

    @Test("nodes that were not reached are not judged")
    func missing() throws {
        var fleet = Fleet()
        fleet.machines.removeLast()
        let examination = try fleet.examine()
        #expect(examination.findings == [])
        #expect(examination.missing == ["gpu-4"])
        #expect(examination.unknowns == [Unjudged(what: "everything", reason: "not reached", nodes: ["gpu-4"])])
        // By this the verb ends with 5, whoever says why nodes are missing.
        let report = try fleet.report()
        #expect(report.missing == 1 && !report.hasErrors && report.verdict == "nothing found on 3 nodes, 1 not reached")
        #expect(try Fleet().report().missing == 0)
    }

    @Test("an inventory of nothing gives no finding")
    func empty() throws {
        let checked = Fleet().checked
        let spec = try #require(checked.spec)
        let names = (1...4).map { "gpu-\($0)" }
        let inventories = Dictionary(
            names.map { ($0, NodeInventory(node: $0)) },
            uniquingKeysWith: { first, _ in first }
        )
        let examination = Examination(spec: spec, plans: checked.plans, inventories: inventories)
        #expect(examination.findings == [])
        #expect(examination.unknowns.count > 10)
    }

    @Test("two nodes: the one with a switch without a card is the odd one")
    func tie() throws {
        var fleet = Fleet()
        fleet.line("  - {host: 10.0.0.3", "")
        fleet.line("  - {host: 10.0.0.4", "")
        fleet.line("tp_size", "tp_size: 16")
        fleet.machines.removeLast(2)
        for index in 0..<2 {
            for (card, pcieSwitch) in [(2, 1), (3, 3)] {
                fleet.machines[index].cards.append(
                    Machine.card(
                        "mlx5_\(card)",
                        Machine.Slot(pcieSwitch: pcieSwitch, slot: 2),
                        "ens\(card + 1)np0",
                        rail: card + 1,
                        index + 1
                    )
                )
            }
        }
        fleet.machines[1].cards[3].slot = Machine.Slot(pcieSwitch: 1, slot: 3)
        let examination = try fleet.examine()
        #expect(examination.roots.map(\.code) == [.nicUnderAnotherSwitch])
        #expect(examination.roots.map(\.nodes) == [["gpu-2"]])
        #expect(examination.roots.first?.subject == "mlx5_3")
        #expect(examination.findings.map(\.code) == [.nicUnderAnotherSwitch, .nicsUnbalanced])
    }

    @Test("with `auto` everything is chosen, and the choice is told")
    func choices() throws {
        var fleet = Fleet()
        fleet.line("rdma_gid_index", "rdma_gid_index: auto")
        let examination = try fleet.examine()
        #expect(examination.findings == [])
        let choice = try #require(examination.fabric.choices.first)
        #expect(choice.gidIndex == 3 && choice.isIndexChosen)
        #expect(choice.hcas == ["mlx5_0", "mlx5_1"] && choice.areHCAsChosen)
        #expect(choice.interface == "bond0" && !choice.isInterfaceChosen)
    }

    @Test("selections of devices as NCCL reads them")
    func filters() {
        #expect(HCAFilter("mlx5_1").takes("mlx5_10", port: 1))
        #expect(!HCAFilter("=mlx5_1").takes("mlx5_10", port: 1))
        #expect(HCAFilter("=mlx5_1:2").takes("mlx5_1", port: 2))
        #expect(!HCAFilter("=mlx5_1:2").takes("mlx5_1", port: 1))
        #expect(!HCAFilter("^=mlx5_1,mlx5_2").takes("mlx5_2", port: 1))
        #expect(HCAFilter("^mlx5_1").takes("mlx5_2", port: 1))
        #expect(HCAFilter("").takes("mlx5_2", port: 1))
    }
}
