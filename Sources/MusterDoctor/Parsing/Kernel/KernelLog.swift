/// What the kernel said about GPUs, links, NICs and memory: `dmesg`, `journalctl -k`, or records of `/dev/kmsg`.
package struct KernelLog: Hashable, Sendable {
    package enum Time: Hashable, Sendable {
        /// Since the machine was started, in microseconds.
        case sinceBoot(Int)
        /// A date as printed: `Mon Mar  3 09:10:11 2025`, `2025-03-04T05:06:07,123456+00:00`.
        case date(String)
    }

    package struct Event: Hashable, Sendable {
        package let line: Int
        package let time: Time?
        package let kind: Kind
        /// The message without its time.
        package let message: String
    }

    package enum Kind: Hashable, Sendable {
        /// `NVRM: Xid (PCI:0000:4b:00): 119, pid=4711, name=python3, ...`
        case xid(Xid)
        /// The same of an NVSwitch.
        case switchXid(address: PCIAddress?, number: Int, isFatal: Bool)
        /// The driver lost a GPU, with or without an Xid 79.
        case fallenOffBus(PCIAddress?)
        /// The driver says why a GPU cannot be used: `RmInitAdapter failed`, `rejected ... GPU has been lost`.
        case driverFailure(PCIAddress?)
        case narrowLink(NarrowLink)
        /// An error that PCIe reported by itself.
        case pcieError(PCIAddress?, isCorrected: Bool)
        case outOfMemory(OutOfMemory)
        /// The NIC's driver: a cable, its module, its health.
        case nic(PCIAddress?)
        /// GPUDirect RDMA's kernel module.
        case peerMemory
        /// A machine check: memory or processor.
        case machineCheck
    }

    package struct Xid: Hashable, Sendable {
        package let address: PCIAddress?
        package let number: Int
        package let pid: Int?
        package let process: String?

        /// What it means and what to do.
        package var triage: XidTriage { XidTriage(number) }
    }

    /// `126.028 Gb/s available PCIe bandwidth, limited by 32.0 GT/s PCIe x4 link at 0000:5d:02.0 (capable of ...)`:
    /// the best single sign of a wrong slot, and it names the port.
    package struct NarrowLink: Hashable, Sendable {
        package let device: PCIAddress?
        /// The port that limits it.
        package let limitedBy: PCIAddress?
        /// In Gb/s.
        package let available: Double
        package let capable: Double?
        /// In lanes.
        package let width: Int?
        package let capableWidth: Int?
    }

    package struct OutOfMemory: Hashable, Sendable {
        package let pid: Int?
        package let process: String?
        /// Whether a control group was out of memory, not the machine.
        package let isControlGroup: Bool?
    }

    /// In the order of the log.
    package let events: [Event]
    /// Lines of the log, those that say nothing of interest too.
    package let lineCount: Int

    package static func read(_ bytes: [UInt8]) -> Reading<KernelLog> {
        .of(bytes, source: "a kernel log, from `dmesg` or `journalctl -k`") { text throws(Damage) in
            var events: [Event] = []
            var stamped = 0
            // A GPU that is gone is told over three lines, the address on the first and what happened on the last.
            var named: PCIAddress?
            var since: Time?
            let lines = try text.lines().filter { !$0.isBlank }
            for line in lines {
                let (time, message) = KernelStamp.cut(line.text)
                if time != nil { stamped += 1 }
                if let rest = Cut.behind(message, "NVRM: The NVIDIA GPU ") {
                    named = Cut.words(rest).first.flatMap(PCIAddress.init)
                    since = time
                }
                guard var kind = KernelMessage.kind(message) else { continue }
                if kind == .fallenOffBus(nil) { kind = .fallenOffBus(named) }
                let isPart = time == nil && kind == .fallenOffBus(named)
                events.append(Event(line: line.number, time: isPart ? since : time, kind: kind, message: message))
            }
            // Messages are pasted without their times too, but then at least one must be one that is known.
            guard stamped > 0 || !events.isEmpty else { throw text.foreign(lines.first) }
            return KernelLog(events: events, lineCount: lines.count)
        }
    }
}
