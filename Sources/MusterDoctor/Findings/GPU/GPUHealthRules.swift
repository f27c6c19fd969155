import MusterSpec

/// Whether each GPU is fit for work.
enum GPUHealthRules {
    static let all: [ClusterRule] = [
        Rules.each(memoryErrors), Rules.each(recovery), Rules.each(modes), Rules.each(persistence), Rules.each(fabric),
        Rules.each(warnings),
        narrowLinks, Rules.each(quantisation),
    ]

    /// No row left to remap to is the end of a card; an error that waits for a reset is not (facts of NVIDIA's
    /// row-remapping pages: `remapped_rows.failure`, `.pending`).
    static func memoryErrors(_ node: ExaminedNode) -> [Finding] {
        (node.gpus ?? []).compactMap { gpu in
            guard let index = gpu.index.value else { return nil }
            let reset = "stop what runs there and run `nvidia-smi --gpu-reset -i \(index)`, or restart the machine"
            let problem: (severity: Severity, measured: String, change: String)
            if gpu.hasRemapFailed.value == true {
                problem = (.error, "a memory row could not be remapped", "replace the card")
            } else if let count = gpu.uncorrectedErrors.value, count > 0 {
                problem = (.error, Names.count(count, "uncorrected memory error"), reset)
            } else if gpu.isRemapPending.value == true {
                problem = (.warning, "a memory row waits to be remapped", reset)
            } else if gpu.isRetirementPending.value == true {
                problem = (.warning, "a memory page waits to be retired", reset)
            } else {
                return nil
            }
            return node.finding(
                .gpuMemoryErrors,
                problem.severity,
                on: "GPU \(index)",
                "a GPU has memory errors",
                measured: problem.measured,
                expected: "none since the driver was loaded",
                change: problem.change
            )
        }
    }

    /// What the driver itself asks for: `Reset`, `Reboot`, `Drain P2P`, `Drain and Reset`.
    static func recovery(_ node: ExaminedNode) -> [Finding] {
        (node.gpus ?? []).compactMap { gpu in
            guard let index = gpu.index.value, let action = gpu.recoveryAction.value, action != "None" else {
                return nil
            }
            return node.finding(
                .gpuRecoveryWanted,
                on: "GPU \(index)",
                "the driver asks for a GPU to be recovered",
                measured: "recovery action `\(action)`",
                expected: "`None`",
                change: action == "Reboot"
                    ? "restart the machine" : "run `nvidia-smi --gpu-reset -i \(index)`, or restart the machine"
            )
        }
    }

    /// MIG cuts a card up, and an exclusive card takes one process, while engines open it from several.
    static func modes(_ node: ExaminedNode) -> [Finding] {
        let gpus = node.gpus ?? []
        var findings: [Finding] = []
        let cut = gpus.filter { $0.isMIGEnabled.value == true }.compactMap(\.index.value)
        if !cut.isEmpty {
            findings.append(
                node.finding(
                    .migEnabled,
                    on: Names.gpus(cut),
                    "MIG is switched on",
                    measured: "MIG mode Enabled",
                    expected: "Disabled: tensor parallelism needs whole cards",
                    change: "run `nvidia-smi -i \(list(cut)) -mig 0`"
                )
            )
        }
        let modes = Dictionary(
            grouping: gpus.compactMap { gpu in gpu.computeMode.value.map { (index: gpu.index.value ?? 0, mode: $0) } }
        ) { $0.mode }
        for (mode, entries) in modes.sorted(by: { $0.key < $1.key }) where mode != "Default" {
            let indices = entries.map(\.index)
            findings.append(
                node.finding(
                    .computeModeExclusive,
                    on: Names.gpus(indices),
                    "the compute mode lets no second process onto the GPU",
                    measured: "compute mode `\(mode)`",
                    expected: "`Default`",
                    change: "run `nvidia-smi -i \(list(indices)) -c DEFAULT`"
                )
            )
        }
        return findings
    }

    private static func list(_ indices: [Int]) -> String { indices.map(String.init).joined(separator: ",") }

    /// Without it the driver unloads between processes: the first touch takes seconds, and link speeds drop.
    static func persistence(_ node: ExaminedNode) -> [Finding] {
        let off = (node.gpus ?? []).filter { $0.isPersistent.value == false }.compactMap(\.index.value)
        guard !off.isEmpty else { return [] }
        return [
            node.finding(
                .persistenceOff,
                .warning,
                on: Names.gpus(off),
                "persistence mode is off",
                measured: "persistence mode Disabled",
                expected: "Enabled",
                change: "run `systemctl enable --now nvidia-persistenced`, or `nvidia-smi -pm 1`"
            )
        ]
    }

    /// `WARNING: infoROM is corrupted at gpu 0000:19:00.0`: the card's own records cannot be relied on any more.
    static func warnings(_ node: ExaminedNode) -> [Finding] {
        Set(node.inventory.gpuWarnings).sorted().map { warning in
            let text = Cut.after("WARNING: ", in: warning) ?? warning
            return node.finding(
                .gpuWarned,
                .warning,
                on: Cut.after(" at gpu ", in: text).map { "GPU at \($0)" },
                "the driver's tool warns about a GPU",
                measured: text,
                expected: "no warning",
                change: "update the card's firmware with the vendor's tool, or have the card replaced"
            )
        }
    }

    /// On machines with NVSwitch CUDA answers error 802 until the fabric manager is done. Cards without have `N/A`.
    static func fabric(_ node: ExaminedNode) -> [Finding] {
        let waiting = (node.gpus ?? []).compactMap { gpu -> (index: Int, state: String)? in
            guard let state = gpu.fabricState.value else { return nil }
            if state != "Completed" { return (gpu.index.value ?? 0, "state \(state)") }
            guard let status = gpu.fabricStatus.value, status != "Success" else { return nil }
            return (gpu.index.value ?? 0, "status \(status)")
        }
        guard let first = waiting.first else { return [] }
        return [
            node.finding(
                .fabricNotReady,
                on: Names.gpus(waiting.map(\.index)),
                "the NVSwitch fabric is not ready",
                measured: "fabric \(first.state)",
                expected: "state Completed, status Success",
                change: "run `systemctl restart nvidia-fabricmanager`; it must be of the driver's own release"
            )
        ]
    }
}
