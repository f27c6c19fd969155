import Glibc
import MusterAPI
import MusterClient
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster up` through a daemon: hands the file over, and follows what comes of it.
struct KeptUp: Sendable {
    let session: Session
    let target: Target
    let source: SourceFile
    /// Values of the file's secrets, for the request and for nothing else.
    let secrets: Secrets
    let yes: Bool
    let isDetached: Bool
    /// The look at the nodes that comes first; nothing when nobody wants it.
    let preflight: Preflight?

    func run(_ address: DaemonAddress) async throws {
        let began = ContinuousClock.now
        let (outcome, kept, transports) = try await session.ask(address, about: source) { client, interrupts in
            let outcome = try await bringUp(client, interrupts, since: began)
            // The last word is said without what these would have added.
            return (outcome, try? await client.kept(target.name), await client.transports(of: target.name, outcome))
        }
        try KeptReport(session: session, target: target, kept: kept, transports: transports).finish(outcome)
    }

    private func bringUp(
        _ client: DaemonClient,
        _ interrupts: Interrupts,
        since began: ContinuousClock.Instant
    ) async throws -> KeptReport.Outcome {
        if let preflight, try await !isUnderWay(client) {
            session.console.say("looking at the nodes")
            let plans = target.plans
            let looked: Void? = try await interrupts.cancelling { try await preflight.check(plans) }
            guard looked != nil else { throw RuntimeError(.interrupted, "interrupted before anything was started") }
        }
        guard var accepted = try await put(client, interrupts, replace: false) else { return .leftAlone }
        if isDetached { return .accepted(state: accepted.state) }
        while true {
            if accepted.state == "paused" {
                session.console.say("note: \(target.name) is paused; `muster resume \(target.words)` lets it go on")
            }
            let wish = accepted
            let verdict = try await interrupts.cancelling {
                let trail = EventTrail(.up, session.console)
                return try await KeptProgress(client: client, name: target.name, console: session.console).during {
                    try await client.waitUntilReady(wish, after: .up, plans: target.plans, trail)
                }
            }
            guard let verdict else { return .detached }
            guard case .refused(let reason) = verdict else { return .waited(verdict, after: .now - began) }
            // Found on the nodes, from before this daemon knew of the deployment.
            guard await isReplacing(reason, client) else { return .leftAlone }
            accepted = try await send(client, interrupts, replace: true)
        }
    }

    /// Whether the daemon has launched it already: what it is doing is not to be stopped for a look from here.
    private func isUnderWay(_ client: DaemonClient) async throws -> Bool {
        do {
            return try await client.kept(target.name).replicas.contains { !["down", "failed"].contains($0.state) }
        } catch let error as ClientError where error.problem?.kind == .notFound {
            return false
        }
    }

    /// Hands the file over; nothing when another plan runs and is to stay.
    private func put(_ client: DaemonClient, _ interrupts: Interrupts, replace: Bool) async throws -> Accepted? {
        do {
            return try await send(client, interrupts, replace: replace)
        } catch let error as ClientError where error.isAboutAnotherPlan && !replace {
            guard await isReplacing(error.message, client) else { return nil }
            return try await send(client, interrupts, replace: true)
        }
    }

    private func send(_ client: DaemonClient, _ interrupts: Interrupts, replace: Bool) async throws -> Accepted {
        let path = session.machine.absolute(source.name)
        let request = UpRequest(file: source.text, path: path, secrets: secrets, replace: replace)
        let accepted = try await interrupts.cancelling { try await client.up(target.name, request) }
        guard let accepted else {
            throw RuntimeError(
                .interrupted,
                "interrupted before the daemon had answered; it may have begun",
                hint: "`muster status \(target.words)` says whether it has"
            )
        }
        return accepted
    }

    /// Shows what runs, and asks whether it may be stopped.
    private func isReplacing(_ reason: String, _ client: DaemonClient) async -> Bool {
        let console = session.console
        // Without a look at what runs the daemon's own words have to do.
        let status = try? await DeploymentStatus(reading: client.status(of: target.name).text)
        let running = zip(target.plans, status?.replicas ?? []).filter { $0.hash.hex != $1.planHash }
        var lines: [String] = []
        for (plan, status) in running {
            guard let generation = status.generation else { continue }
            let differences = await RunningScripts.differences(from: plan, generation: generation, client)
            let units = differences.isEmpty ? plan.units.map(\.nodeRank) : differences.keys.sorted()
            let question = ReplaceQuestion(
                plan: plan,
                standing: .different(generation: generation, units: units),
                differences: differences
            )
            lines += question.lines(style: console.talk.style)
        }
        for line in lines.isEmpty ? [reason] : lines { console.say(line) }
        return yes || console.confirm("Stop it and launch this plan?")
    }
}

extension DaemonClient {
    /// Which way the ranks of each replica talk, where a wait ended with all of them ready.
    func transports(of name: String, _ outcome: KeptReport.Outcome) async -> [TransportDocument?] {
        guard case .waited(.ready, _) = outcome else { return [] }
        let status = try? await DeploymentStatus(reading: self.status(of: name).text)
        return status?.replicas.map(\.transport) ?? []
    }
}

extension LocalMachine {
    /// A path that means the same file to whoever is told about it later, wherever they are.
    fileprivate func absolute(_ path: String) -> String {
        let path = expand(path)
        guard path != "-", !path.hasPrefix("/"), let pointer = getcwd(nil, 0) else { return path }
        defer { free(pointer) }
        return String(cString: pointer) + "/" + path
    }
}

extension ClientError {
    fileprivate var isAboutAnotherPlan: Bool {
        problem?.kind == .conflict && problem?.code == DiagnosticCode.anotherPlanRuns.description
    }
}
