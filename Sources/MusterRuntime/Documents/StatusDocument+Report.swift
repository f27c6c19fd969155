import MusterEngines
import MusterPlan
import MusterSpec
package import MusterSupervision

extension StatusDocument {
    /// - Parameters:
    ///   - report: What was gathered.
    ///   - start: How far its start is, by whoever keeps it.
    package init(_ report: StatusReport, start: StartProgress? = nil) {
        let plan = report.observed.plan
        let (word, generation): (String, Int?) =
            switch report.observed.standing {
            case .absent: ("absent", nil)
            case .unknown: ("unknown", nil)
            case .running(let generation): ("running", generation)
            case .different(let generation, _): ("different", generation)
            case .broken(let generation, _, _): ("broken", generation)
            }
        var problem: ProbeProblem?
        if case .failure(let reason)? = report.api { problem = reason }
        let owners = report.observed.nodes.sorted { $0.key < $1.key }.compactMap { try? $0.value.get().lockOwner }
        self.init(
            name: plan.name.value,
            engine: plan.engine.rawValue,
            engineVersion: "\(plan.version)",
            standing: word,
            isHealthy: report.isHealthy,
            generation: generation,
            planHash: plan.hash.hex,
            endpoint: plan.endpoint,
            endpointAnswers: report.api.map { _ in problem == nil },
            endpointProblem: problem?.description,
            lockOwner: owners.first,
            units: plan.units.map { Unit($0, report) },
            ranks: report.observed.ranks.map { Rank($0, report) },
            unreachable: report.observed.unreachable.map { Failure($0.error) },
            transport: report.transport.map(TransportDocument.init),
            start: start.map { StartDocument($0, in: plan) },
            why: report.failure
        )
    }
}

extension StatusDocument.Unit {
    fileprivate init(_ unit: UnitPlan, _ report: StatusReport) {
        let record = report.observed.unit(unit.nodeRank)
        let isAsked = if case .success? = report.observed.nodes[unit.nodeRank] { true } else { false }
        self.init(
            nodeRank: unit.nodeRank.value,
            node: unit.node.name,
            state: record?.state.rawValue ?? (isAsked ? "absent" : StatusDocument.unreachableState),
            phase: record?.isAlive ?? false ? report.progress.phase(of: unit.nodeRank).name : nil,
            generation: record?.generation,
            pid: record?.pid,
            started: record?.started,
            exitStatus: record?.exit?.status,
            wasStopped: record?.wasStopped,
            renderHash: record?.renderHash,
            matchesPlan: record.map { $0.renderHash == unit.render.hash.hex },
            logBytes: record?.logSize
        )
    }
}

extension StatusDocument.Rank {
    fileprivate init(_ health: RankHealth, _ report: StatusReport) {
        let seen = health.state == .alive ? report.progress.ranks[health.rank.global] : nil
        self.init(
            rank: health.rank.global.value,
            nodeRank: health.node.value,
            localRank: health.rank.local.value,
            tensor: health.rank.tensor,
            pipeline: health.rank.pipeline,
            pid: health.pid,
            phase: seen?.phase.name,
            progress: seen?.progress.map { "\($0.done)/\($0.total)" },
            state: report.word(for: health)
        )
    }
}

extension StatusDocument.Failure {
    fileprivate init(_ error: RuntimeError) {
        self.init(
            code: error.code.description,
            message: error.message,
            node: error.node,
            details: error.details,
            hint: error.hint
        )
    }
}
