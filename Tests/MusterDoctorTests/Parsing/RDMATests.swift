import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Listings of RDMA devices")
struct RDMATests {
    @Test("ibv_devinfo with its GID table")
    func devinfo() throws {
        let text = bytes(
            "hca_id:\tmlx5_0",
            "\ttransport:\t\tInfiniBand (0)",
            "\tfw_ver:\t\t28.40.1000",
            "\tboard_id:\tMT_1",
            "\tphys_port_cnt:\t1",
            "\t\tport:\t1",
            "\t\t\tstate:\t\tPORT_ACTIVE (4)",
            "\t\t\tmax_mtu:\t4096 (5)",
            "\t\t\tactive_mtu:\t1024 (3)",
            "\t\t\tphys_state:\tLINK_UP (5)",
            "\t\t\tlink_layer:\tEthernet",
            "\t\t\tGID[  0]:\t\tfe80:0000:0000:0000:0211:22ff:fe33:4455, RoCE v1",
            "\t\t\tGID[  3]:\t\t::ffff:10.0.9.6, RoCE v2",
            "hca_id:\tmlx5_1",
            "\t\tport:\t1",
            "\t\t\tstate:\t\tPORT_DOWN (1)"
        )
        let inventory = try RDMAInventory.read(text, from: .ibvDevinfo).require()
        #expect(inventory.hcas.map(\.name) == ["mlx5_0", "mlx5_1"])
        let hca = try #require(inventory.hca("mlx5_0"))
        #expect(hca.firmware == "28.40.1000" && hca.boardID == "MT_1")
        let port = try #require(hca.ports.first)
        #expect(port.state == .active && port.physicalState == .linkUp && port.linkLayer == .ethernet)
        #expect(port.activeMTU == 1024 && port.maxMTU == 4096 && port.isActive)
        #expect(port.gids.map(\.index) == [0, 3] && port.gids.map(\.kind) == [.roceV1, .roceV2])
        #expect(inventory.hca("mlx5_1")?.ports.first?.state == .down)
    }

    @Test("a listing without its head or without its port")
    func cut() {
        let headless = RDMAInventory.read(bytes("\t\t\tstate:\tPORT_ACTIVE (4)"), from: .ibvDevinfo).damage
        #expect(headless?.reason == .malformed && headless?.hint == "copy from the line with `hca_id:` on")
        let gid = "\tGID[  1]:\tfe80::1, RoCE v2"
        let filtered = RDMAInventory.read(bytes("hca_id:\tmlx5_0", gid), from: .ibvDevinfo)
        #expect(filtered.value?.hca("mlx5_0")?.ports.map(\.number) == [1])
        #expect(filtered.remarks.count == 1)
        #expect(RDMAInventory.read(bytes("hca_id:\tirdma0", gid), from: .ibvDevinfo).damage?.reason == .malformed)
    }

    @Test("ibstat with a port that is off, and one that stops half way")
    func ibstat() throws {
        let text = bytes(
            "CA 'mlx5_0'",
            "\tCA type: MT4129",
            "\tFirmware version: 28.39",
            "\tPort 1:",
            "\t\tState: Down",
            "\t\tPhysical state: Disabled",
            "\t\tRate: 10",
            "\t\tLink layer: InfiniBand",
            "\tPort 2:",
            "\t\tState: Active",
            "\t\tPhysical state: LinkUp",
            "\t\tRate: 56",
            "ibpanic: [1] main: stat of IB device 'mlx5_8' failed: No such file or directory"
        )
        let reading = RDMAInventory.read(text, from: .ibstat)
        let ports = try #require(try reading.require().hca("mlx5_0")?.ports)
        #expect(ports.map(\.state) == [.down, .active] && ports.map(\.physicalState) == [.disabled, .linkUp])
        #expect(ports.map(\.rate) == [10, 56] && ports.map(\.linkLayer) == [.infiniBand, nil])
        #expect(reading.remarks.map(\.line) == [13])
        #expect(RDMAInventory.read(bytes("CA 'a'", "Port 1:", "Rate: fast"), from: .ibstat).damage?.line == 3)
        #expect(RDMAInventory.read(bytes("State: Active"), from: .ibstat).damage?.reason == .malformed)
        #expect(RDMAInventory.read(bytes("host-a", "0011223344556677"), from: .ibstat).damage?.reason == .foreign)
    }

