import MusterSpec

/// Something that could not be judged.
package struct Unjudged: Hashable, Sendable {
    /// What would have been judged: `the GPUs`, `access control of PCIe bridges`.
    package let what: String
    /// Of a node that gave no inventory.
    static let everything = "everything"
    package let reason: String
    package let nodes: [String]
}

/// Collects what is not known, once for each reason.
enum UnjudgedList {
    private struct Subject {
        let what: String
        /// The probe's section, whose damage says more than the value does.
        let section: String
        /// Findings that already say it.
        var toldBy: Set<DiagnosticCode> = []
        var matters: @Sendable (ExaminedNode) -> Bool = { _ in true }
        let reason: @Sendable (NodeInventory) -> String?
    }

    private static func reason<Value>(_ value: Known<Value>) -> String? {
        guard case .unknown(let reason) = value else { return nil }
        return reason.isEmpty ? "no answer" : reason
    }

    private static let subjects: [Subject] = [
        Subject(what: "the clock", section: "clock") { reason($0.clock) },
        Subject(what: "the host", section: "host") { reason($0.host) },
        Subject(what: "limits of the login session", section: "limits") { reason($0.limits) },
        Subject(what: "memory of the host", section: "memory") { reason($0.memory) },
        Subject(what: "disks", section: "disks") { reason($0.disks) },
        Subject(what: "kernel modules", section: "modules") { reason($0.modules) },
        Subject(what: "the kernel log", section: "kernel_log") { reason($0.kernelLog) },
        Subject(what: "the GPUs", section: "gpus", toldBy: [.gpuDriverSilent]) { reason($0.gpus) },
        Subject(what: "processes on the GPUs", section: "apps", toldBy: [.gpuDriverSilent]) { reason($0.computeApps) },
        Subject(what: "leftover processes", section: "processes") { reason($0.processes) },
        Subject(
            what: "how near NICs and GPUs are",
            section: "topology",
            toldBy: [.gpuDriverSilent],
            // The paths of sysfs say the same.
            matters: { $0.hcasFound?.isEmpty == false && NICPlacement($0) == nil }
        ) { reason($0.topology) },
        Subject(what: "the PCI bus", section: "pci") { reason($0.pci) },
        Subject(what: "RDMA devices", section: "infiniband") { reason($0.rdma) },
        Subject(
            what: "access control of PCIe bridges",
            section: "access_control",
            matters: { $0.hcasFound?.isEmpty == false }
        ) { reason($0.accessControl) },
        Subject(what: "network interfaces", section: "addresses") { reason($0.interfaces) },
        Subject(what: "listening ports", section: "listeners") { reason($0.listeners) },
        Subject(what: "the engine and its libraries", section: "software", toldBy: [.engineMissing]) {
            reason($0.software)
        },
        Subject(
            what: "the model's files",
            section: "model",
            toldBy: [.modelMissing],
            matters: { ModelFileRules.isPath($0.file.model.value) }
        ) { reason($0.model) },
        Subject(
            what: "the container runtime",
            section: "containers",
            toldBy: [.containerRuntimeMissing],
            matters: { if case .docker = $0.file.runtime { true } else { false } }
        ) { reason($0.containerRuntime) },
        Subject(
            what: "the engine's own word on the flags",
            section: "engine",
            toldBy: [.engineMissing],
            matters: { $0.inventory.engineComplaints != .notAsked }
        ) { reason($0.engineComplaints) },
    ]

    static func of(_ cluster: ExaminedCluster, missing: [String], findings: [Finding]) -> [Unjudged] {
        var told: [DiagnosticCode: Set<String>] = [:]
        for finding in findings { told[finding.code, default: []].formUnion(finding.nodes) }
        var unknowns: [Unjudged] = []
        if !missing.isEmpty {
            unknowns.append(Unjudged(what: Unjudged.everything, reason: "not reached", nodes: missing))
        }
        for subject in subjects {
            let reasons = cluster.nodes.compactMap { node -> (node: String, value: String)? in
                guard subject.matters(node), let reason = subject.reason(node.inventory),
                    !subject.toldBy.contains(where: { told[$0]?.contains(node.name) == true })
                else { return nil }
                return (node.name, node.inventory.damages[subject.section]?.message ?? reason)
            }
            // Of the same text each is told once, with its nodes.
            for group in Groups(reasons).groups {
                unknowns.append(Unjudged(what: subject.what, reason: group.value, nodes: group.nodes))
            }
        }
        return unknowns + UntriedWays.unjudged(cluster, told: told) + ModelFitRules.unjudged(cluster)
    }
}
