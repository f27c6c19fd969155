import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal

/// What `up` looks at before it launches: the fast set of `muster doctor`.
struct Preflight: Sendable {
    let session: Session
    let spec: ClusterSpec
    let file: String
    /// Whether errors are listed and passed over.
    let isForced: Bool

    /// Looks at the nodes of a plan over links that are open.
    ///
    /// - Throws: `OperationErrors` when something was found that would stop or cripple the launch.
    func check(_ plan: LaunchPlan, _ links: [String: NodeLink]) async throws {
        let alone = spec.alone(plan.replica)
        let depth = Doctor.Depth(asksEngine: false, triesWays: true)
        try judge(await Doctor(alone, [plan], depth: depth).examine(over: links), alone, [plan])
    }

    /// Looks at all nodes of a file over connections of its own.
    func check(_ plans: [LaunchPlan]) async throws {
        let depth = Doctor.Depth(asksEngine: false, triesWays: true)
        let facts = await Doctor(spec, plans, depth: depth).examine(link: session.link)
        guard !facts.documents.isEmpty else {
            // The daemon may reach what this machine does not.
            return session.console.say("note: no node can be reached from here, so none was looked at")
        }
        try judge(facts, spec, plans)
    }

    private func judge(_ facts: NodeFacts, _ spec: ClusterSpec, _ plans: [LaunchPlan]) throws {
        let report = facts.report(on: spec, plans, file: file)
        let found = report.groups.map(\.root)
        let errors = found.filter { $0.severity == .error }
        let console = session.console
        let style = console.talk.style
        for finding in found where finding.severity == .warning || isForced {
            let isError = finding.severity == .error
            let word = isError ? style.bad("ignored") : style.doubtful("warning")
            console.say("\(word)[\(finding.code)]: \(finding.place): \(finding.message)")
        }
        guard !errors.isEmpty, !isForced else {
            for failure in facts.failures { console.say("note: not looked at: \(failure)") }
            return
        }
        throw OperationErrors(errors.map { RuntimeError($0.diagnostic) } + facts.failures)
    }
}

extension ClusterSpec {
    /// The file as if this replica were all there is.
    fileprivate func alone(_ replica: Int) -> ClusterSpec {
        guard gangs.indices.contains(replica) else { return self }
        var alone = gangs[replica]
        alone.replicas = replicas.map { _ in 1 }
        return alone
    }
}

extension RuntimeError {
    fileprivate init(_ diagnostic: Diagnostic) {
        let found = diagnostic.found.map { ["found: \($0)"] } ?? []
        let expected = diagnostic.expected.map { ["expected: \($0)"] } ?? []
        self.init(diagnostic.code, diagnostic.message, details: found + expected, hint: diagnostic.hint)
    }
}
