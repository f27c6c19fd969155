import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision

/// What followers tell, as events of the machine.
extension Supervisor {
    private static let evidenceLines = 15
    /// In characters, of each line that is kept.
    private static let longestEvidence = 400

    func event(_ news: NodeFollower.Event, from member: Member) async -> DeploymentMachine.Event? {
        switch news {
        case .contact(let boot): return .node(member.name, .heard(boot: boot))
        case .contactLost(let error, let span):
            return .node(member.name, .silent(for: span, vault.scrub(error.message)))
        case .signal(let key, let signal): return gang(.signal(key.nodeRank, signal), key, member)
        case .generating(let key): return gang(.generating, key, member)
        case .ended(let key, let end):
            guarded[Place(node: member.name, key: key)] = nil
            return gang(.ended(key.nodeRank, end), key, member, evidence: await evidence(key, member))
        case .started, .line, .vanished: return nil
        }
    }

    /// A watched process is gone: its rank, when it was a worker. A launcher's end is told next, with its status, and the
    /// ends of its workers are no news then.
    func gone(_ pid: Int, of place: Place) -> GlobalRank? {
        guard let rank = guarded[place]?.removeValue(forKey: pid) else { return nil }
        if rank == nil { orphaned.insert(place) }
        return rank
    }

    /// The end of a worker, unless its launcher or its unit has ended before it.
    func lost(_ rank: GlobalRank, of key: UnitKey, from member: Member) async -> DeploymentMachine.Event? {
        let place = Place(node: member.name, key: key)
        guard guarded[place] != nil, !orphaned.contains(place) else { return nil }
        return gang(.workersMissing(key.nodeRank, [rank]), key, member, evidence: await evidence(key, member))
    }

    /// A line as it may be kept.
    nonisolated func scrubbed(_ line: String) -> String { String(vault.scrub(line).prefix(Self.longestEvidence)) }

    /// The last lines of a unit's log, without secrets.
    func evidence(_ key: UnitKey, _ member: Member) async -> [String] {
        await member.follower.tail(of: key, Self.evidenceLines).map(scrubbed)
    }

    /// An event of the gang that has this unit on this node; nothing when none has.
    private func gang(
        _ event: GangMachine.Event,
        _ key: UnitKey,
        _ member: Member,
        evidence: [String] = []
    ) -> DeploymentMachine.Event? {
        let replica = machine.replicas.first { $0.value.plan.unit(key.nodeRank)?.node.name == member.name }
        return replica.map { .gang(replica: $0.key, generation: key.generation, event, evidence: evidence) }
    }
}
