import MusterSpec
import Testing

@testable import MusterDoctor

/// One machine as the programs on it would describe it, with nothing wrong: eight L40S behind four PCIe switches, an
/// RDMA card behind two of these.
struct Machine {
    /// A PCIe switch with slots: the root bridge, an upstream port, and a downstream port for each slot.
    static let switches = [0x16, 0x54, 0x97, 0xd6]

    /// Where a card is put.
    struct Slot: Hashable {
        var pcieSwitch: Int
        var slot: Int
        var function = 0

        private var root: Int { Machine.switches[pcieSwitch] }
        var address: String { "0000:\(hex(root + 3 + slot)):00.\(function)" }
        var path: String {
            "/sys/devices/pci0000:\(hex(root))/0000:\(hex(root)):01.0/0000:\(hex(root + 1)):00.0/"
                + "0000:\(hex(root + 2)):0\(slot).0/\(address)"
        }
        /// The downstream port above the slot.
        var bridge: String { "0000:\(hex(root + 2)):0\(slot).0" }
        var numaNode: Int { pcieSwitch / 2 }

        private func hex(_ number: Int) -> String { Digits.hexadecimal(number, width: 2) }
    }

    struct Card {
        var name: String
        var slot: Slot
        var state = "4: ACTIVE"
        var physicalState = "5: LinkUp"
        var rate = "100 Gb/sec (4X EDR)"
        var linkLayer = "Ethernet"
        var netdev: String
        var speed = "16.0 GT/s PCIe"
        var width = 16
        var isVirtual = false
        var gids: [(index: Int, gid: String, kind: String)]

        mutating func switchOff() { (state, physicalState, rate) = ("1: DOWN", "3: Disabled", "40 Gb/sec (4X QDR)") }
    }

    /// The last part of its addresses.
    let number: Int
    var name: String { "gpu-\(number)" }
    /// Fields of the query, by GPU.
    var gpus: [[String: String]]
    var cards: [Card]
    var interfaces: [(name: String, flags: String, mtu: Int, address: String?)]
    var kernelLog = ["[   10.000001] nvidia-nvlink: Nvlink Core is being initialized"]
    var modules = ["nvidia", "nvidia_peermem", "mlx5_ib"]
    /// `LnkCtl` flags of each bridge above a card.
    var accessControl: [String: String] = [:]
    var limits = "Max locked memory unlimited unlimited bytes\nMax open files 1024 1048576 files\n"
    /// Of its RDMA cards.
    var firmware = "22.41.1000"
    /// Active ones of four, by GPU; none where cards have no NVLinks.
    var nvlinks: [Int] = []
    /// Whether each member is up, by bond.
    var bonds: [String: [String: Bool]] = [:]
    /// Cards on the bus that the RDMA stack does not know.
    var hidden: [Slot] = []
    /// Of the interfaces of RDMA cards.
    var railMTU = 9000
    var memory = "MemTotal: 1056000000 kB\nMemAvailable: 1000000000 kB\n"
    /// What parsers have no text for.
    var inventory: NodeInventory

    static let gpuSlots = (0..<8).map { Slot(pcieSwitch: $0 / 2, slot: $0 % 2) }

    init(_ number: Int) {
        self.number = number
        gpus = Self.gpuSlots.enumerated().map { index, slot in Self.gpu(index, slot, number) }
        cards = [
            Self.card("mlx5_0", Slot(pcieSwitch: 0, slot: 2), "ens1np0", rail: 1, number),
            Self.card("mlx5_1", Slot(pcieSwitch: 2, slot: 2), "ens2np0", rail: 2, number),
        ]
        interfaces = [
            ("lo", "LOOPBACK,UP,LOWER_UP", 65536, "127.0.0.1"),
            ("bond0", "BROADCAST,UP,LOWER_UP", 9000, "10.0.0.\(number)"),
            ("docker0", "BROADCAST,UP,LOWER_UP", 1500, "172.17.0.1"),
        ]
        inventory = Self.facts(number)
    }

    static func card(_ name: String, _ slot: Slot, _ netdev: String, rail: Int, _ number: Int) -> Card {
        let ipv4 = "0000:0000:0000:0000:0000:ffff:0a0\(rail):000\(number)"
        let linkLocal = "fe80:0000:0000:0000:0000:00ff:fe00:00\(rail)\(number)"
        return Card(
            name: name,
            slot: slot,
            netdev: netdev,
            gids: [
                (0, linkLocal, "IB/RoCE v1"), (1, linkLocal, "RoCE v2"), (2, ipv4, "IB/RoCE v1"), (3, ipv4, "RoCE v2"),
            ]
        )
    }

    private static func gpu(_ index: Int, _ slot: Slot, _ number: Int) -> [String: String] {
        [
            "index": "\(index)", "name": "NVIDIA L40S", "uuid": "GPU-\(number)-\(index)",
            "pci.bus_id": "0000\(slot.address)",
            "driver_version": "550.90.07", "memory.total": "46068 MiB", "memory.used": "4 MiB",
            "memory.free": "45460 MiB", "compute_cap": "8.9", "persistence_mode": "Enabled", "compute_mode": "Default",
            "mig.mode.current": "[N/A]", "ecc.errors.uncorrected.volatile.total": "0", "remapped_rows.pending": "No",
            "remapped_rows.failure": "No", "retired_pages.pending": "No", "gpu_recovery_action": "None",
            "fabric.state": "[N/A]", "fabric.status": "[N/A]",
            // Idle: the generation has dropped, which is no fault.
            "pcie.link.gen.current": "1", "pcie.link.gen.max": "4", "pcie.link.width.current": "16",
            "pcie.link.width.max": "16",
        ]
    }
}
