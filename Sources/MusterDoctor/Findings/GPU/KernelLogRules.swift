import MusterSpec

/// What the kernel has said about GPUs.
enum KernelLogRules {
    static let all: [ClusterRule] = [Rules.each(xids), Rules.each(switchXids)]

    /// Xids that an application causes say nothing about the machine, and 79 is a lost GPU. A GPU that needed a reset
    /// and answers without wishes has had it.
    static func xids(_ node: ExaminedNode) -> [Finding] {
        var counts: [PCIAddress: [Int: Int]] = [:]
        var order: [PCIAddress] = []
        for event in node.inventory.kernelLog.value?.events ?? [] {
            guard case .xid(let xid) = event.kind, let address = xid.address, xid.number != 79,
                xid.triage.action != .restartRank
            else { continue }
            if counts[address] == nil { order.append(address) }
            counts[address, default: [:]][xid.number, default: 0] += 1
        }
        return order.compactMap { address in
            let numbers = counts[address] ?? [:]
            let triages = numbers.keys.map { XidTriage($0) }
                .sorted { ($0.isFatal ? 0 : 1, $0.number) < ($1.isFatal ? 0 : 1, $1.number) }
            guard let worst = triages.first else { return nil }
            let gpu = node.gpus?.first { $0.address.value == address }
            let isOver = gpu?.recoveryAction.value == "None"
            let times = triages.map { triage in
                "Xid \(triage.number) (\(triage.meaning))"
                    + (numbers[triage.number] == 1 ? "" : ", \(numbers[triage.number] ?? 0) times")
            }
            return node.finding(
                .xidReported,
                worst.isFatal && !isOver ? .error : .warning,
                on: gpu?.index.value.map { "GPU \($0)" } ?? "GPU at \(address)",
                "the driver has reported errors of a GPU",
                measured: "\(address): \(times.joined(separator: "; "))",
                expected: "none in the kernel log",
                change: worst.action.rawValue
            )
        }
    }

    /// Errors of an NVSwitch that are not fatal are corrected. After a fatal one the fabric has to be set up anew, and
    /// where every GPU says that it is, that has been done.
    static func switchXids(_ node: ExaminedNode) -> [Finding] {
        var numbers: [String: [Int]] = [:]
        for event in node.inventory.kernelLog.value?.events ?? [] {
            guard case .switchXid(let address, let number, isFatal: true) = event.kind else { continue }
            numbers[address.map { "NVSwitch at \($0)" } ?? "NVSwitch", default: []].append(number)
        }
        let gpus = node.gpus ?? []
        let isOver =
            !gpus.isEmpty
            && gpus.allSatisfy {
                $0.fabricState.value == "Completed" && $0.fabricStatus.value == "Success"
            }
        return numbers.sorted { $0.key < $1.key }.map { subject, numbers in
            let counts = Set(numbers).sorted().map { number -> String in
                let times = numbers.count { $0 == number }
                return "SXid \(number)" + (times == 1 ? "" : ", \(times) times")
            }
            return node.finding(
                .xidReported,
                isOver ? .warning : .error,
                on: subject,
                "the driver has reported fatal errors of an NVSwitch",
                measured: counts.joined(separator: "; "),
                expected: "none in the kernel log",
                change: "reset all GPUs of the machine with `nvidia-smi --gpu-reset`, or restart it; "
                    + "if it happens again, have its NVSwitch board looked at"
            )
        }
    }
}
