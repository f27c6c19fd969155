import MusterSpec

/// When a node was asked and when it had answered, by the clock of the machine that asks, in seconds since 1970.
package struct ProbeTimes: Hashable, Sendable {
    package let asked: Double
    package let answered: Double

    package init(asked: Double, answered: Double) {
        self.asked = asked
        self.answered = answered
    }
}

extension NodeInventory {
    /// What a node's answer says. Nothing in it can stop the reading: what is missing or damaged is unknown.
    package init(node: String, answer: ProbeAnswer, times: ProbeTimes) {
        self.init(node: node)
        var decoder = ProbeDecoder(answer)
        clock = NodeClock.read(&decoder, times)
        takeHost(&decoder)
        takeGPUs(&decoder)
        takeDevices(&decoder)
        takeNetwork(&decoder)
        takeSoftware(&decoder)
        damages = decoder.damages
    }

    private mutating func takeHost(_ decoder: inout ProbeDecoder) {
        host = HostFacts.read(&decoder)
        limits = decoder.value("limits", read: ResourceLimits.read)
        memory = decoder.value("memory", read: HostMemory.read)
        disks = decoder.value("disks", hasPart: true) { DiskBlocks.read($0) }
        modules = decoder.value("modules", empty: KernelModules(modules: []), read: KernelModules.read)
        moduleFacts = decoder.table("drivers").value ?? [:]
        kernelLog = decoder.value("kernel_log", empty: KernelLog(events: [], lineCount: 0), read: KernelLog.read)
    }

    private mutating func takeGPUs(_ decoder: inout ProbeDecoder) {
        gpuWarnings = LineSplitter.lines(of: decoder.answer.section("gpus")?.text ?? []).map(\.trimmed)
            .filter { $0.hasPrefix("WARNING:") }
        gpus = decoder.value("gpus") { GPUQuery.read(Self.withoutWarnings($0)) }
        computeApps = decoder.value("apps", empty: ComputeApps(processes: []), read: ComputeApps.read)
        topology = decoder.value("topology") { Topology.read($0, from: .probe) }
        nvlinks = decoder.value("nvlink", empty: NVLinks(gpus: []), read: NVLinks.read)
        processes = NodeProcess.read(&decoder)
    }

    /// `WARNING: infoROM is corrupted at gpu 0000:19:00.0` stands below the table, whatever its form.
    private static func withoutWarnings(_ text: [UInt8]) -> [UInt8] {
        let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        let warning = Array("WARNING:".utf8)
        guard lines.contains(where: { $0.starts(with: warning) }) else { return text }
        return Array(lines.filter { !$0.starts(with: warning) }.joined(separator: [0x0a]))
    }

    private mutating func takeDevices(_ decoder: inout ProbeDecoder) {
        let none = RDMAInventory(hcas: [])
        pci = decoder.value("pci", empty: PCILinks(devices: []), read: PCILinks.read)
        rdma = decoder.value("infiniband", empty: none, absent: none) { RDMAInventory.read($0, from: .sysfs) }
        accessControl = decoder.value("access_control", read: PCIListing.read)
        rdmaSoftware = decoder.table("rdma_software").value ?? [:]
        congestion = decoder.table("congestion")
    }

    private mutating func takeNetwork(_ decoder: inout ProbeDecoder) {
        interfaces = decoder.value("addresses", read: NetworkInterfaces.read)
        interfaceFacts = InterfaceFacts.byInterface(decoder.pairs("interfaces").value ?? [])
        let none = Bonds(bonds: [])
        bonds = decoder.value("bonds", empty: none, absent: none, read: Bonds.read)
        routes = decoder.value("routes", empty: Routes(routes: []), read: Routes.read)
        ways = Routes.ways(decoder.pairs("ways").value ?? [])
        listeners = decoder.value("listeners", empty: []) { Listener.read($0) }
    }

    private mutating func takeSoftware(_ decoder: inout ProbeDecoder) {
        software = decoder.value("software") { NodeSoftware.read($0) }
        model = decoder.value("model") { ModelFiles.read($0) }
        engineComplaints = EngineAnswer.read(&decoder)
        containerRuntime = decoder.table("containers").map(ContainerRuntime.init(table:))
    }
}

extension NodeClock {
    /// Between the question and the node's first look at its clock lies some time, and between its last look and the
    /// answer: both bound how far it is ahead.
    fileprivate static func read(_ decoder: inout ProbeDecoder, _ times: ProbeTimes) -> Known<NodeClock> {
        let first = decoder.value("clock") { seconds($0) }
        let last = decoder.value("clock_after") { seconds($0) }
        switch (first, last) {
        case (.value(let first), .value(let last)):
            let most = first.middle - times.asked
            let least = last.middle - times.answered
            return .value(
                NodeClock(
                    offset: (most + least) / 2,
                    uncertainty: abs(most - least) / 2 + max(first.half, last.half)
                )
            )
        case (.unknown(let reason), _), (_, .unknown(let reason)): return .unknown(reason)
        }
    }

    private struct Moment: Hashable, Sendable {
        let middle: Double
        let half: Double
    }

    /// `1795314186.820987299`; a `date` that knows no fractions leaves a second open.
    private static func seconds(_ text: [UInt8]) -> Reading<Moment> {
        .of(text, source: "a time in seconds") { text throws(Damage) in
            let line = try text.lines().first { !$0.isBlank }
            let parts = Cut.split(line?.trimmed ?? "", UInt8(ascii: "."))
            guard let seconds = Digits.count(parts[0]), seconds < 1 << 40 else { throw text.foreign(line) }
            guard parts.count == 2, Digits.count(parts[1]) != nil, let exact = Digits.decimal("0.\(parts[1])") else {
                return Moment(middle: Double(seconds) + 0.5, half: 0.5)
            }
            return Moment(middle: Double(seconds) + exact, half: 0)
        }
    }
}