    @Test("ports of `rdma -j link` have numbers of ports")
    func portNumbers() {
        for number in ["0", "256", "1000000", "-1", "1.5"] {
            let text = #"[{"ifname": "mlx5_0", "port": \#(number), "state": "ACTIVE"}]"#
            #expect(RDMAInventory.read(bytes(text), from: .rdmaLink).damage?.reason == .malformed, "\(number)")
        }
        let text = #"[{"ifname": "mlx5_0", "port": 255, "state": "ACTIVE"}]"#
        #expect(RDMAInventory.read(bytes(text), from: .rdmaLink).value?.hcas[0].ports.map(\.number) == [255])
    }

    @Test("ibstatus")
    func ibstatus() throws {
        let text = bytes(
            "Infiniband device 'mlx5_0' port 1 status:",
            "\tstate:\t\t 1: DOWN",
            "\tphys state:\t 2: Polling",
            "\trate:\t\t 40 Gb/sec (4X QDR)",
            "\tlink_layer:\t Ethernet"
        )
        let port = try #require(try RDMAInventory.read(text, from: .ibstatus).require().hca("mlx5_0")?.ports.first)
        #expect(port.state == .down && port.physicalState == .polling && port.rate == 40)
        #expect(port.linkLayer == .ethernet)
    }

    @Test("ibdev2netdev, plain and with addresses")
    func netdevs() throws {
        let text = bytes(
            "mlx5_10  port  1  ==>  ibp26s0   (Down)",
            "mlx5_2 port 1 ==> ens1f0np0 (Up)",
            "0000:9c:00.0 mlx5_3 (MT4129 - MCX75) ConnectX-7 fw 28.39 port 1 (ACTIVE) ==> ens9 (Up)"
        )
        let inventory = try RDMAInventory.read(text, from: .ibdev2netdev).require()
        #expect(inventory.hcas.map(\.name) == ["mlx5_2", "mlx5_3", "mlx5_10"])
        #expect(inventory.hcas.map(\.ports.first?.netdev) == ["ens1f0np0", "ens9", "ibp26s0"])
        #expect(inventory.hcas.map(\.ports.first?.isNetdevUp) == [true, true, false])
        #expect(inventory.hca("mlx5_3")?.address?.description == "0000:9c:00.0")
    }

    @Test("rdma link in three forms")
    func links() throws {
        let plain = "link mlx5_0/1 state ACTIVE physical_state LINK_UP netdev p1p1"
        let old = "1/1: mlx5_0/1: state ACTIVE physical_state LINK_UP netdev p1p1"
        let json =
            #"[{"ifindex":0,"ifname":"mlx5_0","port":1,"state":"ACTIVE","physical_state":"LINK_UP","netdev":"p1p1"}]"#
        for text in [plain, old, json] {
            let port = try RDMAInventory.read(bytes(text), from: .rdmaLink).require().hca("mlx5_0")?.ports.first
            #expect(port?.state == .active && port?.physicalState == .linkUp && port?.netdev == "p1p1", "\(text)")
        }
    }

    private static let gids = [
        "DEV\tPORT\tINDEX\tGID\t\t\t\t\tIPv4  \t\tVER\tDEV", "---\t----\t-----\t---\t\t\t\t\t------------  \t---\t---",
        "mlx5_0\t1\t0\tfe80:0000:0000:0000:0211:22ff:fe33:4466\t\t\tv1\tens3",
        "mlx5_0\t1\t3\t0000:0000:0000:0000:0000:ffff:0a00:0048\t10.0.0.72  \tv2\tens3", "n_gids_found=2",
    ]

