import Testing

@testable import MusterDoctor

@Suite("Nearness of devices")
struct NearnessTests {
    @Test("distances in their order, links first")
    func order() {
        let order: [Distance] = [.same, .nvlink(18), .nvlink(4), .pix, .pxb, .phb, .node, .sys]
        #expect(order.shuffledBack.sorted() == order)
        #expect(order.map { Distance($0.description) } == order)
        for text in ["", "NV", "NV0", "NV1234", "PIXPHB", "pix", "N/A", "0"] {
            #expect(Distance(text) == nil, "\(text)")
        }
    }

    private static func topology(_ names: [String], _ rows: [String]) throws -> Topology {
        let labels = ["GPU0", "GPU1"] + names
        let body = zip(labels, rows).map { "\($0) \($1)" }.joined(separator: "\n")
        return try #require(Topology.read(Array(" \(labels.joined(separator: " "))\n\(body)\n".utf8)).value)
    }

    @Test("the nearest NICs of each GPU")
    func nearest() throws {
        let topology = try Self.topology(
            ["mlx5_0", "mlx5_1", "mlx5_2"],
            ["X SYS PIX PIX SYS", "SYS X SYS SYS NODE", "PIX SYS X PIX SYS", "PIX SYS PIX X SYS", "SYS NODE SYS SYS X"]
        )
        #expect(topology.nearestNICs().map(\.distance) == [.pix, .node])
        #expect(topology.nearestNICs().map(\.nics) == [[2, 3], [4]])
        #expect(topology.nearestNICs(dropping: ["mlx5_0", "mlx5_2"]).map(\.nics) == [[3], [3]])
        #expect(topology.nearestNICs(dropping: ["mlx5_0", "mlx5_1", "mlx5_2"]) == [])
    }

    @Test("the signature is the same whatever the kernel calls the cards, and differs when one sits elsewhere")
    func signature() throws {
        let first = try Self.topology(
            ["mlx5_0", "mlx5_1"],
            ["X SYS PIX SYS", "SYS X SYS PIX", "PIX SYS X SYS", "SYS PIX SYS X"]
        )
        let renamed = try Self.topology(
            ["mlx5_0", "mlx5_1"],
            ["X SYS SYS PIX", "SYS X PIX SYS", "SYS PIX X SYS", "PIX SYS SYS X"]
        )
        let moved = try Self.topology(
            ["mlx5_0", "mlx5_1"],
            ["X SYS PIX PIX", "SYS X SYS SYS", "PIX SYS X PIX", "PIX SYS PIX X"]
        )
        let low = try #require(PCIAddress("19:00.0"))
        let high = try #require(PCIAddress("9c:00.0"))
        let signature = first.signature(addresses: ["mlx5_0": low, "mlx5_1": high])
        #expect(signature == renamed.signature(addresses: ["mlx5_1": low, "mlx5_0": high]))
        #expect(signature != moved.signature(addresses: ["mlx5_0": low, "mlx5_1": high]))
        #expect(signature.nicDistances == [[.pix, .sys], [.sys, .pix]])
        // Without all addresses the names decide.
        #expect(first.signature(addresses: ["mlx5_0": high]) != renamed.signature())
        #expect(first.signature(dropping: ["mlx5_1"]).nicDistances == [[.pix, .sys]])
    }

    @Test("names with numbers in their order")
    func naturalOrder() {
        let names = ["mlx5_0", "mlx5_2", "mlx5_10", "mlx5_10a", "mlx5_bond_0", "mlx5_bond_1"]
        #expect(names.shuffledBack.sorted(by: NaturalOrder.isBefore) == names)
        #expect(!NaturalOrder.isBefore("a", "a") && NaturalOrder.isBefore("", "a"))
        #expect(NaturalOrder.isBefore("a2", "a0010") && !NaturalOrder.isBefore("a0010", "a2"))
    }

    @Test(
        "distances from the paths of sysfs",
        arguments: [
            // One switch: upstream port 17:00.0, a downstream port for each.
            ("pci0000:16/0000:16:01.0/0000:17:00.0/0000:18:00.0/0000:19:00.0", Distance.pix),
            // A second switch below the first.
            ("pci0000:16/0000:16:01.0/0000:17:00.0/0000:18:02.0/0000:20:00.0/0000:21:00.0/0000:22:00.0", .pxb),
            ("pci0000:16/0000:16:03.0/0000:30:00.0", .phb),
            ("pci0000:80/0000:80:01.0/0000:81:00.0", .node),
        ]
    )
    func paths(path: String, distance: Distance) throws {
        let nic = try #require(
            PCIPath("/sys/devices/pci0000:16/0000:16:01.0/0000:17:00.0/0000:18:01.0/0000:1a:00.0/infiniband/mlx5_0")
        )
        #expect(nic.address.description == "0000:1a:00.0")
        let gpu = try #require(PCIPath("/sys/devices/" + path))
        #expect(nic.distance(to: gpu, numaNode: 0, otherNumaNode: 0) == distance)
        #expect(gpu.distance(to: nic, numaNode: 0, otherNumaNode: 0) == distance)
        #expect(nic.distance(to: nic, numaNode: nil, otherNumaNode: nil) == .same)
    }

    @Test("host bridges apart, the NUMA nodes decide, and without them nothing does")
    func bridges() throws {
        let left = try #require(PCIPath("/sys/devices/pci0000:16/0000:16:01.0/0000:17:00.0"))
        let right = try #require(PCIPath("/sys/devices/pci0000:80/0000:80:01.0/0000:81:00.0"))
        #expect(left.distance(to: right, numaNode: 0, otherNumaNode: 1) == .sys)
        #expect(left.distance(to: right, numaNode: 0, otherNumaNode: -1) == nil)
        #expect(left.distance(to: right, numaNode: nil, otherNumaNode: 0) == nil)
        // Two functions of one card below one root port.
        let second = try #require(PCIPath("/sys/devices/pci0000:16/0000:16:01.0/0000:17:00.1"))
        #expect(left.distance(to: second, numaNode: nil, otherNumaNode: nil) == .pix)
        #expect(PCIPath("/sys/devices/LNXSYSTM:00/device:00/vmbus_0") == nil)
        #expect(PCIPath("/sys/devices/pci0000:16") == nil)
    }
}

extension Array {
    /// Another order that is the same in every run.
    fileprivate var shuffledBack: [Element] { reversed() }
}
