import Testing

@testable import MusterDoctor

@Suite("Topology matrices")
struct TopologyTests {
    /// What a driver of the 550 series prints, byte for byte.
    private static let printed =
        "\t\u{1B}[4mGPU0\tGPU1\tNIC0\tNIC1\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u{1B}[0m\n"
        + "GPU0\t X \tNV18\tPIX\tSYS\t0-31,64-95\t0\t\tN/A\n"
        + "GPU1\tNV18\t X \tSYS\tPXB\t32-63\t1\t\tN/A\n"
        + "NIC0\tPIX\tSYS\t X \tSYS\t\t\t\t\n"
        + "NIC1\tSYS\tPXB\tSYS\t X \t\t\t\t\n"
        + "\nLegend:\n\n  X    = Self\n  PIX  = Connection traversing at most a single PCIe bridge\n"
        + "\nNIC Legend:\n\n  NIC0: mlx5_0\n  NIC1: mlx5_bond_0\n\n"

    private func damage(_ text: String, from origin: Topology.Origin = .pasted) -> Damage? {
        Topology.read(Array(text.utf8), from: origin).damage
    }

    @Test("a matrix as the program prints it")
    func printed() throws {
        let reading = Topology.read(Array(Self.printed.utf8), from: .probe)
        guard case .read(let topology, let remarks) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(remarks == [])
        #expect(topology.devices.map(\.name) == ["GPU0", "GPU1", "mlx5_0", "mlx5_bond_0"])
        #expect(topology.gpus == [0, 1] && topology.nics == [2, 3])
        #expect(topology[0, 1] == .nvlink(18) && topology[0, 2] == .pix && topology[3, 1] == .pxb)
        #expect(topology[2, 2] == .same && topology[2, 3] == .sys)
        let affinity = try #require(topology.devices[0].affinity)
        #expect(affinity.cpus.value?.ranges == [0...31, 64...95])
        #expect(affinity.numaNodes.value?.only == 0)
        #expect(affinity.gpuNumaNode == .unknown("N/A"))
        #expect(topology.devices[2].affinity == nil)
    }

    @Test("the same with blanks for tabs, without the escapes, without the first blank")
    func pasted() {
        let pasted =
            "$ nvidia-smi topo -m\n[4mGPU0    GPU1    NIC0    NIC1    CPU Affinity    NUMA Affinity   GPU NUMA ID[0m\n"
            + "GPU0     X      NV18    PIX     SYS     0-31,64-95      0               N/A\n"
            + "GPU1    NV18     X      SYS     PXB     32-63   1               N/A\n"
            + "NIC0    PIX     SYS      X      SYS\nNIC1    SYS     PXB     SYS      X \n\n"
            + "NIC Legend:\n\n  NIC0: mlx5_0\n  NIC1: mlx5_bond_0\n"
        #expect(Topology.read(Array(pasted.utf8)).value == Topology.read(Array(Self.printed.utf8)).value)
        #expect(damage(pasted, from: .probe)?.reason == .malformed)
    }

    @Test("device names in the matrix and two affinity columns, as older drivers print")
    func old() throws {
        let text =
            "\tGPU0\tmlx5_0\tmlx5_1\tCPU Affinity\tNUMA Affinity\n"
            + "GPU0\t X \tPXB\tSYS\t48-95,144-191\t1\nmlx5_0\tPXB\t X \tSYS\t\t\nmlx5_1\tSYS\tSYS\t X \n\n"
        let topology = try #require(Topology.read(Array(text.utf8), from: .probe).value)
        #expect(topology.devices.map(\.rdmaDevice) == [nil, "mlx5_0", "mlx5_1"])
        #expect(topology.devices[0].affinity?.numaNodes.value?.only == 1)
        #expect(topology.devices[0].affinity?.gpuNumaNode == .unknown(""))
    }