    @Test("show_gids")
    func showGIDs() throws {
        let text = bytes(Self.gids.joined(separator: "\n"))
        let port = try #require(try RDMAInventory.read(text, from: .showGIDs).require().hca("mlx5_0")?.ports.first)
        #expect(port.netdev == "ens3" && port.linkLayer == nil)
        #expect(port.gids.map(\.index) == [0, 3] && port.gids.last?.gid.ipv4?.text == "10.0.0.72")
        #expect(GIDChoice.automatic(of: port) == 3)
    }

    @Test(
        "tables that are cut, mixed or not what they say",
        arguments: [
            ("n_gids_found=2", "n_gids_found=3"), ("10.0.0.72", "10.0.0.73"), ("\t3\t", "\t0\t"), ("v2", "v2v2"),
            ("\tv2", ""),
        ]
    )
    func brokenGIDs(from: String, to: String) {
        let text = Self.gids.joined(separator: "\n").replacing(from, with: to)
        #expect(RDMAInventory.read(bytes(text), from: .showGIDs).damage?.reason == .malformed)
    }

    @Test("a table of InfiniBand is told by what it does not have")
    func infiniBandGIDs() {
        let text = bytes("mlx5_0\t1\t0\tfe80:0000:0000:0000:0c42:a103:0011:2233\t\t\tv1")
        let reading = RDMAInventory.read(text, from: .showGIDs)
        #expect(reading.value?.hca("mlx5_0")?.ports.first?.linkLayer == .infiniBand && reading.remarks.count == 1)
        // A RoCE port in a container may have no interface to name either; its GID still tells.
        let roce = bytes("mlx5_0\t1\t0\tfe80:0000:0000:0000:0211:22ff:fe33:4466\t\t\tv1")
        #expect(RDMAInventory.read(roce, from: .showGIDs).value?.hca("mlx5_0")?.ports.first?.linkLayer == nil)
    }

    @Test("files of sysfs in any order")
    func sysfs() throws {
        let root = "/sys/class/infiniband/mlx5_0/"
        let text = bytes(
            root + "ports/1/gid_attrs/types/3=RoCE v2",
            root + "ports/1/gid_attrs/ndevs/3=ens1",
            root + "ports/1/gids/3=0000:0000:0000:0000:0000:ffff:0a00:0001",
            root + "ports/1/gids/4=0000:0000:0000:0000:0000:0000:0000:0000",
            root + "ports/1/state=4: ACTIVE",
            root + "ports/1/phys_state=5: LinkUp",
            root + "ports/1/rate=400 Gb/sec (4X NDR)",
            root + "ports/1/link_layer=Ethernet",
            root + "ports/1/counters/port_xmit_data=18446744073709551615",
            root + "ports/1/hw_counters/out_of_sequence=7",
            root + "hca_type=MT4129",
            root + "device/numa_node=1",
            root + "device=/sys/devices/pci0000:16/0000:16:01.0/0000:19:00.0",
            root + "device/current_link_width=8",
            root + "device/max_link_width=16",
            root + "device/current_link_speed=32.0 GT/s PCIe",
            "mlx5_1/device/physfn=/sys/devices/x",
            "mlx5_1/device=x"
        )
        let inventory = try RDMAInventory.read(text, from: .sysfs).require()
        let hca = try #require(inventory.hca("mlx5_0"))
        #expect(hca.type == "MT4129" && hca.numaNode == 1 && hca.isVirtual == false)
        #expect(hca.address?.description == "0000:19:00.0" && hca.path?.root == "pci0000:16")
        #expect(hca.link?.isNarrow == true && hca.link?.speed == 32)
        let port = try #require(hca.ports.first)
        #expect(port.isActive && port.rate == 400 && port.netdev == "ens1")
        #expect(port.counters == ["port_xmit_data": .max, "out_of_sequence": 7])
        #expect(port.gids.map(\.index) == [3] && port.gids.first?.kind == .roceV2 && port.gids.first?.netdev == "ens1")
        #expect(inventory.hca("mlx5_1")?.isVirtual == true)
        #expect(RDMAInventory.read(bytes(root + "ports/1/gids/3=zzz"), from: .sysfs).damage?.found == "`zzz`")
    }
}
