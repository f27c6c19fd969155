import MusterPlan
package import MusterSpec
package import MusterSupervision

extension NodeLink {
    /// What a unit does, whether it prints anything or not.
    ///
    /// - Parameters:
    ///   - unit: Its node rank.
    ///   - deployment: What it belongs to.
    ///   - generation: Which launch of it.
    /// - Returns: Nothing where its node cannot tell.
    /// - Throws: ``RuntimeError`` where the node cannot be asked.
    package func activity(
        of unit: NodeRank,
        in deployment: DeploymentName,
        generation: Int
    ) async throws(RuntimeError) -> UnitActivity? {
        let reply = try await call(["gpus", deployment.value], deadline: .seconds(30))
        return reply.end == .ok ? UnitActivity(reply, of: unit, generation) : nil
    }
}

extension UnitActivity {
    /// Reads `gpu INDEX USED TOTAL UUID` and `read GENERATION NODE_RANK BYTES`; nothing of a unit without processes.
    init?(_ reply: NodeReply, of unit: NodeRank, _ generation: Int) {
        var memory: [Int] = []
        var read: Int?
        for record in reply.records {
            switch record.word {
            case "gpu": if let used = record.fields(4).flatMap({ Int($0[1]) }) { memory.append(used) }
            case "read":
                guard let fields = record.fields(3), Int(fields[0]) == generation, Int(fields[1]) == unit.value else {
                    continue
                }
                read = Int(fields[2])
            default: continue
            }
        }
        guard let read else { return nil }
        self.init(memory: memory, read: read)
    }
}

extension Fleet {
    /// What the units of a generation do; nothing of those whose node does not tell.
    func activity(of deployment: DeploymentName, generation: Int) async -> [NodeRank: UnitActivity] {
        let answers = await each { link, unit async throws(RuntimeError) in
            try await link.activity(of: unit.nodeRank, in: deployment, generation: generation)
        }
        var readings: [NodeRank: UnitActivity] = [:]
        for (unit, answer) in answers {
            // A node that cannot be asked shows nothing; that contact is lost is told by its follower.
            if case .success(let reading?) = answer { readings[unit] = reading }
        }
        return readings
    }
}
