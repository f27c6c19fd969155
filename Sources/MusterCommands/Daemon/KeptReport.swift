import ArgumentParser
import MusterAPI
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTerminal

/// The last words of `up` and `restart` through a daemon, and the exit code that goes with them.
struct KeptReport: Sendable {
    /// How it ended here; what the daemon does goes on.
    enum Outcome: Sendable {
        case waited(ReadyWatch.Verdict, after: Duration)
        /// Left to the daemon.
        case accepted(state: String)
        /// Another plan runs, and nobody said to replace it.
        case leftAlone
        /// Somebody stopped watching.
        case detached
    }

    let session: Session
    let target: Target
    /// What the daemon knows of it at the end, where it was asked.
    let kept: KeptDeployment?

    private var console: Console { session.console }
    private var hint: String { console.talk.style.good("hint") }

    func finish(_ outcome: Outcome) throws {
        switch outcome {
        case .waited(.ready(let generation, let isAdopted), let elapsed): ready(generation, isAdopted, elapsed)
        case .waited(.failed(let reason, let cause), _): throw failed(reason, cause)
        case .waited(.refused(let reason), _): throw end(reason, .anotherPlanRuns)
        case .waited(.unwanted(let person), _): throw end("\(person) has it down meanwhile", .notRunning)
        case .waited(.forgotten, _): throw end("somebody had the daemon forget it meanwhile", .notRunning)
        case .accepted(let state):
            console.say("`muster events \(target.words) --follow` shows what comes of it")
            let now = state == "ready" ? ", and is ready" : ""
            emit("\(target.name) is left to musterd\(now)", state: "accepted", ["daemon_state": .string(state)])
        case .leftAlone:
            console.say("nothing was changed")
            console.say("  \(hint): `muster up --yes \(target.words)` replaces what runs")
            emit(nil, state: "left alone", [:])
            throw MusterExit.failed.asError
        case .detached:
            console.say("no longer watched; the daemon goes on with it")
            let words = target.words
            console.say("  \(hint): `muster status \(words)` shows it, `muster events \(words)` tells its story")
            emit(nil, state: "detached", [:])
            throw MusterExit.partial.asError
        }
    }

    private func ready(_ generation: Int, _ isAdopted: Bool, _ elapsed: Duration) {
        let endpoint = kept?.replicas.first?.endpoint ?? target.plan?.endpoint
        let ranks = target.plan.map { ", \($0.ranks.count) of \($0.ranks.count) ranks" } ?? ""
        let place = endpoint.map { ", \($0)" } ?? ""
        emit(
            "ready in \(ElapsedText.text(elapsed)): \(target.name) generation \(generation)\(ranks)\(place)",
            state: "ready",
            generation: generation,
            [
                "endpoint": .optional(endpoint), "adopted": .boolean(isAdopted),
                "elapsed_seconds": UpDocument.seconds(elapsed),
            ]
        )
    }

    private func failed(_ reason: String, _ cause: Cause) -> ExitCode {
        let code = DiagnosticCode(cause.code) ?? .gaveUp
        console.say("\(console.talk.style.bad("error"))[\(code)]: first cause: \(cause.text)")
        console.say("  the daemon has stopped trying: \(reason)")
        if !cause.evidence.isEmpty {
            console.say("  the last lines of its log:")
            for line in cause.evidence { console.say("    " + DisplayWidth.fit(line, console.width - 4)) }
        }
        console.say("  \(hint): `muster logs \(target.words)` shows the logs; `muster explain \(code)` says more")
        emit(
            nil,
            state: "failed",
            [
                "code": .string(code.description), "cause": .string(cause.text), "reason": .string(reason),
                "stopped": true, "evidence": .array(cause.evidence.map(JSONValue.string)), "left": [],
            ]
        )
        return MusterExit.failed.asError
    }

    private func end(_ text: String, _ code: DiagnosticCode) -> ExitCode {
        console.say("\(console.talk.style.bad("error"))[\(code)]: \(target.name) is not ready: \(text)")
        console.say("  \(hint): `muster events \(target.words)` tells its story")
        emit(nil, state: "ended", ["code": .string(code.description), "cause": .string(text)])
        return MusterExit.failed.asError
    }

    private func emit(_ text: String?, state: String, generation: Int? = nil, _ more: JSONValue) {
        switch session.format {
        case .text: if let text { console.data(line: text) }
        case .json:
            let known = kept?.summary.generation
            let document = UpDocument(
                name: target.name,
                state: state,
                generation: generation ?? known.flatMap { $0 > 0 ? $0 : nil },
                planHash: target.plan?.hash.hex ?? kept?.replicas.first?.planHash,
                more: more
            )
            console.data(line: document.json.pretty)
        }
    }
}
