import Testing

@testable import MusterDoctor

@Suite("PCI devices")
struct PCITests {
    @Test("addresses in the spellings of the kernel, nvidia-smi and lspci")
    func addresses() throws {
        for text in ["0000:9b:00.0", "00000000:9B:00.0", "9b:00.0", "PCI:0000:9b:00"] {
            #expect(PCIAddress(text)?.description == "0000:9b:00.0", "\(text)")
        }
        #expect(PCIAddress("c941:00:02.1")?.description == "c941:00:02.1")
        for text in ["", ":", "9b", "9b:00.8", "9b:20.0", "19b:00.0", "-1:00.0", "0x9b:00.0", "1:2:3:4.0", "9b:00.0.0"]
        {
            #expect(PCIAddress(text) == nil, "\(text)")
        }
        let low = try #require(PCIAddress("0000:ff:1f.7"))
        #expect(low < (try #require(PCIAddress("0001:00:00.0"))))
    }

    @Test("lspci -vvv: links and access control")
    func verbose() throws {
        let text = bytes(
            "5d:01.0 PCI bridge: Vendor PCIe Switch (rev 01) (prog-if 00 [Normal decode])",
            "\tNUMA node: 0",
            "\t\tLnkCap:\tPort #1, Speed 32GT/s, Width x16, ASPM L0s L1",
            "\t\tLnkSta:\tSpeed 16GT/s (downgraded), Width x4 (downgraded)",
            "\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+",
            "\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ EgressCtrl-",
            "\tKernel driver in use: pcieport",
            "",
            "5e:00.0 3D controller: NVIDIA Corporation Device 26b9 (rev a1)",
            "\t\tACSCtl:\tSrcValid- ReqRedir-",
            "1a:00.0 Ethernet controller: Mellanox"
        )
        let functions = try PCIListing.read(text).require().functions
        #expect(functions.map(\.className) == ["PCI bridge", "3D controller", "Ethernet controller"])
        #expect(functions[0].link.speed == 16 && functions[0].link.maxSpeed == 32)
        #expect(functions[0].link.width == 4 && functions[0].link.isNarrow && functions[0].link.isSlow)
        #expect(functions[0].accessControl == ["SrcValid", "ReqRedir"] && functions[0].driver == "pcieport")
        #expect(functions.map(\.redirectsPeers) == [true, false, nil])
        #expect(functions[0].numaNode == 0 && functions[1].numaNode == nil)
    }

    @Test("lspci -nn: classes and numbers")
    func numbers() throws {
        let text = bytes(
            "0101:00:00.0 Infiniband controller [0207]: Mellanox MT28908 [ConnectX-6] [15b3:101c] (rev a1)",
            "0005:00:00.0 Bridge [0680]: NVIDIA Corporation Device [10de:1af1]"
        )
        let functions = try PCIListing.read(text).require().functions
        #expect(functions.map(\.classCode) == [0x0207, 0x0680] && functions.map(\.vendorID) == [0x15b3, 0x10de])
        #expect(functions.map(\.deviceID) == [0x101c, 0x1af1])
        #expect(PCIListing.read(bytes("17:00.0 A: B", "garbage")).damage?.line == 2)
    }

    @Test("files of sysfs")
    func links() throws {
        let text = bytes(
            "/sys/bus/pci/devices/0000:19:00.0=/sys/devices/pci0000:16/0000:16:01.0/0000:19:00.0",
            "0000:19:00.0/current_link_speed=2.5 GT/s PCIe",
            "0000:19:00.0/max_link_speed=32.0 GT/s PCIe",
            "0000:19:00.0/current_link_width=8",
            "0000:19:00.0/max_link_width=16",
            "0000:19:00.0/numa_node=-1",
            "0000:19:00.0/vendor=0x10de",
            "0000:19:00.0/class=0x030200",
            "0000:18:00.0/max_link_width=255",
            "0000:18:00.0/current_link_speed=Unknown"
        )
        let devices = try PCILinks.read(text).require().devices
        #expect(devices.map(\.address.bus) == [0x18, 0x19])
        #expect(devices[0].link == PCILink())
        #expect(devices[1].link.isNarrow && devices[1].link.isSlow && devices[1].link.speed == 2.5)
        #expect(devices[1].numaNode == nil && devices[1].vendor == 0x10de && devices[1].classCode == 0x030200)
        #expect(devices[1].path?.root == "pci0000:16")
        #expect(PCILinks.read(bytes("19:00.0/x=1", "zz")).damage?.line == 2)
    }
}
