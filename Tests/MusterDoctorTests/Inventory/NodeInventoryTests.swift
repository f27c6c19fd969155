import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What a probe's answer says of a node")
struct NodeInventoryTests {
    private let node = ProbeComposer.healthy.inventory

    @Test("a healthy node: nothing is unknown but what was not there, and nothing is damaged")
    func healthy() {
        #expect(node.damages.isEmpty)
        let unknown = node.members.compactMap(\.unknown).map(\.0)
        #expect(unknown.isEmpty, "\(unknown)")
    }

    @Test("the clock lies between what question and answer allow")
    func clock() throws {
        // Ahead by at most 1003.25 - 1000, and by at least 1005.25 - 1002.5.
        #expect(node.clock == .value(.init(offset: 3, uncertainty: 0.25)))
        var probe = ProbeComposer.healthy
        probe.set("clock", "1003.N\n")
        probe.set("clock_after", "1005.N\n")
        #expect(probe.inventory.clock == .value(.init(offset: 3.25, uncertainty: 0.75)))
        probe.set("clock_after", "soon\n")
        #expect(probe.inventory.clock.value == nil && probe.inventory.damages["clock_after"] != nil)
    }

    @Test("the machine")
    func host() throws {
        let host = try #require(node.host.value)
        #expect(host.hostname == "gpu-3" && host.operatingSystem == "Ubuntu 24.04.2 LTS" && host.cpus == 128)
        #expect(host.user == "ops" && host.uid == 1000 && host.commandLine.contains("iommu=pt"))
        #expect(host.ownAddresses.map(\.text) == ["10.0.0.3"] && host.ephemeralPorts == 32768...60999)
        #expect(host.isNUMABalancing == false && host.governor == "performance" && host.iommuGroups == 214)
        #expect(node.limits.value?.lockedMemory?.soft == .unlimited)
        #expect(node.modules.value?.contains("nvidia_peermem") == true)
        #expect(node.moduleFacts["driver"]?.contains("Open Kernel Module") == true)
        #expect(node.kernelLog.value?.events == [])
        #expect(node.disks.value?.keys.sorted() == ["/dev/shm", "/home/ops/my models", "/tmp"])
        #expect(node.disks.value?["/home/ops/my models"]?.mountPoint == "/")
    }

    @Test("cards and cables")
    func devices() throws {
        let gpus = try #require(node.gpus.value).gpus
        #expect(gpus.count == 8 && gpus[7].memoryFree.value?.bytes == 45460 << 20)
        #expect(node.topology.value?.nics.count == 2 && node.nvlinks.value?.gpus == [])
        let pci = try #require(node.pci.value).devices
        #expect(pci.count == 8 && pci[0].path != nil && pci[0].attributes["driver"] == "nvidia")
        let rdma = try #require(node.rdma.value)
        #expect(rdma.hcas.map(\.name) == ["mlx5_0", "mlx5_1"] && rdma.hcas[0].path != nil)
        let port = rdma.hcas[1].ports[0]
        #expect(port.isActive && port.rate == 100 && port.counters["port_xmit_data"] == 125_000)
        #expect(port.gids.count == 4 && GIDChoice.automatic(of: port) == 3 && port.netdev == "ens2f0")
        #expect(node.rdmaSoftware["devices"] == "rdma_cm uverbs0 uverbs1")
        #expect(node.congestion.value?["ens1f0.rx_discards_phy"] == "0")
        #expect(node.accessControl.value?.functions.first?.redirectsPeers == false)
    }

    @Test("a warning below the table is kept and does no harm to the table")
    func warnings() {
        var probe = ProbeComposer.healthy
        let warning = "WARNING: infoROM is corrupted at gpu 0000:19:00.0"
        probe.set("gpus", ProbeComposer.gpus + warning + "\n")
        #expect(probe.inventory.gpus == node.gpus && probe.inventory.gpuWarnings == [warning])
    }

