/// What a section of the probe is about, for the words in which the lack of it is told.
struct ProbeSubject: Sendable {
    /// The program that is asked.
    let program: String
    /// What 126 means.
    let refusal: String

    static func of(_ section: String) -> ProbeSubject { subjects[section] ?? ProbeSubject(section, section) }

    private init(_ program: String, _ secret: String) {
        self.init(program, refusal: "\(secret) may not be read without root")
    }

    private init(_ program: String, refusal: String) {
        self.program = program
        self.refusal = refusal
    }

    private static let subjects: [String: ProbeSubject] = [
        "gpus": smi, "apps": smi, "holders": smi, "topology": smi, "nvlink": smi,
        "pci": ProbeSubject("a PCI bus", "the PCI bus"),
        "infiniband": ProbeSubject("an RDMA device", "/sys/class/infiniband"),
        "access_control": ProbeSubject("lspci", "access control of PCI bridges"),
        "addresses": ip, "routes": ip, "ways": ip,
        "software": python, "engine": python, "model": python,
        "containers": ProbeSubject("the container program", "the container program"),
        "kernel_log": ProbeSubject("dmesg", "the kernel log"),
        "modules": ProbeSubject("/proc/modules", "/proc/modules"),
        "listeners": ProbeSubject("/proc/net/tcp", "/proc/net/tcp"),
        "names": ProbeSubject("the name service", "the name service"),
        "disks": ProbeSubject("a file system", "a file system"),
        "processes": ProbeSubject("/proc", "/proc"),
    ]
    private static let smi = ProbeSubject("nvidia-smi", "the driver")
    private static let ip = ProbeSubject("ip", "the network")
    private static let python = ProbeSubject(
        "python3",
        refusal: "the engine's program does not say which interpreter runs it"
    )

    /// Why there is nothing to read, in words; nothing for a section that ended well.
    func reason(_ end: ProbeAnswer.End, _ text: [UInt8]) -> String? {
        switch end.status {
        case 0: return nil
        case 123: return "not asked: \(program) did not answer before"
        case 124:
            let seconds = (end.milliseconds + 500) / 1000
            return seconds > 0 ? "\(program) did not answer within \(seconds) s" : "\(program) did not answer in time"
        case 126: return refusal
        // Where a container would have answered; the words are those of whoever failed to start it.
        case 125: return first(text) ?? "the container did not start"
        case 127: return "\(named(text) ?? program) is not there"
        default: return said(text) ?? "\(program) ended with status \(end.status)"
        }
    }

    /// The program that was looked for, where the probe prints its name.
    private func named(_ text: [UInt8]) -> String? {
        guard let line = first(text), Cut.words(line).count == 1 else { return nil }
        return Damage.quote(line)
    }

    /// What a program printed instead of its answer.
    private func said(_ text: [UInt8]) -> String? { first(text).map { "\(program) said \(Damage.quote($0))" } }

    private func first(_ text: [UInt8]) -> String? {
        LineSplitter.lines(of: Array(text.prefix(1024))).first { !$0.isBlank }?.trimmed
    }
}
