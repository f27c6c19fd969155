package import MusterSpec

/// What an examination came to, grouped for reading: neutral about terminals and pages.
package struct DoctorReport: Sendable {
    /// A fault with all that follows from it.
    package struct Group: Hashable, Sendable {
        package let root: Finding
        package let consequences: [Finding]

        /// Of the fault or of the worst that follows.
        package var severity: Severity { consequences.map(\.severity).reduce(root.severity, min) }
    }

    /// One node at a glance.
    package struct NodeSummary: Hashable, Sendable {
        package let node: String
        package let errors: Int
        package let warnings: Int
        /// `8 x NVIDIA L40S`; nothing where they are not known.
        package let gpus: String?
        package let usedPorts: Int
        package let ports: Int
    }

    /// What the deployment is called.
    package let name: String
    /// What messages call the cluster file.
    package let file: String
    /// Worst first.
    package let groups: [Group]
    package let nodes: [NodeSummary]
    package let unknowns: [Unjudged]
    package let fabric: FabricTable
    package let grid: ReachabilityGrid?
    /// Nothing where nothing was measured.
    package let bandwidth: BandwidthReport?

    package init(
        _ examination: Examination,
        name: String,
        file: String,
        inventories: [String: NodeInventory],
        grid: ReachabilityGrid? = nil,
        bandwidth: BandwidthReport? = nil
    ) {
        self.name = name
        self.file = file
        self.grid = grid
        self.bandwidth = bandwidth
        let findings = examination.findings(with: bandwidth?.findings ?? [])
        let roots = findings.filter { $0.cause == nil }
        groups = roots.map { root in
            Group(root: root, consequences: findings.filter { $0.cause == root.key })
        }
        unknowns = examination.unknowns
        fabric = examination.fabric
        nodes = examination.nodes.map { node in
            let own = roots.filter { $0.nodes.contains(node) }
            let rows = examination.fabric.rows.filter { $0.node == node && $0.use != .unused("virtual function") }
            return NodeSummary(
                node: node,
                errors: own.count { $0.severity == .error },
                warnings: own.count { $0.severity == .warning },
                gpus: inventories[node]?.gpus.value.map(Self.text),
                usedPorts: rows.count { if case .used = $0.use { true } else { false } },
                ports: rows.count
            )
        }
    }

    private static func text(_ query: GPUQuery) -> String {
        let names = Set(query.gpus.compactMap(\.name.value)).sorted()
        return "\(query.gpus.count) x \(names.isEmpty ? "GPU" : names.joined(separator: " / "))"
    }

    /// Whether a launch is to be stopped.
    package var hasErrors: Bool { groups.contains { $0.severity == .error } }

    /// Faults by weight, consequences not counted.
    package var errorCount: Int { groups.count { $0.severity == .error } }
    package var warningCount: Int { groups.count - errorCount }
}

extension Finding {
    /// The finding as every other problem is told: the caret goes to the line of the file that is to be changed.
    package var diagnostic: Diagnostic {
        Diagnostic(
            code,
            severity,
            "\(place): \(message)",
            at: span,
            found: measured,
            expected: expected,
            hint: change
        )
    }
}
