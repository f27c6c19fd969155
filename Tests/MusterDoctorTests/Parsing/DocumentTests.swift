import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Documents of parsed outputs")
struct DocumentTests {
    @Test("every kind has a sample, which is read and drawn", arguments: ParserKind.allCases)
    func samples(kind: ParserKind) {
        let samples = Samples.of(kind)
        #expect(!samples.isEmpty)
        for sample in samples {
            let document = kind.read(Array(sample.utf8))
            #expect(document.damage == nil, "\(kind.rawValue): \(document.lines)")
            #expect(!document.lines.isEmpty)
            #expect(document.lines.allSatisfy { !$0.hasSuffix(" ") })
        }
    }

    @Test("a topology as a matrix and a list")
    func topology() {
        let text = bytes(
            " GPU0 NIC0 CPU Affinity NUMA Affinity",
            "GPU0 X PIX 0-3 1",
            "NIC0 PIX X",
            "",
            "NIC Legend:",
            "  NIC0: mlx5_7"
        )
        #expect(
            ParserKind.topo.read(text).lines == [
                "        GPU0  mlx5_7", "GPU0    X     PIX", "mlx5_7  PIX   X", "", "nearest NICs",
                "gpu   distance  numa  nics", "GPU0  PIX       1     mlx5_7",
            ]
        )
    }

    @Test("a GID table with what NCCL takes")
    func gids() {
        let text = bytes(
            "mlx5_0 1 0 fe80::1:ff:fe00:1 v1 eth0",
            "mlx5_0 1 3 ::ffff:10.0.0.1 10.0.0.1 v2 eth0",
            "mlx5_1 1 0 fe80::1:ff:fe00:2 v1 eth1"
        )
        #expect(
            ParserKind.showGIDs.read(text).lines == [
                "ports", "hca     port  state  physical  rate  link  mtu  netdev",
                "mlx5_0  1     ?      ?         ?     ?     ?    eth0",
                "mlx5_1  1     ?      ?         ?     ?     ?    eth1",
                "", "gid table",
                "hca     port  index  type  address                                  netdev  judgement",
                "mlx5_0  1     0      v1    fe80:0000:0000:0000:0001:00ff:fe00:0001  eth0    link-local",
                "mlx5_0  1     3      v2    10.0.0.1                                 eth0    usable",
                "mlx5_1  1     0      v1    fe80:0000:0000:0000:0001:00ff:fe00:0002  eth1    link-local", "",
                "what NCCL takes by itself", "mlx5_0 port 1: index 3, 10.0.0.1",
                "mlx5_1 port 1: index 0, which is link-local; no index will do",
            ]
        )
    }

    @Test("JSON of a value and of a damage")
    func json() {
        #expect(
            ParserKind.smiVersion.read(bytes("DRIVER version : 1.2")).json.compact
                == #"{"format": "muster.doctor.parse/1", "kind": "smi-version", "outcome": "read", "remarks": [], "#
                + #""value": {"smi": null, "nvml": null, "driver": "1.2", "cuda": null}}"#
        )
        let damaged = ParserKind.topo.read(bytes(" GPU0 GPU1", "GPU0 X SYSPIX"))
        #expect(
            damaged.json.compact
                == #"{"format": "muster.doctor.parse/1", "kind": "topo", "outcome": "damaged", "damage": "#
                + #"{"reason": "malformed", "line": 2, "column": 8, "found": "`SYSPIX` from `GPU0` to `GPU1`", "#
                + #""expected": "one of NV#, PIX, PXB, PHB, NODE and SYS", "hint": "\#(Damage.wrapped)"}}"#
        )
        #expect(
            damaged.lines == [
                "line 2, column 8: `SYSPIX` from `GPU0` to `GPU1`; expected one of NV#, PIX, PXB, PHB, NODE and SYS",
                "hint: \(Damage.wrapped)",
            ]
        )
    }

    @Test("tables from JSON: sizes with units, the unknown as `?`, nothing for what no row has")
    func tables() {
        let lines = ParserKind.df.read(bytes("tmpfs 65536 1 65535 1% /dev/shm")).lines
        #expect(
            lines == [
                "file_systems", "mount_point  device  size    used   available",
                "/dev/shm     tmpfs   64 MiB  1 KiB  64 MiB",
            ]
        )
        let routes = ParserKind.ipRoute.read(bytes("default via 10.0.0.1 dev a", "10.1.0.0/16 dev b metric 5")).lines
        #expect(routes[1] == "type     destination  gateway   interface  metric")
        #expect(routes[3] == "unicast  10.1.0.0/16  ?         b          5")
    }

    @Test("a log that says the same thousands of times is short")
    func repeated() {
        let line = "[1.000000] NVRM: Xid (PCI:0000:4b:00): 13, pid=1, name=a, b\n"
        let document = ParserKind.dmesg.read(Array(String(repeating: line, count: 5000).utf8))
        #expect(document.lines.count == 3 && document.lines[2].contains("5000"))
    }
}
