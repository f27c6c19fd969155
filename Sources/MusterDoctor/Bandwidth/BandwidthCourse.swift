import MusterSpec

/// Which meetings are to be held next, by what those before came to. Nothing here waits or asks: whoever holds the meetings
/// does.
package struct BandwidthCourse: Sendable {
    /// In rank order, by gang.
    package let gangs: [[BandwidthMember]]
    /// The rounds as they were meant at the start.
    package let rounds: [BandwidthRound]
    private var held = 0
    private(set) var measurements: [BandwidthMeasurement] = []
    /// Nodes whose own fault a failure was; nobody waits for them again.
    private var out: Set<String> = []
    /// The last word of each node between nodes.
    private(set) var between: [String: BandwidthAnswer] = [:]

    package init(_ gangs: [[BandwidthMember]]) {
        self.gangs = gangs
        rounds = BandwidthRound.all(gangs.map { gang in gang.map { (node: $0.name, gpus: $0.gpus) } })
    }

    /// How many GPUs are loaded.
    package var gpus: Int { gangs.flatMap(\.self).reduce(0) { $0 + $1.gpus } }

    /// About how long it takes where nothing is wrong, most of it the import of torch.
    package var estimate: Duration { .seconds(15 * rounds.count) }

    /// The meetings that make sense now, each with its members in rank order; those that do not are noted.
    ///
    /// - Returns: Nothing when the course is over.
    package mutating func next() -> (kind: BandwidthRound.Kind, meetings: [[BandwidthMember]])? {
        while held < rounds.count {
            let round = rounds[held]
            held += 1
            var meetings: [[BandwidthMember]] = []
            for nodes in round.meetings {
                let members = members(nodes)
                if let reason = hindrance(round.kind, nodes) {
                    measurements.append(
                        BandwidthMeasurement(
                            kind: round.kind,
                            nodes: nodes,
                            ranks: members.reduce(0) { $0 + $1.gpus },
                            outcome: .notTried(reason)
                        )
                    )
                } else {
                    meetings.append(members)
                }
            }
            if !meetings.isEmpty { return (round.kind, meetings) }
        }
        return nil
    }

    /// Notes what a meeting came to.
    package mutating func take(
        _ kind: BandwidthRound.Kind,
        _ members: [BandwidthMember],
        _ answers: [String: Known<BandwidthAnswer>]
    ) {
        let measurement = BandwidthMeasurement(kind: kind, members: members, answers: answers)
        measurements.append(measurement)
        out.formUnion(measurement.failure?.blamed ?? [])
        guard kind != .within, measurement.figures != nil else { return }
        for (node, answer) in answers { between[node] = answer.value ?? between[node] }
    }

    private func members(_ nodes: [String]) -> [BandwidthMember] {
        let known = gangs.flatMap(\.self)
        return nodes.compactMap { node in known.first { $0.name == node } }
    }

    private func hindrance(_ kind: BandwidthRound.Kind, _ nodes: [String]) -> String? {
        if let node = nodes.first(where: out.contains) { return "\(node) failed before" }
        guard kind == .all else { return nil }
        // All together would wait for the same ways.
        let failed = measurements.first { $0.kind == .pairs && $0.failure != nil && nodes.contains($0.nodes[0]) }
        return failed.map { "\($0.nodes.joined(separator: " and ")) failed before" }
    }
}
