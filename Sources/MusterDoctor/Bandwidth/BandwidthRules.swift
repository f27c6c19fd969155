import MusterSpec

/// What is wrong by the figures. Nodes and pairs are compared with the best of the same kind: nothing is faster than its
/// wires, and what a neighbour disturbs only becomes slower.
struct BandwidthRules {
    /// Below this part of what others reach, or of what the cards allow, it is a fault; what is less slow may be chance.
    static let least = 0.7

    let measurements: [BandwidthMeasurement]
    let fabric: FabricTable

    /// Where CPUs were measured nothing is judged but what failed.
    init(_ measurements: [BandwidthMeasurement], _ fabric: FabricTable) {
        self.measurements = measurements
        self.fabric = fabric
    }

    var findings: [Finding] {
        let failures = failures
        guard !measurements.contains(where: { $0.figures?.backend == "gloo" }) else { return failures }
        let slow = within + between
        return failures + slow + low(isExplained: !slow.isEmpty)
    }

    /// What was measured, with its figure in GB/s.
    struct Speed {
        let nodes: [String]
        let value: Double

        var text: String { "\(Amount.speed(value)) GB/s between \(nodes.joined(separator: " and "))" }
    }

    func speeds(_ kind: BandwidthRound.Kind) -> [Speed] {
        measurements.filter { $0.kind == kind }.compactMap { measurement in
            measurement.figures.map { Speed(nodes: measurement.nodes, value: $0.busBandwidth) }
        }
    }

    // MARK: What failed

    private var failures: [Finding] {
        var told: Set<[String]> = []
        return measurements.compactMap { measurement in
            guard let failure = measurement.failure else { return nil }
            let nodes = failure.blamed.isEmpty ? alone(measurement) ?? measurement.nodes : failure.blamed
            // A node that never gets through is told once.
            guard told.insert(nodes).inserted else { return nil }
            let place = measurement.kind == .within ? "within the node" : "of \(Names.list(measurement.nodes))"
            // An exception's words are the last line of its traceback as well.
            let last = failure.said.last.flatMap { Cut.contains(failure.text, $0) ? nil : $0 }
            let said = last.map { ", and said \(Damage.quote($0)) last" } ?? ""
            return Finding(
                code: .measurementFailed,
                severity: .error,
                nodes: nodes,
                message: "a reduction did not come to its end",
                measured: "\(Names.count(measurement.ranks, "rank")) \(place): \(failure.text)\(said)",
                expected: "figures of all ranks",
                change: "a launch would stop at the same place: follow what was said, and look at `dmesg` and "
                    + "`nvidia-smi` on the node"
            )
        }
    }

    /// The one node of a pair that has failed with everybody.
    private func alone(_ measurement: BandwidthMeasurement) -> [String]? {
        guard measurement.kind == .pairs else { return nil }
        let pairs = measurements.filter { $0.kind == .pairs }
        let lost = measurement.nodes.filter { node in
            let own = pairs.filter { $0.nodes.contains(node) }
            return own.count > 1 && own.allSatisfy { $0.figures == nil }
        }
        return lost.count == 1 ? lost : nil
    }

    static func expected(_ value: Double, _ why: String) -> String {
        "at least \(Amount.speed(least * value)) GB/s, \(Int(least * 100)) % of the \(Amount.speed(value)) \(why)"
    }
}

extension Amount {
    /// `0.42`, `21.3`, `470`: as many digits as were measured.
    static func speed(_ number: Double) -> String {
        guard number < 1 else { return number < 100 ? text(number) : text(number.rounded()) }
        return "\((number * 100).rounded() / 100)"
    }
}
