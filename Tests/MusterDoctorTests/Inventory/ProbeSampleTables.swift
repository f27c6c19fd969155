/// The longer texts of the healthy node.
extension ProbeComposer {
    private static let buses = ["19", "2a", "3b", "4c", "99", "aa", "bb", "cc"]

    static let gpus =
        "index, name, uuid, pci.bus_id, driver_version, memory.total [MiB], memory.free [MiB], fabric.state\n"
        + buses.enumerated().map { index, bus in
            "\(index), NVIDIA L40S, GPU-\(index), 00000000:\(bus.uppercased()):00.0, 550.144.03, 46068 MiB, 45460 MiB, [N/A]\n"
        }.joined()

    static let topology: String = {
        let labels = (0..<8).map { "GPU\($0)" } + ["NIC0", "NIC1"]
        let header = "\t" + labels.joined(separator: "\t") + "\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\n"
        let rows = labels.enumerated().map { row, label -> String in
            let cells = labels.indices.map { column in
                row == column ? " X " : half(row) == half(column) ? "NODE" : "SYS"
            }
            return label + "\t" + cells.joined(separator: "\t")
                + (row < 8 ? "\t0-63\t\(half(row))\t\tN/A\n" : "\t\t\t\t\n")
        }
        return header + rows.joined() + "\nLegend:\n\n  X    = Self\n\nNIC Legend:\n\n  NIC0: mlx5_0\n  NIC1: mlx5_1\n"
    }()

    private static func half(_ column: Int) -> Int { column < 8 ? column / 4 : column - 8 }

    static let pci = buses.enumerated().map { index, bus in
        let device = "/sys/bus/pci/devices/0000:\(bus):00.0"
        let root = index < 4 ? "pci0000:16/0000:16:01.0" : "pci0000:97/0000:97:01.0"
        return "\(device)=/sys/devices/\(root)/0000:\(bus):00.0\n\(device)/vendor=0x10de\n\(device)/class=0x030200\n"
            + "\(device)/numa_node=\(index / 4)\n\(device)/current_link_width=16\n\(device)/max_link_width=16\n"
            + "\(device)/driver=nvidia\n"
    }.joined()

    static let infiniBand = (0..<2).map { index in
        let device = "/sys/class/infiniband/mlx5_\(index)"
        let port = "\(device)/ports/1"
        let mac = "000\(index)"
        let gids = [
            "fe80:0000:0000:0000:ba59:9fff:fe00:\(mac)", "fe80:0000:0000:0000:ba59:9fff:fe00:\(mac)",
            "0000:0000:0000:0000:0000:ffff:0a00:0\(index)03", "0000:0000:0000:0000:0000:ffff:0a00:0\(index)03",
        ]
        return "\(device)/device=/sys/devices/pci0000:16/0000:16:0\(index + 2).0/0000:1\(index + 7):00.0\n"
            + "\(device)/fw_ver=28.39.1002\n\(device)/hca_type=MT4129\n\(device)/device/numa_node=\(index)\n"
            + "\(device)/device/net=ens\(index + 1)f0\n\(port)/state=4: ACTIVE\n\(port)/phys_state=5: LinkUp\n"
            + "\(port)/rate=100 Gb/sec (4X EDR)\n\(port)/link_layer=Ethernet\n\(port)/counters/port_xmit_data=125000\n"
            + gids.enumerated().map { slot, gid in
                "\(port)/gids/\(slot)=\(gid)\n\(port)/gid_attrs/types/\(slot)=\(slot % 2 == 0 ? "IB/RoCE v1" : "RoCE v2")\n"
                    + "\(port)/gid_attrs/ndevs/\(slot)=ens\(index + 1)f0\n"
            }.joined()
    }.joined()

    static let addresses =
        #"[{"ifindex":2,"ifname":"ens1f0","flags":["UP","LOWER_UP"],"mtu":9000,"operstate":"UP","addr_info":"#
        + #"[{"family":"inet","local":"10.0.0.3","prefixlen":24,"scope":"global"}]}]"#

    static let disks = ["/dev/shm", "/tmp", "/home/ops/my models"].map { place in
        "place=\(place)\nFilesystem     1024-blocks  Used Available Capacity Mounted on\n"
            + "/dev/vda 264212084 35623388 63442224 36% \(place == "/dev/shm" ? place : "/")\n"
    }.joined()

    static let model =
        #"{"path": "/m", "exists": true, "files": {"config.json": 900, "a.safetensors": 4096, "b": -1}, "shards": "#
        + #"{"a.safetensors": [1032, 3064], "c.safetensors": "error: short"}, "texts": {"config.json": "{\"x\": 1}"}, "#
        + #""index": {"files": ["a.safetensors", "c.safetensors"], "tensors": 12, "total_size": 6128}}"#
}
