import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

extension TopologyDrawing.Frame {
    /// Whether the two have a point inside both.
    fileprivate func overlaps(_ other: Self) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }
}

@Suite("The drawing of a machine")
struct DrawingTests {
    static let machines: [(name: String, machine: BuiltMachine)] = [
        ("hgx", .hgx), ("plain", .plain), ("two sockets", .twoSockets), ("one GPU", .oneGPU),
    ]

    /// Everything has a place of its own, inside the drawing, and lines run beside boxes.
    static func expectTidy(_ drawing: TopologyDrawing, sourceLocation: SourceLocation = #_sourceLocation) {
        let canvas = TopologyDrawing.Frame(x: 0, y: 0, width: drawing.width, height: drawing.height)
        for (index, box) in drawing.boxes.enumerated() {
            #expect(canvas.contains(box.frame), "\(box)", sourceLocation: sourceLocation)
            for other in drawing.boxes.dropFirst(index + 1) {
                #expect(!box.frame.overlaps(other.frame), "\(box) \(other)", sourceLocation: sourceLocation)
            }
            for (number, port) in box.ports.enumerated() {
                #expect(box.frame.contains(port.frame), sourceLocation: sourceLocation)
                #expect(
                    !box.ports.dropFirst(number + 1).contains { $0.frame.overlaps(port.frame) },
                    sourceLocation: sourceLocation
                )
            }
            for label in box.labels + box.ports.map(\.label) {
                let end = label.x + label.text.count * BoxContent.characterWidth / 10
                #expect(end <= box.frame.maxX && label.x >= box.frame.x, "\(label)", sourceLocation: sourceLocation)
                #expect(
                    label.y < box.frame.maxY && label.y - 9 > box.frame.y,
                    "\(label)",
                    sourceLocation: sourceLocation
                )
            }
        }
        for line in drawing.lines {
            for (from, to) in zip(line.points, line.points.dropFirst()) {
                #expect(from.x == to.x || from.y == to.y, sourceLocation: sourceLocation)
                let piece = TopologyDrawing.Frame(
                    x: min(from.x, to.x),
                    y: min(from.y, to.y),
                    width: abs(from.x - to.x),
                    height: abs(from.y - to.y)
                )
                #expect(canvas.contains(piece), "\(line)", sourceLocation: sourceLocation)
                let crossed = drawing.boxes.filter { Self.crosses(piece, $0.frame) }
                #expect(crossed.isEmpty, "\(line) \(crossed)", sourceLocation: sourceLocation)
            }
        }
    }

    /// Whether a line without a width runs through a box; its edge does not count.
    private static func crosses(_ line: TopologyDrawing.Frame, _ box: TopologyDrawing.Frame) -> Bool {
        line.width == 0
            ? line.x > box.x && line.x < box.maxX && line.y < box.maxY && line.maxY > box.y
            : line.y > box.y && line.y < box.maxY && line.x < box.maxX && line.maxX > box.x
    }

    private func drawing(_ machine: BuiltMachine) throws -> TopologyDrawing {
        TopologyDrawing(try #require(MachineTree(try machine.inventory())))
    }

    private func count(_ drawing: TopologyDrawing, _ kind: TopologyDrawing.Kind) -> Int {
        drawing.boxes.count { $0.kind == kind }
    }

    @Test("nothing overlaps, and no line runs through a box", arguments: machines.map(\.name))
    func tidy(_ name: String) throws {
        let machine = try #require(Self.machines.first { $0.name == name }?.machine)
        Self.expectTidy(try drawing(machine))
    }

    @Test("eight GPUs with a card and a switch each")
    func hgx() throws {
        let drawing = try drawing(.hgx)
        let kinds: [TopologyDrawing.Kind] = [.numaNode, .hostBridge, .pcieSwitch, .gpu, .nic, .ghost]
        #expect(kinds.map { count(drawing, $0) } == [2, 8, 8, 8, 8, 0])
        #expect(drawing.lines.allSatisfy { $0.kind == .link })
    }

    @Test("devices on root ports hang below the host bridge")
    func rootPorts() throws {
        let plain = try drawing(.plain)
        #expect(
            [TopologyDrawing.Kind.numaNode, .hostBridge, .pcieSwitch, .gpu].map { count(plain, $0) } == [1, 4, 0, 4]
        )
        let two = try drawing(.twoSockets)
        #expect(
            [TopologyDrawing.Kind.numaNode, .hostBridge, .pcieSwitch, .gpu, .nic].map { count(two, $0) }
                == [2, 4, 2, 4, 2]
        )
        #expect(two.boxes.filter { $0.kind == .nic }.map(\.ports.count) == [2, 2])
    }

    @Test("a machine without a GPU and without a card is not drawn")
    func nothing() throws {
        #expect(MachineTree(NodeInventory(node: "gpu-1")) == nil)
        #expect(MachineTree(try BuiltMachine().inventory()) == nil)
    }

    @Test("without sysfs the distances of the matrix say what is near what")
    func distances() throws {
        var machine = BuiltMachine.hgx
        machine.gpus.removeLast(6)
        machine.cards.removeLast(6)
        machine.topology = """
            \tGPU0\tGPU1\tmlx5_0\tmlx5_1\tCPU Affinity\tNUMA Affinity
            GPU0\t X \tNV18\tPXB\tSYS\t0-31\t0
            GPU1\tNV18\t X \tSYS\tPIX\t32-63\t1
            mlx5_0\tPXB\tSYS\t X \tSYS\t\t
            mlx5_1\tSYS\tPIX\tSYS\t X \t\t

            """
        let tree = try #require(MachineTree(try machine.inventory()))
        #expect(tree.origin == .distances)
        #expect(tree.branches.map(\.title) == [["CPU", "NUMA node 0"], ["CPU", "NUMA node 1"]])
        let first = tree.branches[0].branches[0].branches[0]
        #expect(first.kind == .pcieSwitch)
        #expect(first.devices.map(\.title) == ["GPU 0", "NIC"])
        #expect(first.devices[0].lines.map(\.text).contains("NVLink NV18 to GPU 1"))
        let drawing = TopologyDrawing(tree)
        Self.expectTidy(drawing)
        #expect(
            drawing.words.hasPrefix("CPU NUMA node 0, host bridge, PCIe switch: GPU 0 H100 80GB HBM3 (")
        )
    }

    @Test("neither sysfs nor a matrix: NUMA nodes are all there is")
    func unknownPlaces() throws {
        var inventory = try BuiltMachine.plain.inventory()
        inventory.pci = .unknown("no such file")
        let tree = try #require(MachineTree(inventory))
        #expect(tree.origin == .unknown)
        #expect(tree.branches.map(\.title) == [["CPU", "NUMA node ?"]])
        #expect(tree.devices.map(\.title) == ["GPU 0", "GPU 1", "GPU 2", "GPU 3"])
        Self.expectTidy(TopologyDrawing(tree))
    }

    @Test("the matrix alone is drawn, too, and what is on the bus when the driver could not be asked")
    func little() throws {
        var inventory = NodeInventory(node: "gpu-1")
        inventory.topology = .value(
            try Topology.read(
                bytes(
                    "\tGPU0\tGPU1\tmlx5_0\tCPU Affinity\tNUMA Affinity",
                    "GPU0\t X \tPIX\tSYS\t0-31\t0",
                    "GPU1\tPIX\t X \tSYS\t0-31\t0",
                    "mlx5_0\tSYS\tSYS\t X \t\t"
                ),
                from: .pasted
            ).require()
        )
        let drawn = try #require(MachineTree(inventory))
        #expect(drawn.branches.map { $0.allDevices.map(\.title) } == [["GPU 0", "GPU 1"], ["NIC"]])
        #expect(drawn.branches[0].branches[0].branches.map(\.kind) == [.pcieSwitch])
        var bare = try BuiltMachine.plain.inventory()
        bare.gpus = .unknown("no such program")
        let silent = try #require(MachineTree(bare))
        #expect(silent.origin == .paths && silent.devices.map(\.title) == ["GPU ?", "GPU ?", "GPU ?", "GPU ?"])
        #expect(silent.devices.allSatisfy { $0.lines.last == .init("state unknown", .doubtful) })
    }

    @Test("the card in the wrong slot is marked, and its usual place beside it")
    func displaced() throws {
        let fleet = ReferenceTests.fleet
        let report = try fleet.report()
        #expect(report.fabric.displaced.map(\.hcas) == [["mlx5_4", "mlx5_5"]])
        #expect(report.fabric.displaced.map(\.usualGPUs) == [[4, 5]])
        #expect(report.fabric.displaced.map(\.usualNodes) == [["gpu-1", "gpu-2", "gpu-4"]])
        let inventory = try #require(fleet.inventories["gpu-3"])
        let tree = try #require(MachineTree(inventory, displaced: report.fabric.displaced))
        let places = tree.branches.flatMap(\.branches).flatMap(\.branches).map { $0.devices.map(\.kind) }
        #expect(places == [[.gpu, .gpu, .nic], [.gpu, .gpu, .nic, .nic], [.gpu, .gpu, .ghost], [.gpu, .gpu]])
        let drawing = TopologyDrawing(tree)
        Self.expectTidy(drawing)
        #expect(drawing.lines.count { $0.kind == .move } == 1)
        let card = try #require(drawing.boxes.first { $0.kind == .misplaced })
        #expect(card.ports.map(\.label.text) == ["mlx5_4:1 DOWN Disabled", "mlx5_5:1 DOWN Disabled"])
        #expect(card.ports.map(\.label.tone) == [.bad, .bad])
    }

    @Test("a link below its maximum, a polling port, and what no driver knows stand out")
    func marks() throws {
        var machine = Machine(1)
        machine.cards[0].width = 8
        machine.cards[1].switchOff()
        machine.cards[1].physicalState = "2: Polling"
        machine.gpus[0]["pcie.link.width.current"] = "8"
        machine.gpus.removeLast()
        machine.hidden = [Machine.Slot(pcieSwitch: 3, slot: 2)]
        let tree = try #require(MachineTree(machine.read))
        let texts = tree.devices.map { device in device.lines.filter { $0.tone == .bad }.map(\.text) }
        #expect(
            texts.filter { !$0.isEmpty } == [
                ["PCIe x8 of x16"], ["x8 of x16 16 GT/s"], ["not seen by driver"], ["no RDMA device"],
            ]
        )
        let ports = tree.devices.flatMap(\.ports)
        #expect(ports.map(\.label) == ["mlx5_0:1 ACTIVE 100G", "mlx5_1:1 DOWN Polling"])
        #expect(ports.map(\.tone) == [.good, .doubtful])
        let drawing = TopologyDrawing(tree)
        Self.expectTidy(drawing)
        #expect(drawing.lines.count { $0.kind == .short } == 2)
    }

    @Test("machines of any shape are tidy")
    func anyShape() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<200 {
            var machine = BuiltMachine()
            func path(_ number: Int) -> String {
                let root = 0x10 + 0x20 * Int.random(in: 0..<6, using: &random)
                return switch Int.random(in: 0..<3, using: &random) {
                case 0: BuiltMachine.slot(root, function: number % 8)
                case 1: BuiltMachine.slot(root, behindSwitch: number % 8)
                default: ""
                }
            }
            for number in 0..<Int.random(in: 1...12, using: &random) {
                machine.gpus.append((path(number), Int.random(in: -1...2, using: &random)))
            }
            for number in 0..<Int.random(in: 0...9, using: &random) {
                machine.cards.append(("mlx5_\(number)", path(number), Int.random(in: -1...2, using: &random)))
            }
            machine.gpus.removeAll { $0.path.isEmpty }
            guard let tree = MachineTree(try machine.inventory()) else { continue }
            #expect(tree.devices.count { $0.kind == .gpu } == machine.gpus.count)
            Self.expectTidy(TopologyDrawing(tree))
        }
    }
}
