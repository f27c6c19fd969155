import Testing

@testable import MusterDoctor

@Suite("Measured bandwidths")
struct BandwidthTests {
    private static let ranks = [
        "# nThread 1 nGpus 1 minBytes 8 maxBytes 1024", "#", "# Using devices",
        "#  Rank  0 Group  0 Pid 1 on node-a device  0 [0x0f] NVIDIA H100 80GB HBM3",
        "#  Rank  1 Group  0 Pid 2 on node-b device  0 [0x0f] NVIDIA H100 80GB HBM3",
        "NCCL version 2.23.4+cuda12.6",
    ]

    @Test("rows of three builds: with operation and root, with one of them, with neither")
    func rows() throws {
        let text = bytes(
            Self.ranks.joined(separator: "\n"),
            "  1073741824  268435456  float  sum  -1  4321.0  248.49  465.92  0  4310.0  249.13  467.12  2",
            "  512  128  float  sum  32.00  0.00  0.00  5e-07  32.50  0.00  0.00  N/A",
            "  256  64  float  0  33.00  0.00  0.01  N/A  33.50  0.00  0.02  N/A",
            "  32  1  float  31.00  0.00  0.00  N/A  31.50  0.00  0.00  N/A",
            "# Out of bounds values : 0 OK",
            "# Avg bus bandwidth    : 466.5"
        )
        let reading = NCCLTest.read(text)
        let test = try reading.require()
        #expect(
            test.rows.map(\.size) == [1 << 30, 512, 256, 32] && test.rows.map(\.operation) == ["sum", "sum", nil, nil]
        )
        #expect(
            test.rows[0].outOfPlace
                == .init(time: 4321.0, algorithmBandwidth: 248.49, busBandwidth: 465.92, wrong: .value(0))
        )
        #expect(test.rows[0].inPlace.wrong == .value(2) && test.rows[1].outOfPlace.wrong == .unknown("5e-07"))
        #expect(test.rows[2].inPlace.busBandwidth == 0.02)
        #expect(test.rankHosts == ["node-a", "node-b"] && test.ncclVersion == "2.23.4+cuda12.6")
        #expect(test.averageBusBandwidth == 466.5 && test.outOfBounds == 0)
        #expect(test.peakBusBandwidth == 467.12 && reading.remarks == [])
    }

    @Test("what mpirun puts before every line is no part of it")
    func tagged() throws {
        let text = bytes(
            "   [1,0]<stdout>:    67108864      16777216     float     sum      -1    912.0   73.58  137.97      0   "
                + "920.0   72.94  136.77      0",
            "   [1,0]<stdout>:# Avg bus bandwidth    : 52.5"
        )
        let reading = NCCLTest.read(text)
        #expect(try reading.require().peakBusBandwidth == 137.97)
        #expect(try reading.require().averageBusBandwidth == 52.5)
        #expect(reading.remarks.map(\.message) == ["the end of the output is missing"])
    }

    @Test("rows that lost a cell")
    func broken() {
        let row = "1024 256 float sum -1 36.5 0.03 0.05 0 35.7 0.03"
        let glued = "1024 256 float sum -1 36.5 0.030.05 0 35.7 0.03 0.05 0"
        #expect(NCCLTest.read(bytes(row, "1 2 3 4 5 6 7 8 9 10")).damage?.line == 1)
        #expect(NCCLTest.read(bytes(glued)).damage?.line == 1)
        let heading = "# size count type redop root time algbw busbw #wrong time algbw busbw #wrong"
        #expect(NCCLTest.read(bytes(heading, glued)).damage?.found == "12 cells")
        #expect(NCCLTest.read(bytes("8 2 float sum -1 1.0 0.030.05 0 0 1.0 0.1 0.1 0")).damage?.found == "`0.030.05`")
        #expect(NCCLTest.read(bytes("nothing")).damage?.reason == .foreign)
    }

    @Test("ib_write_bw in MB and in Gb")
    func writeBandwidth() throws {
        let head = [
            " Dual-port       : OFF\t\tDevice         : mlx5_3", " Mtu             : 4096[B]",
            " Link type       : Ethernet",
            " local address: LID 0000 QPN 0x0000 PSN 0x000000",
        ]
        let megabytes = bytes(
            head.joined(separator: "\n"),
            " #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]",
            " 65536      5000             11730.00           11728.00\t\t   0.187648"
        )
        let first = try WriteBandwidth.read(megabytes).require()
        #expect(first.device == "mlx5_3" && first.mtu == 4096 && first.linkType == "Ethernet")
        // 11728 MB of 2^20 bytes.
        #expect(abs(try #require(first.largestAverage) - 98.382) < 0.001)
        let gigabits = bytes(
            " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]",
            " 2          5000             0.05               0.04               2.77",
            " 65536 5000 92.5 92.1 0.1"
        )
        let second = try WriteBandwidth.read(gigabits).require()
        #expect(second.rows.map(\.average) == [0.04, 92.1] && second.largestAverage == 92.1)
        #expect(WriteBandwidth.read(megabytes + gigabits).damage?.expected == "the unit of the heading before it")
        #expect(WriteBandwidth.read(bytes("Couldn't connect to 10.0.0.2:18515")).damage?.reason == .failed)
    }

    @Test("NCCL's log: adapters, channels, warnings")
    func log() throws {
        let text = bytes(
            "(RayWorker pid=9) node-a:1:9 [0] NCCL INFO Bootstrap : Using bond0:10.0.0.1<0>",
            "node-a:1:9 [0] NCCL INFO NCCL version 2.21.5+cuda12.4",
            "node-a:1:9 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE [1]mlx5_bond_1:1/RoCE [RO]; "
                + "OOB bond0:10.0.0.1<0>",
            "node-a:1:9 [0] NCCL INFO Using network IB",
            "node-a:1:8 [1] NCCL INFO Using network IB",
            "node-a:1:9 [0] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [receive] via NET/IB/0/GDRDMA",
            "node-a:1:9 [0] NCCL INFO Channel 01/0 : 0[0] -> 8[0] [send] via NET/IB/1(8)/GDRDMA",
            "node-a:1:9 [0] NCCL INFO Channel 02/0 : 0[0] -> 8[0] [send] via NET/IB/0",
            "node-a:1:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM",
            "node-a:1:9 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via SHM/direct/direct",
            "node-a:1:9 [0] NCCL INFO GPU Direct RDMA Disabled for HCA 0 'mlx5_0'",
            "node-a:1:9 [0] transport/net_ib.cc:295 NCCL WARN NET/IB : Got completion with error 12",
            "loading weights 3/8"
        )
        let log = try NCCLLog.read(text).require()
        #expect(log.version == "2.21.5+cuda12.4" && log.networks == ["IB": 2] && log.interfaces == ["bond0"])
        #expect(
            log.adapters == [
                .init(index: 0, device: "mlx5_0", port: 1, kind: "RoCE"),
                .init(index: 1, device: "mlx5_bond_1", port: 1, kind: "RoCE"),
            ]
        )
        #expect(log.channels == [.rdmaDirect: 2, .rdma: 1, .peer: 1, .sharedMemory: 1])
        #expect(log.directDisabled.count == 1 && log.warnings == ["NET/IB : Got completion with error 12"])
        #expect(!log.hasNoDevice)
    }

    @Test("NCCL's log: the silent fall back to TCP")
    func sockets() throws {
        let text = bytes(
            "a:1:9 [0] NCCL INFO NET/IB : No device found.",
            "a:1:9 [0] NCCL INFO NET/Socket : Using [0]eth0:10.0.0.1<0> [1]docker0:172.17.0.1<0>",
            "a:1:9 [0] NCCL INFO Using network Socket",
            "a:1:9 [0] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [receive] via NET/Socket/0"
        )
        let log = try NCCLLog.read(text).require()
        #expect(log.hasNoDevice && log.networks == ["Socket": 1] && log.channels == [.socket: 1])
        #expect(log.interfaces == ["eth0", "docker0"])
        #expect(NCCLLog.read(bytes("INFO 07-01 worker ready")).damage?.reason == .foreign)
    }
}
