import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@testable import MusterDoctor

/// Four machines and the file of a deployment on them.
struct Fleet {
    var file: String
    var machines: [Machine]
    var grid: ReachabilityGrid?

    init() {
        file = Self.text
        machines = (1...4).map(Machine.init)
    }

    /// Nothing is wrong with it.
    static let text = """
        name: demo
        engine: {kind: sglang, version: 0.5.9}
        model: /models/DeepSeek-V3
        tcp_iface: bond0
        rdma_gid_index: 3
        tp_size: 32
        nodes:
          - {host: 10.0.0.1, name: gpu-1}
          - {host: 10.0.0.2, name: gpu-2}
          - {host: 10.0.0.3, name: gpu-3}
          - {host: 10.0.0.4, name: gpu-4}
        ssh: {user: root}
        ports: {http: 8000, rendezvous: 5000}
        env: {NCCL_DEBUG: INFO}
        args: {trust-remote-code: true}
        """

    /// Puts another line where one begins like this.
    mutating func line(_ start: String, _ replacement: String) {
        file = file.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(start) ? replacement : String($0) }.joined(separator: "\n")
    }

    /// Changes every machine.
    mutating func all(_ change: (inout Machine) -> Void) {
        for index in machines.indices { change(&machines[index]) }
    }

    /// Every way open, but for the changes.
    mutating func connect(_ change: (inout ReachabilityGrid.Way) -> Void) {
        let pairs = (1...4).flatMap { from in (1...4).map { (from, $0) } }.filter { $0 != $1 }
        grid = ReachabilityGrid(
            ways: pairs.compactMap { from, to in
                guard let address = IPAddress("10.0.0.\(to)") else { return nil }
                var way = ReachabilityGrid.Way(
                    from: "gpu-\(from)",
                    to: "gpu-\(to)",
                    address: address,
                    interface: .value("bond0"),
                    rendezvous: .value(.open),
                    ephemeral: .value(.open),
                    packets: .value(.passed(9000))
                )
                change(&way)
                return way
            }
        )
    }

    var checked: CheckedFile {
        CheckedFile(ClusterFile(source: SourceFile(name: "cluster.yaml", text: file)))
    }

    var inventories: [String: NodeInventory] {
        Dictionary(machines.map { ($0.name, $0.read) }, uniquingKeysWith: { first, _ in first })
    }

    func examine(hasPlans: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) throws -> Examination {
        let checked = checked
        let spec = try #require(checked.spec, sourceLocation: sourceLocation)
        #expect(
            checked.plans.isEmpty != hasPlans,
            "\(checked.diagnostics.map(\.message))",
            sourceLocation: sourceLocation
        )
        return Examination(spec: spec, plans: checked.plans, inventories: inventories, grid: grid)
    }

    func report() throws -> DoctorReport {
        DoctorReport(
            try examine(),
            name: "demo",
            file: "cluster.yaml",
            inventories: inventories,
            grid: grid
        )
    }
}
