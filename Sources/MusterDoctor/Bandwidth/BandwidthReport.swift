/// How fast the GPUs of a cluster talk, within their nodes and between them, and which way they take.
package struct BandwidthReport: Hashable, Sendable {
    /// In the order in which they were made.
    package let measurements: [BandwidthMeasurement]
    /// Of each gang whose nodes have reduced together.
    package let transports: [TransportProof]
    /// What is wrong, as far as it was measured.
    package let findings: [Finding]

    /// Judges a course that is over, or was broken off.
    package init(_ course: BandwidthCourse, fabric: FabricTable) {
        measurements = course.measurements
        transports = course.gangs.map { $0.map(\.name) }.compactMap { Self.transport($0, course.between, fabric) }
        findings = transports.flatMap(\.findings) + BandwidthRules(measurements, fabric).findings
    }

    /// Whether torch knew no GPU: then CPUs were measured.
    package var isOfProcessors: Bool { measurements.contains { $0.figures?.backend == "gloo" } }

    private static func transport(
        _ nodes: [String],
        _ answers: [String: BandwidthAnswer],
        _ fabric: FabricTable
    ) -> TransportProof? {
        guard nodes.count > 1, nodes.allSatisfy({ answers[$0] != nil }) else { return nil }
        // What CPUs send says nothing of how GPUs would.
        guard !nodes.contains(where: { answers[$0]?.ranks.values.contains { $0.backend == "gloo" } == true }) else {
            return nil
        }
        var reader = TransportReader()
        var counters: [String: CounterProof] = [:]
        for node in nodes {
            guard let answer = answers[node] else { continue }
            for line in answer.log { reader.take(line: line, node: node) }
            let interface = fabric.choices.first { $0.node == node }?.interface
            counters[node] = CounterProof(before: answer.before, after: answer.after, interface: interface)
        }
        return TransportProof(reader, nodes: nodes, fabric: fabric, counters: counters, during: .measurement)
    }
}
