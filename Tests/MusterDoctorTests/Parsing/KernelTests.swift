import Testing

@testable import MusterDoctor

@Suite("Kernel logs")
struct KernelTests {
    private func kinds(_ lines: String...) throws -> [KernelLog.Kind] {
        try KernelLog.read(bytes(lines.joined(separator: "\n"))).require().events.map(\.kind)
    }

    @Test(
        "times in all their forms",
        arguments: [
            ("[    7.000123] ", KernelLog.Time.sinceBoot(7_000_123)), ("<6>[    0.000001] ", .sinceBoot(1)),
            ("[Mon Mar  3 09:10:11 2025] ", .date("Mon Mar  3 09:10:11 2025")),
            ("kern  :warn  : 2025-03-04T05:06:07,123456+00:00 ", .date("2025-03-04T05:06:07,123456+00:00")),
            ("kern  :err   : [Mon Mar  3 09:10:11 2025] ", .date("Mon Mar  3 09:10:11 2025")),
            ("Mar 13 09:10:11 node-1 kernel: ", .date("Mar 13 09:10:11")),
            ("2025-03-04T05:06:07+0000 node-1 kernel: ", .date("2025-03-04T05:06:07+0000")),
            ("6,41,1002003,-;", .sinceBoot(1_002_003)),
        ]
    )
    func times(head: String, time: KernelLog.Time) throws {
        let message = "NVRM: Xid (PCI:0000:4b:00): 119, pid=4711, name=vllm, Timeout after 6s of waiting"
        let event = try #require(try KernelLog.read(bytes(head + message)).require().events.first)
        #expect(event.time == time && event.message == message)
        guard case .xid(let xid) = event.kind else {
            Issue.record("\(event)")
            return
        }
        #expect(xid.number == 119 && xid.pid == 4_711 && xid.process == "vllm")
        #expect(xid.address?.description == "0000:4b:00.0" && xid.triage.action == .resetGPU)
    }

