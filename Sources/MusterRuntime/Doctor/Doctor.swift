import MusterDoctor
package import MusterPlan
package import MusterSpec

/// `muster doctor`: asks all nodes of a file what they are, has them find out whether they reach each other, and judges it.
package struct Doctor: Sendable {
    /// How much is asked.
    package struct Depth: Sendable {
        /// Whether the engine's own parser is asked about the flags, which imports the engine and takes seconds.
        package var asksEngine: Bool
        /// Whether the nodes try to reach each other.
        package var triesWays: Bool

        package init(asksEngine: Bool, triesWays: Bool) {
            self.asksEngine = asksEngine
            self.triesWays = triesWays
        }
    }

    let spec: ClusterSpec
    let plans: [LaunchPlan]
    let depth: Depth
    let report: @Sendable (Progress) -> Void

    /// What happens on the way, for whoever shows it.
    package enum Progress: Sendable {
        case connecting(nodes: Int)
        case asking(nodes: Int)
        case answered(node: String)
        case tryingWays(nodes: Int)
    }

    /// - Parameters:
    ///   - spec: The file, or the part of it that one plan is about.
    ///   - plans: Its plans.
    ///   - depth: How much is asked.
    ///   - report: Hears what happens.
    package init(
        _ spec: ClusterSpec,
        _ plans: [LaunchPlan],
        depth: Depth,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.spec = spec
        self.plans = plans
        self.depth = depth
        self.report = report
    }

    /// Long enough for a driver that hangs to be given up on by the probe itself; an engine that is imported, and the
    /// headers of a large model on a slow disk, have a minute.
    private static let limit = Duration.seconds(75)

    /// Connects to all nodes, spares too, examines them, and lets go of them.
    package func examine(link: @escaping @Sendable (PlannedNode) -> NodeLink) async -> NodeFacts {
        let sites = ProbeSite.all(spec, plans, asksEngine: depth.asksEngine)
        report(.connecting(nodes: sites.count))
        let opened = await FanOut.map(sites) { site -> (ProbeSite, NodeLink, RuntimeError?) in
            let link = link(site.node)
            do throws(RuntimeError) {
                try await link.open()
                return (site, link, nil)
            } catch {
                return (site, link, error)
            }
        }
        let facts = await examine(
            opened.compactMap { $0.2 == nil ? ($0.0, $0.1) : nil },
            failures: opened.compactMap(\.2)
        )
        _ = await FanOut.map(opened.filter { $0.2 == nil }.map(\.1)) { await $0.close() }
        return facts
    }

    /// Examines nodes over links that are open.
    ///
    /// - Parameter links: The links by the names of their nodes. Nodes without one are not looked at.
    /// - Returns: What they said.
    package func examine(over links: [String: NodeLink]) async -> NodeFacts {
        let sites = ProbeSite.all(spec, plans, asksEngine: depth.asksEngine)
        return await examine(sites.compactMap { site in links[site.node.name].map { (site, $0) } }, failures: [])
    }

    private func examine(_ nodes: [(ProbeSite, NodeLink)], failures: [RuntimeError]) async -> NodeFacts {
        report(.asking(nodes: nodes.count))
        let answers = await FanOut.map(nodes) { site, link -> (NodeLink, Result<NodeProbe.Answer, RuntimeError>) in
            do throws(RuntimeError) {
                let answer = try await NodeProbe.ask(site, over: link, limit: Self.limit)
                report(.answered(node: site.node.name))
                return (link, .success(answer))
            } catch {
                return (link, .failure(error))
            }
        }
        var facts = NodeFacts(failures: failures)
        var parties: [String: (link: NodeLink, python: Known<String>)] = [:]
        for (link, answer) in answers {
            switch answer {
            case .failure(let error): facts.failures.append(error)
            case .success(let answer):
                facts.documents.append(answer.document)
                parties[answer.document.node] = (link, answer.python)
            }
        }
        if depth.triesWays { facts.grid = await grid(parties, facts.inventories) }
        return facts
    }

    private func grid(
        _ parties: [String: (link: NodeLink, python: Known<String>)],
        _ inventories: [String: NodeInventory]
    ) async -> ReachabilityGrid? {
        let endpoints = ReachEndpoint.all(spec: spec, plans: plans, inventories: inventories)
        guard endpoints.count > 1 else { return nil }
        report(.tryingWays(nodes: endpoints.count))
        let taking = endpoints.compactMap { endpoint in
            parties[endpoint.node].map { ReachRound.Party(endpoint: endpoint, link: $0.link, python: $0.python) }
        }
        let answers = await ReachRound.run(taking, limit: .seconds(12))
        return ReachabilityGrid(endpoints: endpoints, answers: answers, inventories: inventories)
    }
}
