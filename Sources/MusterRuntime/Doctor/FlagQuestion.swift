package import MusterDoctor
package import MusterPlan
package import MusterSpec

/// `muster flags --from-node`: an engine's own parser, asked on a node.
package enum FlagQuestion {
    /// Importing an engine takes seconds on a good disk, and minutes on a bad one.
    private static let patience = Duration.seconds(120)

    /// Asks the engine of one unit, in the surroundings that the unit has.
    ///
    /// - Returns: Its flags.
    /// - Throws: When the node cannot be reached, or the engine does not tell.
    package static func ask(
        _ unit: UnitPlan,
        _ spec: ClusterSpec,
        _ plan: LaunchPlan,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async throws(RuntimeError) -> NodeFlags {
        let link = link(unit.node)
        try await link.open()
        let result: Result<NodeProbe.Answer, RuntimeError>
        do throws(RuntimeError) {
            let site = ProbeSite.askingFlags(spec, [plan], of: unit)
            result = .success(try await NodeProbe.ask(site, over: link, limit: patience))
        } catch {
            result = .failure(error)
        }
        await link.close()
        let document = try result.get().document
        do throws(NodeFlags.Failure) {
            return try NodeFlags(document, of: plan.engine, orElse: plan.version)
        } catch {
            throw RuntimeError(
                .nodeScriptFailed,
                "the parser of \(plan.engine.rawValue) did not tell its flags: \(error.reason)",
                node: unit.node.name,
                hint: "`muster doctor` says which engine the node has"
            )
        }
    }
}
