import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Answers of nvidia-smi")
struct NVIDIATests {
    @Test("a query with its header, fields in any order")
    func query() throws {
        let text = bytes(
            "memory.total [MiB], index, name, pci.bus_id, memory.free [MiB], mig.mode.current, remapped_rows.pending, "
                + "ecc.errors.uncorrected.volatile.total, pcie.link.width.current, compute_cap, fabric.state",
            "46068 MiB, 0, NVIDIA L40S, 00000000:01:00.0, 45460 MiB, [N/A], No, [N/A], 16, 8.9, ",
            "[Unknown Error], 1, NVIDIA L40S, 00000000:C1:00.0, [Not Supported], Disabled, Yes, 3, 8, 8.9, Completed"
        )
        let gpus = try GPUQuery.read(text).require().gpus
        #expect(gpus.map(\.index) == [.value(0), .value(1)])
        #expect(gpus.map(\.name) == [.value("NVIDIA L40S"), .value("NVIDIA L40S")])
        #expect(gpus.map(\.memoryTotal) == [.value(ByteCount(bytes: 46068 << 20)), .unknown("[Unknown Error]")])
        #expect(gpus.map(\.memoryFree.value?.bytes) == [45460 << 20, nil])
        #expect(gpus.map(\.isMIGEnabled) == [.unknown("[N/A]"), .value(false)])
        #expect(gpus.map(\.isRemapPending) == [.value(false), .value(true)])
        #expect(gpus.map(\.uncorrectedErrors) == [.unknown("[N/A]"), .value(3)])
        #expect(gpus.map(\.linkWidth.value) == [16, 8])
        #expect(gpus.map(\.address.value?.description) == ["0000:01:00.0", "0000:c1:00.0"])
        #expect(gpus.map(\.fabricState) == [.unknown(""), .value("Completed")])
        #expect(gpus[0].driverVersion == .unknown("not asked"))
    }