    @Test("one GPU, with all, with no and with one affinity cell")
    func single() throws {
        let all = try #require(
            Topology.read(Array("\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\nGPU0\t X \t0-91\t0-7\t\tN/A\n".utf8))
                .value
        )
        #expect(all.devices[0].affinity?.numaNodes.value?.ranges == [0...7])
        let none = "\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\nGPU0\t X \t\t\t\tN/A\n"
        let affinity = Topology.read(Array(none.utf8)).value?.devices[0].affinity
        #expect(affinity?.cpus == .unknown("") && affinity?.gpuNumaNode == .unknown("N/A"))
        #expect(Topology.read(Array("GPU0 CPU Affinity NUMA Affinity GPU NUMA ID\nGPU0 X N/A\n".utf8)).value != nil)
        guard case .read(_, let remarks) = Topology.read(Array(" GPU0 CPU Affinity NUMA Affinity\nGPU0 X 0-3\n".utf8))
        else {
            Issue.record("not read")
            return
        }
        #expect(remarks.map(\.message) == ["`GPU0` has 1 affinity cells of 2"])
    }

    @Test("cells that ran together are named, not guessed at")
    func glued() throws {
        let heading = " GPU0 GPU1 NIC0NIC1 CPU Affinity\n"
        #expect(damage(heading)?.column == 12)
        #expect(damage(heading)?.found == "the heading `NIC0NIC1`")
        #expect(damage(" GPU0 mlx5_0mlx5_1\n")?.found == "the heading `mlx5_0mlx5_1`")
        #expect(damage(" GPU0 NIC0CPU Affinity\n")?.found == "the heading `NIC0CPU Affinity`")
        let cell = "\tGPU0\tNIC0\tNIC1\nGPU0\t X \tPIXPHB\n"
        let found = try #require(damage(cell))
        #expect(found.line == 2 && found.column == 10)
        #expect(found.found == "`PIXPHB` from `GPU0` to `NIC0`")
        #expect(found.hint == Damage.wrapped)
        let affinity = "\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\nGPU0\t X \t48-95,144-1911N/A\n"
        #expect(damage(affinity)?.found == "the affinity `48-95,144-1911N/A` of `GPU0`")
    }

    @Test("rows that are short, missing, wrapped or not the same both ways")
    func broken() {
        #expect(damage(" GPU0 GPU1\nGPU0 X\n")?.found == "1 distances in the row of `GPU0`")
        #expect(damage(" GPU0 GPU1\nGPU0 X SYS\n")?.found == "the last row of the matrix, 1 of 2")
        #expect(damage(" GPU0 GPU1\nGPU0 X SYS\nSYS GPU1 SYS X\n")?.found == "`SYS`")
        #expect(damage(" GPU0\nGPU0 X\nGPU0 X\n")?.expected == "a blank line behind the matrix")
        let found = damage(" GPU0 GPU1\nGPU0 X PIX\nGPU1 SYS X\n")?.found
        #expect(found == "SYS from `GPU1` to `GPU0` and PIX back on line 2")
        #expect(damage(" GPU0 GPU1\nGPU0 X X\nGPU1 X X\n")?.found == "`X` from `GPU0` to `GPU1`")
        #expect(damage(" GPU0 GPU0\nGPU0 X SYS\n")?.found == "a heading with one column twice")
    }

    @Test("tables of AMD cards, complaints and nothing are refused as what they are")
    func refused() {
        #expect(damage("     GPU0  GPU1\nGPU0 0     XGMI\nGPU1 XGMI  0\n")?.reason == .foreign)
        #expect(damage("======= ROCm System Management Interface =======\n")?.reason == .foreign)
        #expect(damage("bash: nvidia-smi: command not found\n")?.reason == .failed)
        #expect(damage(" \n\n")?.reason == .empty)
        #expect(damage("hello\n")?.reason == .foreign)
    }

    @Test("a matrix full of virtual functions, and a legend that is cut")
    func manyNICs() throws {
        let count = 62
        let names = ["GPU0"] + (0..<count).map { "NIC\($0)" }
        var text = "\t" + names.joined(separator: "\t") + "\n"
        for row in names.indices {
            text += names[row] + "\t" + names.indices.map { $0 == row ? " X " : "PIX" }.joined(separator: "\t") + "\n"
        }
        text += "\n" + (0..<12).map { "  NIC\($0): mlx5_\($0)\n" }.joined()
        guard case .read(let topology, let remarks) = Topology.read(Array(text.utf8), from: .probe) else {
            Issue.record("not read")
            return
        }
        #expect(topology.nics.count == count)
        #expect(topology.devices[12].name == "mlx5_11" && topology.devices[13].name == "NIC12")
        #expect(remarks.map(\.message) == ["the legend does not name 50 of the NICs"])
    }
}