    @Test("network")
    func network() throws {
        #expect(node.interfaces.value?.interface("ens1f0")?.addresses.first?.address.text == "10.0.0.3")
        #expect(node.interfaceFacts["ens1f0"]?.mtu == 9000 && node.interfaceFacts["ens1f0"]?.sentBytes == 17_411_323)
        #expect(node.interfaceFacts["docker0"]?.isBridge == true)
        #expect(node.interfaceFacts["ens9"]?.master == "bond0" && node.interfaceFacts["ens9"]?.speed == nil)
        #expect(node.bonds.value?.bonds == [] && node.routes.value?.routes.count == 2)
        #expect(node.ways["10.0.0.4"]?.interface == "ens1f0" && node.ways["10.0.0.4"]?.source?.text == "10.0.0.3")
        #expect(node.ways["10.0.9.9"]?.type == "unreachable")
        let listeners = try #require(node.listeners.value)
        #expect(listeners.map(\.port) == [22, 3306, 30000, 30001, 22])
        #expect(
            listeners.map(\.address.text) == ["0.0.0.0", "127.0.0.1", "::", "10.0.0.5", "fe80:0:0:0:200:1ff:fffe:1000"]
        )
        #expect(listeners[1].uid == 112)
    }

    @Test("software, model, processes, containers")
    func software() throws {
        let software = try #require(node.software.value)
        #expect(software.packages["sglang"] == "0.5.9" && software.torchCUDA == "12.8" && software.nccl?.head == "00ff")
        let model = try #require(node.model.value)
        #expect(model.files["b"] == -1 && model.shards["a.safetensors"]?.fileSize == 4096)
        #expect(model.shards["c.safetensors"] == .unreadable("error: short"))
        #expect(model.index == .files(["a.safetensors", "c.safetensors"], tensors: 12, totalSize: 6128))
        let processes = try #require(node.processes.value)
        #expect(processes.map(\.pid) == [4711, 4713] && processes[1].deployment == "demo")
        #expect(processes[0].user == "ops" && processes[0].title.hasSuffix("--model-path /m"))
        #expect(node.containerRuntime.value?.imageDigests == ["lmsysorg/sglang@sha256:02"])
        #expect(node.containerRuntime.value?.runtimes == ["nvidia", "runc"])
        #expect(node.engineComplaints == .value([]))
    }

    @Test("the engine's parser: what it refuses, and why it could not be asked")
    func engine() {
        var probe = ProbeComposer.healthy
        probe.set("engine", #"{"engine": "vllm", "complaints": ["unrecognized arguments: --x"]}"#)
        #expect(probe.inventory.engineComplaints == .value(["unrecognized arguments: --x"]))
        probe.set("engine", #"{"engine": "vllm", "error": "ImportError: libcuda.so.1"}"#)
        #expect(probe.inventory.engineComplaints.reason?.hasSuffix("ImportError: libcuda.so.1") == true)
        probe.remove("engine")
        #expect(probe.inventory.engineComplaints == .notAsked)
    }

    @Test("a shard whose first bytes are no length is unreadable")
    func shard() throws {
        var probe = ProbeComposer.healthy
        let shards = #"{"a.safetensors": [18446744073709551615, 0], "b.safetensors": [1], "c.safetensors": [8, 16]}"#
        probe.set("model", #"{"path": "/m", "exists": true, "files": {}, "shards": \#(shards)}"#)
        let model = try #require(probe.inventory.model.value)
        let reason = "its first bytes give a length that no header has"
        #expect(model.shards["a.safetensors"] == .unreadable(reason))
        #expect(model.shards["b.safetensors"] == .unreadable(reason))
        #expect(model.shards["c.safetensors"] == .lengths(header: 8, data: 16))
    }

    @Test("any one section missing or damaged leaves the others as they were", arguments: ProbeComposer.healthy.names)
    func oneLess(section: String) {
        for text in ["", "junk ; junk", "\u{1B}[31m{", "[{}]"] {
            var probe = ProbeComposer.healthy
            probe.set(section, text)
            let changed = Set(
                zip(node.members, probe.inventory.members).filter { $0.0.outcome != $0.1.outcome }.map(\.0.name)
            )
            #expect(changed.count <= 2, "\(section): \(changed)")
        }
        var probe = ProbeComposer.healthy
        probe.remove(section)
        #expect(probe.inventory.members.filter { $0.unknown != nil }.count <= 2)
    }
}
