import ArgumentParser
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// The last words of `up` and `restart`, and the exit code that goes with them.
struct OutcomeReport {
    /// How one replica ended, once it was said why.
    private struct Ending {
        /// For standard output.
        var text: String?
        var exit: MusterExit
        var document: UpDocument
    }

    let session: Session
    let file: String

    /// - Parameter outcomes: How each replica ended.
    /// - Throws: The exit code.
    func finish(_ outcomes: [(plan: LaunchPlan, result: Result<BringUp.Outcome, OperationErrors>)]) throws {
        let endings = outcomes.map(ending)
        sum(outcomes.map(\.plan), endings)
        switch session.format {
        case .text: for text in endings.compactMap(\.text) { session.console.data(line: text) }
        case .json: session.console.data(line: UpDocument.json(endings.map(\.document)).pretty)
        }
        let exit = MusterExit.of(endings.map(\.exit))
        if exit != .ok { throw exit.asError }
    }

    /// Which replicas are not ready, where there are others.
    private func sum(_ plans: [LaunchPlan], _ endings: [Ending]) {
        let missing = zip(plans, endings).filter { $1.exit != .ok }.map { "replica \($0.0.replica)" }
        guard plans.count > 1, let name = plans.first?.name, !missing.isEmpty else { return }
        session.console.say(
            "\(plans.count - missing.count) of \(plans.count) replicas of \(name) are ready, not "
                + missing.joined(separator: ", ")
        )
    }

    private func ending(_ plan: LaunchPlan, _ result: Result<BringUp.Outcome, OperationErrors>) -> Ending {
        switch result {
        case .success(let outcome): return ending(plan, outcome)
        case .failure(let failure):
            session.console.say("\(plan.title) could not be brought up:")
            session.fail(failure)
            return Ending(
                exit: .failed,
                document: document(
                    plan,
                    "failed",
                    generation: nil,
                    ["errors": .array(failure.errors.map(Documents.error))]
                )
            )
        }
    }

    private func ending(_ plan: LaunchPlan, _ outcome: BringUp.Outcome) -> Ending {
        let console = session.console
        // With one replica there is nothing else that could be meant.
        let label = plan.replicas > 1 ? "replica \(plan.replica): " : ""
        switch outcome {
        case .ready(let generation, let adopted, let start):
            let ranks = plan.ranks.count
            let transport = start.transport.map(TransportDocument.init)
            console.say(transport, replica: plan.replicas > 1 ? plan.replica : nil)
            return Ending(
                text: "ready in \(ElapsedText.text(start.elapsed)): \(plan.title) generation \(generation), "
                    + "\(ranks) of \(ranks) ranks, \(plan.endpoint)",
                exit: .ok,
                document: document(
                    plan,
                    "ready",
                    generation: generation,
                    [
                        "endpoint": .string(plan.endpoint), "adopted": .boolean(adopted),
                        "elapsed_seconds": UpDocument.seconds(start.elapsed), "transport": transport?.json ?? .null,
                    ]
                )
            )
        case .detached(let generation, let start):
            console.say("\(label)left running after \(ElapsedText.text(start.elapsed)), not ready yet")
            console.say("  hint: `muster status \(file)` shows it, `muster up \(file)` follows it again")
            return Ending(exit: .partial, document: document(plan, "detached", generation: generation, [:]))
        case .failed(let generation, let failure, let start): return failed(plan, generation, failure, start)
        case .leftAlone:
            console.say("\(label)nothing was changed")
            console.say("  hint: `muster up --yes \(file)` replaces what runs")
            return Ending(exit: .failed, document: document(plan, "left alone", generation: nil, [:]))
        }
    }

    private func failed(
        _ plan: LaunchPlan,
        _ generation: Int,
        _ failure: Failure,
        _ start: StartDriver.Outcome
    ) -> Ending {
        let style = session.console.talk.style
        let code = start.refusal?.code ?? failure.code
        let label = plan.replicas > 1 ? "replica \(plan.replica): " : ""
        session.console.say("\(style.bad("error"))[\(code)]: \(label)first cause: \(failure.text(in: plan))")
        if let hint = start.refusal?.hint { session.console.say("  \(style.good("hint")): \(hint)") }
        if case .timedOut = failure, let unit = start.witness.flatMap({ plan.unit($0) }) {
            session.console.say("  furthest behind is node rank \(unit.nodeRank) on \(unit.node.name)")
        }
        if let answer = start.answer, answer.namesCause {
            session.say(answer, file)
        } else if !start.evidence.isEmpty {
            session.console.say("  the last lines of its log:")
            for line in start.evidence {
                session.console.say("    " + DisplayWidth.fit(line, session.console.width - 4))
            }
        }
        let only = plan.replicas > 1 ? " --replica \(plan.replica)" : ""
        if !start.wasStopped {
            session.console.say("  it ran before this command and was left as it is")
            session.console.say("  \(style.good("hint")): `muster restart \(file)\(only)` restarts its gang")
        } else if start.left.isEmpty {
            session.console.say("  the gang was stopped on all nodes; logs are kept there")
        } else {
            session.console.say("  the gang was stopped, except for:")
            for entry in start.left { session.console.say("    \(entry.node): \(entry.what)") }
        }
        session.console.say(
            "  \(style.good("hint")): `muster logs \(file)\(only)` shows the logs; `muster explain \(code)` says more"
        )
        return Ending(
            exit: start.left.isEmpty ? .failed : .partial,
            document: document(
                plan,
                "failed",
                generation: generation,
                [
                    "code": .string(code.description), "cause": .string(failure.text(in: plan)),
                    "why": start.answer?.json ?? .null,
                    "stopped": .boolean(start.wasStopped), "evidence": .array(start.evidence.map(JSONValue.string)),
                    "left": .array(start.left.map { ["node": .string($0.node), "what": .string($0.what)] }),
                ]
            )
        )
    }

    private func document(_ plan: LaunchPlan, _ state: String, generation: Int?, _ more: JSONValue) -> UpDocument {
        UpDocument(
            name: plan.name.value,
            state: state,
            generation: generation,
            planHash: plan.hash.hex,
            more: more
        )
    }
}
