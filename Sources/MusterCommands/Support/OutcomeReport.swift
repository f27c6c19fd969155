import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal

/// The last words of `up` and `restart`, and the exit code that goes with them.
struct OutcomeReport {
    let plan: LaunchPlan
    let session: Session
    let file: String

    func finish(_ outcome: BringUp.Outcome) throws {
        switch outcome {
        case .ready(let generation, let adopted, let start):
            let ranks = plan.ranks.count
            emit(
                "ready in \(ElapsedText.text(start.elapsed)): \(plan.name) generation \(generation), \(ranks) of \(ranks) ranks, "
                    + plan.endpoint,
                state: "ready",
                generation: generation,
                [
                    "endpoint": .string(plan.endpoint), "adopted": .boolean(adopted),
                    "elapsed_seconds": UpDocument.seconds(start.elapsed),
                ]
            )
        case .detached(let generation, let start):
            session.console.say("left running after \(ElapsedText.text(start.elapsed)), not ready yet")
            session.console.say("  hint: `muster status \(file)` shows it, `muster up \(file)` follows it again")
            emit(nil, state: "detached", generation: generation, [:])
            throw MusterExit.partial.asError
        case .failed(let generation, let failure, let start): try fail(generation, failure, start)
        case .leftAlone:
            session.console.say("nothing was changed")
            session.console.say("  hint: `muster up --yes \(file)` replaces what runs")
            emit(nil, state: "left alone", generation: nil, [:])
            throw MusterExit.failed.asError
        }
    }

    private func fail(_ generation: Int, _ failure: Failure, _ start: StartDriver.Outcome) throws {
        let style = session.console.talk.style
        let code = start.refusal?.code ?? failure.code
        session.console.say("\(style.bad("error"))[\(code)]: first cause: \(failure.text(in: plan))")
        if let hint = start.refusal?.hint { session.console.say("  \(style.good("hint")): \(hint)") }
        if !start.evidence.isEmpty {
            if case .timedOut = failure, let unit = start.witness.flatMap({ plan.unit($0) }) {
                session.console.say("  furthest behind is node rank \(unit.nodeRank) on \(unit.node.name)")
            }
            session.console.say("  the last lines of its log:")
            for line in start.evidence {
                session.console.say("    " + DisplayWidth.fit(line, session.console.width - 4))
            }
        }
        if !start.wasStopped {
            session.console.say("  it ran before this command and was left as it is")
            session.console.say("  \(style.good("hint")): `muster restart \(file)` restarts its gang")
        } else if start.left.isEmpty {
            session.console.say("  the gang was stopped on all nodes; logs are kept there")
        } else {
            session.console.say("  the gang was stopped, except for:")
            for entry in start.left { session.console.say("    \(entry.node): \(entry.what)") }
        }
        session.console.say(
            "  \(style.good("hint")): `muster logs \(file)` shows the logs; `muster explain \(code)` says more"
        )
        emit(
            nil,
            state: "failed",
            generation: generation,
            [
                "code": .string(code.description), "cause": .string(failure.text(in: plan)),
                "stopped": .boolean(start.wasStopped), "evidence": .array(start.evidence.map(JSONValue.string)),
                "left": .array(start.left.map { ["node": .string($0.node), "what": .string($0.what)] }),
            ]
        )
        throw (start.left.isEmpty ? MusterExit.failed : .partial).asError
    }

    private func emit(_ text: String?, state: String, generation: Int?, _ more: JSONValue) {
        switch session.format {
        case .text: if let text { session.console.data(line: text) }
        case .json:
            let document = UpDocument(
                name: plan.name.value,
                state: state,
                generation: generation,
                planHash: plan.hash.hex,
                more: more
            )
            session.console.data(line: document.json.pretty)
        }
    }
}
