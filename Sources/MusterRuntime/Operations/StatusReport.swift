package import MusterDoctor
package import MusterEngines
package import MusterPlan
import MusterSpec
package import MusterSupervision

/// What `muster status` knows: the nodes' word, the logs' word, and the API's.
package struct StatusReport: Sendable {
    /// The most of a log that is read for why a unit ended, from its end, in bytes: looking must stay quick.
    private static let longestLog = 8 << 20

    package let observed: ObservedDeployment
    package let progress: GangProgress
    /// Nothing when there was nobody to ask.
    package let api: Result<Void, ProbeProblem>?
    /// Every unit runs as planned, no worker is missing, and the API answers. An engine that titles none of its workers
    /// is believed; one that titles some has lost those without.
    package let isHealthy: Bool
    /// Which way ranks talk between nodes. That it is not known is told only of a gang that has had the time to say it.
    package let transport: TransportProof?
    /// Why what has ended by itself did so, where somebody looked.
    package var failure: FailureAnswer?
    private let showsTitles: Bool

    // Once for all ranks: each answer looks at every process of every node.
    init(
        observed: ObservedDeployment,
        progress: GangProgress,
        api: Result<Void, ProbeProblem>?,
        transport: TransportProof? = nil
    ) {
        self.observed = observed
        self.progress = progress
        self.api = api
        let states = Set(observed.ranks.map(\.state))
        showsTitles = states.contains(.alive)
        if case .running = observed.standing, case .success? = api {
            isHealthy = states == [.alive] || states == [.untitled]
        } else {
            isHealthy = false
        }
        self.transport = isHealthy || transport?.verdict != .unknown ? transport : nil
    }

    /// Asks all nodes and the API of each replica. Generates nothing: looking must not load the deployment.
    ///
    /// - Parameters:
    ///   - plans: One for each replica.
    ///   - fabric: The ports that the nodes have, where they were examined.
    ///   - link: Makes the link of a node.
    /// - Returns: What each of them is like.
    package static func gather(
        _ plans: [LaunchPlan],
        fabric: FabricTable? = nil,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async -> [StatusReport] {
        await FanOut.map(plans) { plan in
            let fleet = await Fleet.connect(plan, link: link)
            var report = await gather(fleet, fabric)
            if report.observed.hasEnds {
                report.failure = await FailureLook.take(at: fleet, longest: Self.longestLog).answer
            }
            await fleet.close()
            return report
        }
    }

    /// Asks nodes that are connected already. Their logs are not looked at: whoever asks so keeps what they said.
    package static func gather(_ fleets: [Fleet]) async -> [StatusReport] {
        await FanOut.map(fleets) { await gather($0, nil) }
    }

    private static func gather(_ fleet: Fleet, _ fabric: FabricTable?) async -> StatusReport {
        let observed = await fleet.observe()
        async let logs = LogReader.heard(observed, fleet)
        async let counters = TransportLook.counters(observed, fleet)
        var api: Result<Void, ProbeProblem>?
        if let head = fleet.links[NodeRank(0)], observed.unit(NodeRank(0))?.isAlive ?? false {
            api = await HTTPProbe(fleet.plan, link: head, bearer: nil).ask(.http, patience: .seconds(5))
        }
        let heard = await logs
        return StatusReport(
            observed: observed,
            progress: heard.progress,
            api: api,
            transport: TransportLook.proof(heard.transport, await counters, fleet.plan, fabric)
        )
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
