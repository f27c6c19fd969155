import MusterEngines
package import MusterPlan
import MusterSpec
package import MusterSupervision

/// What `muster status` knows: the nodes' word, the logs' word, and the API's.
package struct StatusReport: Sendable {
    package let observed: ObservedDeployment
    package let progress: GangProgress
    /// Nothing when there was nobody to ask.
    package let api: Result<Void, ProbeProblem>?
    /// Every unit runs as planned, no worker is missing, and the API answers. An engine that titles none of its workers
    /// is believed; one that titles some has lost those without.
    package let isHealthy: Bool
    private let showsTitles: Bool

    // Once for all ranks: each answer looks at every process of every node.
    init(observed: ObservedDeployment, progress: GangProgress, api: Result<Void, ProbeProblem>?) {
        self.observed = observed
        self.progress = progress
        self.api = api
        let states = Set(observed.ranks.map(\.state))
        showsTitles = states.contains(.alive)
        guard case .running = observed.standing, case .success? = api else {
            isHealthy = false
            return
        }
        isHealthy = states == [.alive] || states == [.untitled]
    }

    /// Asks all nodes and the API of each replica. Generates nothing: looking must not load the deployment.
    package static func gather(
        _ plans: [LaunchPlan],
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async -> [StatusReport] {
        await FanOut.map(plans) { plan in
            let fleet = await Fleet.connect(plan, link: link)
            let report = await gather(fleet)
            await fleet.close()
            return report
        }
    }

    /// Asks nodes that are connected already.
    package static func gather(_ fleets: [Fleet]) async -> [StatusReport] { await FanOut.map(fleets, gather) }

    private static func gather(_ fleet: Fleet) async -> StatusReport {
        let observed = await fleet.observe()
        async let progress = LogReader.progress(observed, fleet)
        var api: Result<Void, ProbeProblem>?
        if let head = fleet.links[NodeRank(0)], observed.unit(NodeRank(0))?.isAlive ?? false {
            api = await HTTPProbe(fleet.plan, link: head, bearer: nil).ask(.http, patience: .seconds(5))
        }
        return StatusReport(observed: observed, progress: await progress, api: api)
    }

    /// What one rank is called: a worker that is alive serves only when the whole gang does.
    package func word(for rank: RankHealth) -> String {
        switch rank.state {
        case .alive: isHealthy ? "healthy" : "alive"
        case .gone: "gone"
        case .untitled: showsTitles && hasWorked(rank) ? "gone" : "not seen"
        case .unknown: "unknown"
        }
    }

    /// Whether the log of its unit shows that the worker was there.
    private func hasWorked(_ rank: RankHealth) -> Bool {
        progress.ranks[rank.rank.global].map { $0.phase > .spawned } ?? false
    }
}
