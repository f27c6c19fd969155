package import MusterPlan
package import MusterSpec

/// `muster down`: everything of a deployment stopped, and seen to be gone.
package struct TakeDown: Sendable {
    /// What one node came to.
    package struct NodeOutcome: Sendable {
        package var node: NodeRank
        package var result: Result<NodeLink.StopReport, RuntimeError>
    }

    /// Stops a deployment on all nodes that can be reached, the head first: it drains, and its followers never learn
    /// of its end by themselves.
    package static func run(
        _ plan: LaunchPlan,
        owner: String,
        interrupts: Interrupts,
        link: @escaping @Sendable (PlannedNode) -> NodeLink,
        stopping: @escaping @Sendable (Int) -> Void
    ) async throws -> [NodeOutcome] {
        guard let fleet = try await interrupts.cancelling({ await Fleet.connect(plan, link: link) }) else {
            throw RuntimeError(.interrupted, "interrupted before anything was stopped")
        }
        let followers = fleet.links.map { rank, link in
            NodeFollower(rank, link: link, deployment: plan.name, owner: owner, engine: plan.knowledge)
        }.sorted { $0.nodeRank < $1.nodeRank }
        var outcomes = fleet.failures.map { NodeOutcome(node: $0.key, result: .failure($0.value)) }
        do {
            if let first = followers.first { try await first.open() }
            // Other nodes may have become unreachable since; what can be stopped is stopped.
            let locks = await FanOut.map(Array(followers.dropFirst())) { follower -> NodeOutcome? in
                do throws(RuntimeError) {
                    try await follower.open()
                    return nil
                } catch {
                    return NodeOutcome(node: follower.nodeRank, result: .failure(error))
                }
            }.compactMap { $0 }
            if let held = locks.compactMap(\.error).first(where: { $0.code == .locked }) { throw held }
            outcomes += locks
            stopping(fleet.links.count - locks.count)
            let unlocked = Set(locks.map(\.node))
            // The lock is kept alive while the stop runs, which may take longer than a watch waits for a beat.
            let results = await withTaskGroup(of: [(NodeRank, Result<NodeLink.StopReport, RuntimeError>)]?.self) {
                group in
                for follower in followers where !unlocked.contains(follower.nodeRank) {
                    group.addTask {
                        await follower.run { _ in }
                        return nil
                    }
                }
                group.addTask { await stopAll(plan, fleet, owner: owner, except: unlocked) }
                var results: [(NodeRank, Result<NodeLink.StopReport, RuntimeError>)] = []
                for await part in group {
                    guard let part else { continue }
                    results = part
                    group.cancelAll()
                }
                return results
            }
            outcomes += results.map { NodeOutcome(node: $0.0, result: $0.1) }
        } catch {
            await release(fleet, followers)
            throw error
        }
        await release(fleet, followers)
        return outcomes.sorted { $0.node < $1.node }
    }

    /// Stops every unit of the deployment on every connected node, node rank 0 before the others.
    static func stopAll(
        _ plan: LaunchPlan,
        _ fleet: Fleet,
        owner: String,
        except: Set<NodeRank> = []
    ) async
        -> [(NodeRank, Result<NodeLink.StopReport, RuntimeError>)]
    {
        let head = Fleet(
            plan: plan,
            links: fleet.links.filter { $0.key.value == 0 && !except.contains($0.key) },
            failures: [:]
        )
        let rest = Fleet(
            plan: plan,
            links: fleet.links.filter { $0.key.value > 0 && !except.contains($0.key) },
            failures: [:]
        )
        let stop: @Sendable (NodeLink, UnitPlan) async throws(RuntimeError) -> NodeLink.StopReport = {
            link,
            unit async throws(RuntimeError) in
            try await link.stop(unit, of: plan.name, owner: owner)
        }
        return await head.each(stop) + rest.each(stop)
    }

    private static func release(_ fleet: Fleet, _ followers: [NodeFollower]) async {
        _ = await FanOut.map(followers) { await $0.quit() }
        await fleet.close()
    }
}

extension TakeDown.NodeOutcome {
    fileprivate var error: RuntimeError? { if case .failure(let error) = result { error } else { nil } }
}
