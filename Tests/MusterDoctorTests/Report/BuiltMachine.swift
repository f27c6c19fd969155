import MusterSpec
import Testing

@testable import MusterDoctor

/// A machine made of the paths of its devices, for drawings: what else there is to know is left unknown.
struct BuiltMachine {
    var gpus: [(path: String, numaNode: Int)] = []
    var cards: [(name: String, path: String, numaNode: Int)] = []
    var topology: String?
    var gpuFields: [String: String] = [:]

    /// Below a root port alone.
    static func slot(_ root: Int, function: Int = 0) -> String {
        "/sys/devices/pci0000:\(hex(root))/0000:\(hex(root)):01.0/0000:\(hex(root + 1)):00.\(function)"
    }

    /// Below a switch: its upstream port, a downstream port and the device.
    static func slot(_ root: Int, behindSwitch slot: Int, function: Int = 0) -> String {
        "/sys/devices/pci0000:\(hex(root))/0000:\(hex(root)):01.0/0000:\(hex(root + 1)):00.0/"
            + "0000:\(hex(root + 2)):0\(slot).0/0000:\(hex(root + 3 + slot)):00.\(function)"
    }

    private static func hex(_ number: Int) -> String { Digits.hexadecimal(number, width: 2) }

    func inventory(sourceLocation: SourceLocation = #_sourceLocation) throws -> NodeInventory {
        var inventory = NodeInventory(node: "gpu-1")
        func address(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
        func text(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
        let fields = gpuFields.sorted { $0.key < $1.key }
        let query = gpus.enumerated().map { index, gpu in
            (["\(index)", "NVIDIA H100 80GB HBM3", address(gpu.path), "16", "16", "5"] + fields.map(\.value))
                .joined(separator: ", ")
        }
        let names = [
            "index", "name", "pci.bus_id", "pcie.link.width.current", "pcie.link.width.max", "pcie.link.gen.max",
        ]
        let header = (names + fields.map(\.key)).joined(separator: ", ")
        inventory.gpus = .value(try GPUQuery.read(text([header] + query)).require(sourceLocation: sourceLocation))
        let bus = gpus.flatMap { gpu in
            [
                "\(address(gpu.path))=\(gpu.path)", "\(address(gpu.path))/vendor=0x10de",
                "\(address(gpu.path))/class=0x030200", "\(address(gpu.path))/numa_node=\(gpu.numaNode)",
            ]
        }
        if topology == nil, !bus.isEmpty {
            inventory.pci = .value(try PCILinks.read(text(bus)).require(sourceLocation: sourceLocation))
        }
        let devices = cards.flatMap { card in
            [
                "\(card.name)/ports/1/state=4: ACTIVE", "\(card.name)/ports/1/phys_state=5: LinkUp",
                "\(card.name)/ports/1/rate=400 Gb/sec (4X NDR)", "\(card.name)/device/numa_node=\(card.numaNode)",
            ] + (topology == nil ? ["\(card.name)/device=\(card.path)"] : [])
        }
        inventory.rdma = .value(
            devices.isEmpty
                ? RDMAInventory(hcas: [])
                : try RDMAInventory.read(text(devices), from: .sysfs).require(sourceLocation: sourceLocation)
        )
        if let topology {
            inventory.topology = .value(
                try Topology.read(Array(topology.utf8), from: .pasted).require(sourceLocation: sourceLocation)
            )
        }
        return inventory
    }

    // MARK: Kinds of machine

    /// Eight GPUs with a card each, behind a switch each, four to a processor.
    static var hgx: BuiltMachine {
        var machine = BuiltMachine()
        for number in 0..<8 {
            let root = 0x10 + 0x18 * number
            machine.gpus.append((slot(root, behindSwitch: 0), number / 4))
            machine.cards.append(("mlx5_\(number)", slot(root, behindSwitch: 1), number / 4))
        }
        return machine
    }

    /// Four GPUs on root ports of one processor.
    static var plain: BuiltMachine {
        var machine = BuiltMachine()
        for number in 0..<4 { machine.gpus.append((slot(0x10 + 0x20 * number), 0)) }
        return machine
    }

    /// Two processors; cards on root ports beside switches of GPUs.
    static var twoSockets: BuiltMachine {
        var machine = BuiltMachine()
        for number in 0..<4 {
            machine.gpus.append((slot(0x10 + 0x40 * (number / 2), behindSwitch: number % 2), number / 2))
        }
        for number in 0..<2 {
            for function in 0..<2 {
                machine.cards.append(
                    ("mlx5_\(number * 2 + function)", slot(0x30 + 0x40 * number, function: function), number)
                )
            }
        }
        return machine
    }

    static var oneGPU: BuiltMachine {
        var machine = BuiltMachine()
        machine.gpus.append((slot(0x10), 0))
        return machine
    }
}
