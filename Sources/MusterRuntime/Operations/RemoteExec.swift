package import MusterPlan
package import MusterSSH
package import MusterSpec

/// `muster exec`: one command on many nodes, with equal answers folded together.
package enum RemoteExec {
    /// What a command came to on one node.
    package struct Answer: Sendable {
        package var node: String
        package var result: Result<SSHExecResult, RuntimeError>
    }

    /// Runs a command on units' nodes, of all replicas at once.
    ///
    /// - Parameters:
    ///   - argv: The command and its arguments.
    ///   - chosen: The units of each replica.
    ///   - deadline: How long it may take on a node.
    ///   - link: Makes the link of a node.
    /// - Returns: One answer for each node, in the order of replicas and node ranks.
    package static func run(
        _ argv: [String],
        on chosen: [(plan: LaunchPlan, units: Set<NodeRank>)],
        deadline: Duration,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async -> [Answer] {
        await FanOut.map(chosen.filter { !$0.units.isEmpty }) { plan, units in
            let fleet = await Fleet.connect(plan, only: units, link: link)
            let answers = await run(argv, on: fleet, deadline: deadline)
            await fleet.close()
            return answers
        }.flatMap { $0 }
    }

    private static func run(_ argv: [String], on fleet: Fleet, deadline: Duration) async -> [Answer] {
        let line = ShellQuoting.command(argv)
        let results = await fleet.each { link, _ async throws(RuntimeError) -> SSHExecResult in
            let connection = try await link.live()
            do throws(SSHError) {
                return try await connection.execute(line, stdin: [], outputLimit: 4 << 20, deadline: deadline)
            } catch {
                throw RuntimeError(error, node: link.node.name)
            }
        }
        let failures = fleet.failures.map { ($0.key, Result<SSHExecResult, RuntimeError>.failure($0.value)) }
        return (results + failures).sorted { $0.0 < $1.0 }.map { rank, result in
            Answer(node: fleet.plan.unit(rank)?.node.name ?? "", result: result)
        }
    }
}
