import MusterEngines
package import MusterPlan
package import MusterSpec
import OrderedCollections

/// One node with all that is known about it: what the file asks for, what the plan does, what the probe found.
package struct ExaminedNode: Sendable {
    /// A value that the file gives, the line it stands on, and where an edit would change it.
    package struct Setting<Value: Sendable>: Sendable {
        package let value: Value
        package let span: SourceSpan
        /// `["tcp_iface"]`, or `["nodes", "2", "tcp_iface"]`; nodes are counted from 0 with ranges expanded.
        package let path: [String]
    }

    /// Rules pass nodes around, and what is known of one has hundreds of parts: copies of a node share it.
    private final class Facts: Sendable {
        let spec: NodeSpec
        let file: ClusterSpec
        let unit: UnitPlan?
        let inventory: NodeInventory

        init(spec: NodeSpec, file: ClusterSpec, unit: UnitPlan?, inventory: NodeInventory) {
            self.spec = spec
            self.file = file
            self.unit = unit
            self.inventory = inventory
        }
    }

    private let facts: Facts
    /// The position among the file's nodes or spares.
    package let position: Int
    package let isSpare: Bool

    init(
        spec: NodeSpec,
        file: ClusterSpec,
        unit: UnitPlan?,
        position: Int,
        isSpare: Bool,
        inventory: NodeInventory
    ) {
        facts = Facts(spec: spec, file: file, unit: unit, inventory: inventory)
        self.position = position
        self.isSpare = isSpare
    }

    package var spec: NodeSpec { facts.spec }
    /// The file, with the nodes of this node's replica only.
    package var file: ClusterSpec { facts.file }
    /// Nothing for a spare, and where the file has errors.
    package var unit: UnitPlan? { facts.unit }
    package var inventory: NodeInventory { facts.inventory }

    package var name: String { spec.name }

    /// GPUs that a unit uses here.
    package var gpusNeeded: Int { unit?.ranks.count ?? file.gpusPerNode.value }

    // MARK: What the file says

    package var tcpInterface: Setting<String>? {
        guard let setting = setting(spec.tcpInterface, file.tcpInterface, "tcp_iface") else { return nil }
        return setting.value == "auto" ? nil : setting
    }

    /// Nothing where NCCL is to choose.
    package var gidIndex: Setting<Int>? {
        guard let setting = setting(spec.gidIndex, file.gidIndex, "rdma_gid_index"),
            case .index(let index) = setting.value
        else { return nil }
        return Setting(value: index, span: setting.span, path: setting.path)
    }

    package var hcas: Setting<[String]>? { setting(spec.hcas, file.hcas, "rdma_hcas") }

    private func setting<Value>(_ own: Spanned<Value>?, _ all: Spanned<Value>?, _ key: String) -> Setting<Value>? {
        if let own { return Setting(value: own.value, span: own.span, path: path(key)) }
        return all.map { Setting(value: $0.value, span: $0.span, path: [key]) }
    }

    /// Where a key of this node alone stands.
    package func path(_ key: String) -> [String] { [isSpare ? "spares" : "nodes", String(position), key] }

    /// The variables of the unit; without a plan those of the file.
    package var environment: [String: String] {
        if let unit { return Dictionary(unit.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }) }
        let own = spec.environment.map { ($0.key, $0.value.value) }
        return Dictionary(file.environment.map { ($0.key, $0.value.value) } + own, uniquingKeysWith: { $1 })
    }

    /// Where a variable of `env` stands.
    package func environmentEntry(_ name: String) -> Setting<String>? {
        if let own = spec.environment[name] {
            return Setting(value: own.value, span: own.valueSpan, path: path("env") + [name])
        }
        return file.environment[name].map { Setting(value: $0.value, span: $0.valueSpan, path: ["env", name]) }
    }

    /// Whether the file asks for RDMA on this node, in whatever words.
    package var wantsRDMA: Bool {
        if gidIndex != nil || hcas != nil || file.gidIndex != nil || spec.gidIndex != nil { return true }
        let names = ["NCCL_IB_HCA", "NCCL_IB_GID_INDEX"]
        return names.contains { environmentEntry($0) != nil } || environment["NCCL_NET"]?.uppercased() == "IB"
    }

    // MARK: What the probe found

    package var gpus: [GPURecord]? { inventory.gpus.value?.gpus }

    /// RDMA devices of this machine's own; virtual functions belong to its guests.
    package var hcasFound: [HCA]? { inventory.rdma.value?.hcas.filter { $0.isVirtual != true } }

    /// Whether units of this very deployment run here: what they hold is no fault.
    package var runsDeployment: Bool {
        inventory.processes.value?.contains { $0.deployment == file.name.value.value } ?? false
    }

    /// The interface that owns the node's address.
    package var addressOwner: NetworkInterfaces.Interface? {
        guard let address = spec.address else { return nil }
        return inventory.interfaces.value?.interfaces.first { $0.addresses.contains { $0.address == address } }
    }

    /// The interface that ranks meet over: what the file names, else the one that owns the node's address.
    package var chosenInterface: String? { tcpInterface?.value ?? addressOwner?.name }

    // MARK: Findings

    /// A finding about this node alone.
    func finding(
        _ code: DiagnosticCode,
        _ severity: Severity = .error,
        on subject: String? = nil,
        _ message: String,
        measured: String?,
        expected: String?,
        change: String,
        at span: SourceSpan? = nil,
        edit: FileEdit? = nil
    ) -> Finding {
        Finding(
            code: code,
            severity: severity,
            nodes: [name],
            subject: subject,
            message: message,
            measured: measured,
            expected: expected,
            change: change,
            span: span,
            edit: edit
        )
    }
}