    @Test("a query without its header and units")
    func noHeader() throws {
        let fields = ["index", "uuid", "memory.used", "gpu_recovery_action"]
        let gpus = try GPUQuery.read(bytes("0, GPU-1, 1235, None"), fields: fields).require().gpus
        #expect(gpus[0].memoryUsed == .value(ByteCount(bytes: 1235 << 20)))
        #expect(gpus[0].recoveryAction == .value("None"))
        let short = GPUQuery.read(bytes("0, GPU-1, 1235, None", "1, GPU-2"), fields: fields).damage
        #expect(
            short?.line == 2 && short?.found == "2 cells" && short?.expected == "4, one for each field of the query"
        )
        #expect(GPUQuery.read(bytes("0, GPU-1, much, None"), fields: fields).damage?.column == 11)
    }

    @Test("more memory than there is, is no amount")
    func amounts() {
        #expect(SMIFields.memory("46068 MiB") == ByteCount(bytes: 46068 << 20))
        #expect(SMIFields.memory("1073741823 MiB") == ByteCount(bytes: 1_073_741_823 << 20))
        #expect(SMIFields.memory("1073741824 MiB") == nil && SMIFields.memory("8796093022207 MiB") == nil)
        #expect(SMIFields.memory("1125899906842624 B") == nil)
    }

    @Test(
        "complaints instead of answers",
        arguments: [
            "Field \"fabric.state\" is not a valid field to query.", "No devices were found",
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            "sh: 1: nvidia-smi: not found", "Failed to initialize NVML: Driver/library version mismatch",
            "Unable to determine the device handle for GPU0000:01:00.0: Unknown Error",
        ]
    )
    func complaints(text: String) {
        #expect(GPUQuery.read(bytes(text)).damage?.reason == .failed)
        #expect(GPUQuery.read(bytes(text), fields: ["index", "name"]).damage?.reason == .failed)
        #expect(GPUList.read(bytes(text)).damage?.reason == .failed)
        #expect(Topology.read(bytes(text), from: .probe).damage?.found.contains(text.prefix(20)) == true)
    }

    @Test("processes, with a comma in a name, and none at all")
    func processes() throws {
        let header = "gpu_uuid, pid, process_name, used_gpu_memory [MiB]"
        let reading = ComputeApps.read(bytes(header, "GPU-1, 77, a, b, 512 MiB", "GPU-1, 78, [Not Found], [N/A]"))
        let processes = try reading.require().processes
        #expect(processes.map(\.pid.value) == [77, 78])
        #expect(processes.map(\.name) == [.value("a, b"), .unknown("[Not Found]")])
        #expect(processes.map(\.memory.value?.bytes) == [512 << 20, nil])
        #expect(reading.remarks.count == 1)
        #expect(try ComputeApps.read(bytes(header)).require().processes == [])
        #expect(try ComputeApps.read([], fields: ["pid"]).require().processes == [])
        #expect(try ComputeApps.read(bytes("No running processes found"), fields: ["pid"]).require().processes == [])
        #expect(ComputeApps.read(bytes(header, "GPU-1, x, a, 5 MiB")).damage?.found == "`x` for `pid`")
    }

    @Test("the list of GPUs with MIG devices")
    func list() throws {
        let text = bytes(
            "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-0)",
            "  MIG 1g.10gb     Device  2: (UUID: MIG-2)",
            "GPU 1: NVIDIA L40S (UUID: GPU-1)"
        )
        let gpus = try GPUList.read(text).require().gpus
        #expect(gpus.map(\.name) == ["NVIDIA H100 80GB HBM3", "NVIDIA L40S"] && gpus.map(\.index) == [0, 1])
        #expect(gpus[0].migDevices == [.init(index: 2, profile: "1g.10gb", uuid: "MIG-2")])
        #expect(GPUList.read(bytes("GPU 0: A (UUID: B)", "GPU 1: cut (UU")).damage?.line == 2)
    }

    @Test("versions, old names and new")
    func version() throws {
        let old = try SMIVersion.read(bytes("NVIDIA-SMI version  : 595.80", "DRIVER version      : 595.80")).require()
        #expect(old.driver == .value("595.80") && old.cuda == .unknown(""))
        let new = try SMIVersion.read(
            bytes(
                "NVIDIA-SMI version  : 610.57.04",
                "DRIVER version      : Deprecated, see \"KMD version\" instead",
                "KMD version         : 610.57.04",
                "CUDA UMD version    : 13.3"
            )
        ).require()
        #expect(new.driver == .value("610.57.04") && new.cuda == .value("13.3"))
        #expect(SMIVersion.read(bytes("Invalid combination of input arguments.")).damage?.reason == .failed)
    }

    @Test("NVLinks in all their words")
    func nvlinks() throws {
        let text = bytes(
            "GPU 0: NVIDIA H100 (UUID: GPU-0)",
            "\t Link 0: 26.562 GB/s",
            "\t Link 1: <inactive>",
            "GPU 1: NVIDIA L40S (UUID: GPU-1)",
            "Device does not have or support Nvlink",
            "GPU 2: NVIDIA H100 (UUID: GPU-2)",
            "Nvlink queries are not supported for Devices in MIG mode",
            "GPU 3: NVIDIA A100 (UUID: GPU-3)",
            "NVML: Unable to retrieve NVLink information as all links are inactive",
            "GPU 4: NVIDIA A100 (UUID: GPU-4)",
            "\t Link 0: Replay Errors: 4",
            "\t Link 0: CRC Errors: 1"
        )
        let gpus = try NVLinks.read(text).require().gpus
        #expect(gpus[0].links == [0: .active(26.562), 1: .inactive] && gpus[0].activeLinks == 1)
        #expect(gpus[1].reason == "Device does not have or support Nvlink" && gpus[2].links.isEmpty)
        #expect(gpus[4].links == [0: .errors(["Replay Errors": 4, "CRC Errors": 1])])
        #expect(NVLinks.read(bytes("GPU 0: A (UUID: B)", "Link 0: 26.5 GB")).damage?.line == 2)
    }

    @Test("the long report")
    func report() throws {
        let text = bytes(
            "==============NVSMI LOG==============",
            "",
            "Timestamp      : Mon Jun  1 10:11:12 2026",
            "Driver Version : 590.48.01",
            "CUDA Version   : 13.1",
            "",
            "Attached GPUs  : 1",
            "GPU 00000000:00:09.0",
            "    Product Name : NVIDIA H100",
            "    FB Memory Usage",
            "        Total : 81559 MiB",
            "        Free  : 81081 MiB",
            "    PCI",
            "        GPU Link Info",
            "            Link Width",
            "                Max : 16x",
            "                Current : 8x",
            "        Bridge Chip",
            "            Type : N/A",
            "    Retired Pages",
            "        Single Bit ECC : N/A",
            "        Double Bit ECC : 5",
            "        Pending Page Blacklist : Yes",
            "    Remapped Rows",
            "        Pending : No",
            "    Fabric",
            "        State : Completed",
            "    Processes",
            "        GPU instance ID : N/A",
            "        Process ID : 12",
            "            Type : C",
            "            Name : python3",
            "            Used GPU Memory : 10 MiB",
            "        Process ID : 13"
        )
        let report = try SMIReport.read(text).require()
        #expect(report.driverVersion == .value("590.48.01") && report.cudaVersion == .value("13.1"))
        let gpu = try #require(report.gpus.first)
        #expect(gpu.address.description == "0000:00:09.0" && gpu.name == .value("NVIDIA H100"))
        #expect(gpu.memoryTotal.value?.bytes == 81559 << 20 && gpu.memoryUsed == .unknown("not printed"))
        #expect(gpu.linkWidth == .value(8) && gpu.linkWidthMax == .value(16))
        #expect(gpu["PCI/Bridge Chip/Type"] == .unknown("N/A"))
        #expect(gpu.retiredSingleBit == .unknown("N/A") && gpu.retiredDoubleBit == .value(5))
        #expect(gpu.isRetirementPending == .value(true) && gpu.isRemapPending == .value(false))
        #expect(gpu.fabricState == .value("Completed"))
        #expect(gpu.processes.map(\.pid) == [12, 13] && gpu.processes[0].memory?.bytes == 10 << 20)
    }

    @Test("a report that is cut or has lost its blanks")
    func brokenReport() {
        #expect(
            SMIReport.read(bytes("Attached GPUs : 2", "GPU 00000000:00:09.0", "    A : b")).damage?.reason == .malformed
        )
        #expect(SMIReport.read(bytes("GPU 00000000:00:09.0", "Product Name : H100")).damage?.reason == .malformed)
        #expect(SMIReport.read(bytes("nothing of it")).damage?.reason == .foreign)
    }

    @Test("the drawn table")
    func summary() throws {
        let text = bytes(
            "Mon Jun  1 10:11:12 2026",
            "+----------+",
            "| NVIDIA-SMI 580.65.06     Driver Version: 580.65.06      CUDA Version: 13.2     |",
            "+----------+",
            "| GPU  Name        Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |",
            "|====+====+====|",
            "|   0  NVIDIA GeForce RTX 3090 ...    Off |   00000000:1C:00.0  On |                  N/A |",
            "| 38%   45C    P2             88W /  250W |     777MiB /   8192MiB |      8%      Default |",
            "|                                         |                        |                  N/A |",
            "+----------+",
            "|   1  NVIDIA H100 80GB HBM3    On  | 00000000:0D:00.0 Off |                    2 |",
            "",
            "| Processes:                                |",
            "|  GPU   GI   CI   PID   Type   Process name |",
            "|====|",
            "|    0   N/A  N/A            5111      C   a b                 231MiB |",
            "|    0      1234      C   python                    12MiB |",
            "|    0   N/A  N/A            2056    C+G   C:\\Windows\\dwm.exe           N/A      |"
        )
        let reading = SMISummary.read(text)
        let summary = try reading.require()
        #expect(summary.driverVersion == .value("580.65.06") && summary.cudaVersion == .value("13.2"))
        let gpu = summary.gpus[0]
        #expect(gpu.name == "NVIDIA GeForce RTX 3090 ..." && gpu.persistence == "Off")
        #expect(gpu.address.description == "0000:1c:00.0" && gpu.uncorrectedErrors == .unknown("N/A"))
        #expect(gpu.memoryUsed.value?.bytes == 777 << 20 && gpu.memoryTotal.value?.bytes == 8192 << 20)
        #expect(gpu.utilization == .value(8) && gpu.computeMode == .value("Default") && gpu.mig == .unknown("N/A"))
        #expect(summary.gpus[1].uncorrectedErrors == .value(2) && summary.gpus[1].memoryTotal == .unknown(""))
        #expect(reading.remarks.map(\.message) == ["the second line of GPU 1 is missing"])
        #expect(summary.processes.map(\.pid) == [5111, 1234, 2056])
        #expect(summary.processes.map(\.name) == ["a b", "python", "C:\\Windows\\dwm.exe"])
        #expect(summary.processes.map(\.memory.value?.bytes) == [231 << 20, 12 << 20, nil])
    }
}