    @Test("Xids without a process, of a switch, and a GPU that is gone")
    func xids() throws {
        let found = try kinds(
            "[1.000000] NVRM: Xid (PCI:0000:91:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
            "[1.000000] NVRM: GPU 0000:91:00.0: GPU has fallen off the bus.",
            "[1.000000] nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 20034, Fatal, Link 12 LTSSM Fault Down",
            "[1.000000] nvidia-nvswitch2: SXid (PCI:0000:07:00.0): 20034, Severity 1 Engine instance 7",
            "[1.000000] NVRM: GPU Board Serial Number: 1234567890"
        )
        let gpu = PCIAddress("91:00.0")
        #expect(
            found == [
                .xid(.init(address: gpu, number: 79, pid: nil, process: nil)), .fallenOffBus(gpu),
                .switchXid(address: PCIAddress("06:00.0"), number: 20034, isFatal: true),
            ]
        )
    }

    @Test("a GPU that is gone, told over three lines without a number")
    func threeLines() throws {
        let log = try KernelLog.read(
            bytes(
                "[ 912.000345] NVRM: The NVIDIA GPU 0000:2a:00.0",
                "               NVRM: (PCI ID: 10de:26b9) installed in this system has",
                "               NVRM: fallen off the bus and is not responding to commands."
            )
        ).require()
        #expect(log.events.map(\.kind) == [.fallenOffBus(PCIAddress("2a:00.0"))])
        #expect(log.events.map(\.time) == [.sinceBoot(912_000_345)] && log.events.map(\.line) == [3])
    }

    @Test("a link narrower than card and slot, with the port that limits it")
    func narrow() throws {
        let found = try kinds(
            "[    7.000123] mlx5_core 0000:9c:00.0: 126.028 Gb/s available PCIe bandwidth, limited by 32.0 GT/s "
                + "PCIe x4 link at 0000:5d:02.0 (capable of 504.112 Gb/s with 32.0 GT/s PCIe x16 link)"
        )
        #expect(
            found == [
                .narrowLink(
                    .init(
                        device: PCIAddress("9c:00.0"),
                        limitedBy: PCIAddress("5d:02.0"),
                        available: 126.028,
                        capable: 504.112,
                        width: 4,
                        capableWidth: 16
                    )
                )
            ]
        )
    }

    @Test("out of memory, in the words of three kernels")
    func memory() throws {
        let found = try kinds(
            "[1.000000] Out of memory: Killed process 123 (python3) total-vm:1kB",
            "[1.000000] Out of memory: Kill process 456 (python) score 50 or sacrifice child",
            "[1.000000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=vllm,pid=77,uid=0",
            "[1.000000] oom_reaper: reaped process 4242 (vector), now anon-rss:0kB",
            "[1.000000] Memory cgroup out of memory: Killed process 9 (a)"
        )
        #expect(
            found == [
                .outOfMemory(.init(pid: 123, process: "python3", isControlGroup: nil)),
                .outOfMemory(.init(pid: 456, process: "python", isControlGroup: nil)),
                .outOfMemory(.init(pid: 77, process: "vllm", isControlGroup: true)),
                .outOfMemory(.init(pid: 9, process: "a", isControlGroup: true)),
            ]
        )
    }

    @Test("NICs, peer memory, PCIe and machine errors")
    func others() throws {
        let found = try kinds(
            "[1.000000] mlx5_core 0000:9c:00.0: Port module event[error]: module 0, Cable error, Power budget exceeded",
            "[1.000000] mlx5_core 0000:9c:00.0: firmware version: 28.40.1000",
            "[1.000000] nvidia-peermem nv_get_p2p_free_callback:127 ERROR detected invalid context",
            "[1.000000] pcieport 0000:00:01.0: AER: Corrected error received: 0000:01:00.0",
            "[1.000000] pcieport 0000:00:01.0: AER: Uncorrected (Fatal) error received: 0000:01:00.0",
            "[1.000000] mce: [Hardware Error]: CPU 3: Machine Check: 0 Bank 8",
            "[1.000000] NVRM: RmInitAdapter failed! (0x62:0x40:2477)"
        )
        let bridge = PCIAddress("00:01.0")
        #expect(
            found == [
                .nic(PCIAddress("9c:00.0")), .peerMemory, .pcieError(bridge, isCorrected: true),
                .pcieError(bridge, isCorrected: false), .machineCheck, .driverFailure(nil),
            ]
        )
    }

    @Test("a quiet log is read, a text that is none is not, a complaint is told")
    func quiet() throws {
        #expect(try kinds("[    0.000000] Linux version 6.8.0", "[    0.100000] ACPI: bus type") == [])
        #expect(KernelLog.read(bytes("hello", "world")).damage?.reason == .foreign)
        let denied = KernelLog.read(bytes("dmesg: read kernel buffer failed: Operation not permitted"))
        #expect(denied.damage?.reason == .failed)
        // Pasted without times.
        #expect(try kinds("NVRM: Xid (PCI:0000:4b:00): 79, GPU has fallen off the bus.").count == 1)
    }

    @Test("what each Xid asks for")
    func triage() {
        let actions: [(Int, XidTriage.Action)] = [
            (13, .restartRank), (31, .restartRank), (43, .restartRank), (45, .restartRank), (69, .restartRank),
            (48, .drain), (63, .resetLater), (64, .replaceGPU), (62, .resetGPU), (119, .resetGPU), (120, .resetGPU),
            (140, .resetGPU), (143, .resetGPU), (74, .checkNVLink), (136, .checkNVLink), (144, .checkNVLink),
            (150, .checkNVLink), (79, .restartMachine), (92, .watch), (93, .watch), (94, .restartRank),
            (95, .resetGPU), (154, .obeyDriver), (151, .lookUp), (0, .lookUp),
        ]
        for (number, action) in actions { #expect(XidTriage(number).action == action, "\(number)") }
        #expect(XidTriage(79).isFatal && !XidTriage(13).isFatal && !XidTriage(63).isFatal)
    }

    @Test("the fabric manager's log")
    func fabricManager() throws {
        let text = bytes(
            "Message payload details: the end of an entry",
            "",
            "[Mar  3 2025 07:08:09] [INFO] [tid 1808] multicast group 1 is allocated.",
            "[Mar  3 2025 15:16:17] [ERROR] [tid 12727] detected NVSwitch non-fatal error 12022 on fid 0 on NVSwitch "
                + "pci bus id 00000000:c3:00.0 physical id 1 port 14"
        )
        let log = try FabricManagerLog.read(text).require()
        #expect(log.entryCount == 2 && log.problems.map(\.line) == [4])
        let problem = try #require(log.problems.first)
        #expect(problem.level == .error && problem.time == "Mar  3 2025 15:16:17")
        #expect(
            problem.switchError == .init(number: 12022, isFatal: false, address: PCIAddress("c3:00.0"), port: 14)
        )
        #expect(FabricManagerLog.read(bytes("[a] b")).damage?.reason == .foreign)
    }
}
