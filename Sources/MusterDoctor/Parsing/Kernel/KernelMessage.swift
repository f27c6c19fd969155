/// What one kernel message says, where it is of interest.
enum KernelMessage {
    static func kind(_ message: String) -> KernelLog.Kind? {
        // Each test looks at the few bytes that tell the families apart; nearly all lines end here.
        if message.hasPrefix("NVRM: ") { return driver(message) }
        if message.hasPrefix("nvidia-nvswitch") { return switchXid(message) }
        if message.hasPrefix("nvidia-peermem") { return .peerMemory }
        if message.hasPrefix("mlx5_core ") || message.hasPrefix("mlx5_") || message.hasPrefix("pci 0") {
            return link(message) ?? (message.hasPrefix("pci") ? nil : nic(message))
        }
        if message.hasPrefix("pcieport ") || message.hasPrefix("nvidia 0") {
            return pcieError(message) ?? link(message)
        }
        if message.hasPrefix("oom-kill:") || message.hasPrefix("Out of memory") || message.hasPrefix("oom_reaper:")
            || message.hasPrefix("Memory cgroup out of memory")
        {
            return memory(message)
        }
        if message.hasPrefix("mce: [Hardware Error]") || message.hasPrefix("{1}[Hardware Error]") {
            return .machineCheck
        }
        return link(message)
    }

    private static func driver(_ message: String) -> KernelLog.Kind? {
        if let rest = Cut.behind(message, "NVRM: Xid (") {
            guard let (place, tail) = Cut.around("): ", in: rest) else { return nil }
            let fields = Cut.split(tail, UInt8(ascii: ",")).map(Cut.trim)
            guard let number = Digits.count(fields[0]) else { return nil }
            return .xid(
                KernelLog.Xid(
                    address: PCIAddress(place),
                    number: number,
                    pid: fields.lazy.compactMap { Cut.behind($0, "pid=") }.first.flatMap(Digits.count),
                    process: fields.lazy.compactMap { Cut.behind($0, "name=") }.first
                        .flatMap { $0 == "<unknown>" ? nil : $0 }
                )
            )
        }
        if Cut.contains(message, "fallen off the bus") { return .fallenOffBus(address(in: message)) }
        if Cut.contains(message, "RmInitAdapter failed") || Cut.contains(message, "has been lost")
            || Cut.contains(message, "likely needs to be reset") || Cut.contains(message, "API mismatch")
        {
            return .driverFailure(address(in: message))
        }
        return nil
    }

    /// `nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 20034, Fatal, Link 12 LTSSM Fault Down`
    private static func switchXid(_ message: String) -> KernelLog.Kind? {
        guard let rest = Cut.after("SXid (", in: message), let (place, tail) = Cut.around("): ", in: rest) else {
            return nil
        }
        let fields = Cut.split(tail, UInt8(ascii: ",")).map(Cut.trim)
        guard let number = Digits.count(fields[0]) else { return nil }
        // The lines that follow with a severity and raw data belong to the one that says how bad it is.
        guard fields.count > 1, fields[1] == "Fatal" || fields[1] == "Non-fatal" else { return nil }
        return .switchXid(address: PCIAddress(place), number: number, isFatal: fields[1] == "Fatal")
    }

    private static func link(_ message: String) -> KernelLog.Kind? {
        guard let (head, tail) = Cut.around(" Gb/s available PCIe bandwidth, limited by ", in: message),
            let available = Cut.words(head).last.flatMap(Digits.decimal)
        else { return nil }
        let parts = Cut.around("(capable of ", in: tail)
        return .narrowLink(
            KernelLog.NarrowLink(
                device: address(in: head),
                limitedBy: Cut.after(" link at ", in: parts?.before ?? tail)
                    .flatMap { Cut.words($0).first.flatMap(PCIAddress.init) },
                available: available,
                capable: parts.flatMap { Cut.words($0.after).first.flatMap(Digits.decimal) },
                width: lanes(parts?.before ?? tail),
                capableWidth: parts.flatMap { lanes($0.after) }
            )
        )
    }

    private static func lanes(_ text: String) -> Int? {
        Cut.after("PCIe x", in: text).flatMap { Cut.words($0).first.flatMap(Digits.count) }
    }

    /// `pcieport 0000:00:01.0: AER: Corrected error received: 0000:01:00.0`
    private static func pcieError(_ message: String) -> KernelLog.Kind? {
        guard let rest = Cut.after("AER: ", in: message) else { return nil }
        guard Cut.contains(rest, "error") else { return nil }
        let isCorrected = Cut.contains(rest, "Corrected") && !Cut.contains(rest, "Uncorrected")
        return .pcieError(address(in: message), isCorrected: isCorrected)
    }

    /// Of all that the driver of the NICs says, what tells of a fault.
    private static func nic(_ message: String) -> KernelLog.Kind? {
        let signs = [
            "Link down", "Port module event", "health", "syndrome", "High Temperature", "Low temperature",
            "fatal error", "command timeout", "cable error", "wait_func",
        ]
        return signs.contains { Cut.contains(message, $0) } ? .nic(address(in: message)) : nil
    }

    private static func memory(_ message: String) -> KernelLog.Kind? {
        // The reaper's line repeats what the killer's said.
        if message.hasPrefix("oom_reaper:") { return nil }
        let constraint = Cut.after("constraint=", in: message).flatMap { Cut.split($0, UInt8(ascii: ",")).first }
        let fields = Cut.split(message, UInt8(ascii: ","))
        let task = fields.lazy.compactMap { Cut.behind($0, "task=") }.first
        let pid = fields.lazy.compactMap { Cut.behind($0, "pid=") }.first.flatMap(Digits.count)
        // `Killed process 123 (python)`, and `Kill process 456 (python) score 50` of old kernels.
        let words = Cut.words(message)
        let position = words.firstIndex(of: "process").map { $0 + 1 } ?? words.count
        let name = words.first { $0.hasPrefix("(") && $0.contains(")") }.flatMap { Cut.between("(", ")", in: $0) }
        let number = position < words.count ? Cut.split(words[position], UInt8(ascii: ",")).first : nil
        return .outOfMemory(
            KernelLog.OutOfMemory(
                pid: pid ?? number.flatMap(Digits.count),
                process: task ?? name,
                isControlGroup: constraint.map { $0 == "CONSTRAINT_MEMCG" }
                    ?? (message.hasPrefix("Memory cgroup") ? true : nil)
            )
        )
    }

    /// The first PCI address of a message.
    private static func address(in text: String) -> PCIAddress? {
        for word in Cut.words(text) {
            var plain = word
            while let last = plain.utf8.last, last == UInt8(ascii: ":") || last == UInt8(ascii: ".") {
                plain.removeLast()
            }
            if plain.utf8.filter({ $0 == UInt8(ascii: ":") }).count >= 2, let address = PCIAddress(plain) {
                return address
            }
        }
        return nil
    }
}
