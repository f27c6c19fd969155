import ArgumentParser
import MusterAPI
import MusterEngines
import MusterPlan
import MusterRuntime
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
    /// The one replica it was about; all where nothing is said.
    var replica: Int?
    /// Which way the ranks of each replica talk, where its nodes were asked.
    var transports: [TransportDocument?] = []

    private var console: Console { session.console }
    private var hint: String { console.talk.style.good("hint") }

    func finish(_ outcome: Outcome) throws {
        switch outcome {
        case .waited(.ready(let generation, let isAdopted), let elapsed): ready(generation, isAdopted, elapsed)
        case .waited(.failed(let failures), let elapsed): throw failed(failures, elapsed)
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

    /// A replica that a verdict is about, and what is known of it here and there.
    private struct Subject {
        var index: Int
        var title: String
        var ranks: Int?
        var endpoint: String?
        var generation: Int?
        var planHash: String?
        var transport: TransportDocument?
    }

    private var count: Int { kept?.replicas.count ?? max(1, target.plans.count) }

    private var subjects: [Subject] {
        (0..<count).filter { replica == nil || $0 == replica }.map { index in
            let plan = target.plans.first { $0.replica == index }
            let known = kept.flatMap { $0.replicas.indices.contains(index) ? $0.replicas[index] : nil }
            return Subject(
                index: index,
                title: count > 1 ? "\(target.name) replica \(index)" : target.name,
                ranks: plan?.ranks.count,
                endpoint: known?.endpoint ?? plan?.endpoint,
                generation: known?.generation,
                planHash: plan?.hash.hex ?? known?.planHash,
                transport: transports.indices.contains(index) ? transports[index] : nil
            )
        }
    }

    private func ready(_ generation: Int, _ isAdopted: Bool, _ elapsed: Duration) {
        let subjects = subjects
        for subject in subjects { console.say(subject.transport, replica: count > 1 ? subject.index : nil) }
        emit(
            subjects.map { subject in
                // That of the whole is the newest one.
                let own = subjects.count > 1 ? subject.generation ?? generation : generation
                let ranks = subject.ranks.map { ", \($0) of \($0) ranks" } ?? ""
                let place = subject.endpoint.map { ", \($0)" } ?? ""
                return "ready in \(ElapsedText.text(elapsed)): \(subject.title) generation \(own)\(ranks)\(place)"
            },
            subjects.map { subject in
                let more: JSONValue = [
                    "endpoint": .optional(subject.endpoint), "adopted": .boolean(isAdopted),
                    "elapsed_seconds": UpDocument.seconds(elapsed),
                    "transport": subject.transport?.json ?? .null,
                ]
                let own = subjects.count > 1 ? subject.generation ?? generation : generation
                return document(subject, "ready", generation: own, more)
            }
        )
    }

    private func failed(_ failures: [ReadyWatch.Failure], _ elapsed: Duration) -> ExitCode {
        let subjects = subjects
        for failure in failures { say(failure) }
        if count > 1, failures.count < subjects.count {
            let names = failures.map { "replica \($0.replica)" }.joined(separator: ", ")
            console.say(
                "\(subjects.count - failures.count) of \(subjects.count) replicas of \(target.name) are ready, not \(names)"
            )
        }
        emit(
            [],
            subjects.map { subject in
                guard let failure = failures.first(where: { $0.replica == subject.index }) else {
                    return document(
                        subject,
                        "ready",
                        generation: subject.generation,
                        ["endpoint": .optional(subject.endpoint)]
                    )
                }
                let cause = failure.cause
                return document(
                    subject,
                    "failed",
                    generation: nil,
                    [
                        "code": .string((DiagnosticCode(cause.code) ?? .gaveUp).description),
                        "cause": .string(cause.text), "why": failure.answer?.json ?? .null,
                        "reason": .string(failure.reason), "stopped": true,
                        "evidence": .array(cause.evidence.map(JSONValue.string)), "left": [],
                    ]
                )
            }
        )
        return (failures.count < subjects.count ? MusterExit.partial : .failed).asError
    }

    private func say(_ failure: ReadyWatch.Failure) {
        let cause = failure.cause
        let code = DiagnosticCode(cause.code) ?? .gaveUp
        let (label, only) =
            count > 1 ? ("replica \(failure.replica): ", " --replica \(failure.replica)") : ("", "")
        console.say("\(console.talk.style.bad("error"))[\(code)]: \(label)first cause: \(cause.text)")
        console.say("  the daemon has stopped trying: \(failure.reason)")
        if let answer = failure.answer, answer.namesCause {
            session.say(answer, target.plans.isEmpty ? nil : target.words)
        } else if !cause.evidence.isEmpty {
            console.say("  the last lines of its log:")
            for line in cause.evidence { console.say("    " + DisplayWidth.fit(line, console.width - 4)) }
        }
        console.say(
            "  \(hint): `muster logs \(target.words)\(only)` shows the logs; `muster explain \(code)` says more"
        )
    }

    private func end(_ text: String, _ code: DiagnosticCode) -> ExitCode {
        console.say("\(console.talk.style.bad("error"))[\(code)]: \(target.name) is not ready: \(text)")
        console.say("  \(hint): `muster events \(target.words)` tells its story")
        emit(nil, state: "ended", ["code": .string(code.description), "cause": .string(text)])
        return MusterExit.failed.asError
    }

    /// What is to be said of the deployment as a whole.
    private func emit(_ text: String?, state: String, _ more: JSONValue) {
        let hashes = subjects.compactMap(\.planHash)
        let whole = Subject(index: 0, title: target.name, planHash: hashes.count == 1 ? hashes.first : nil)
        emit(text.map { [$0] } ?? [], [document(whole, state, generation: nil, more)])
    }

    private func emit(_ lines: [String], _ documents: [UpDocument]) {
        switch session.format {
        case .text: for line in lines { console.data(line: line) }
        case .json: console.data(line: UpDocument.json(documents).pretty)
        }
    }

    private func document(_ subject: Subject, _ state: String, generation: Int?, _ more: JSONValue) -> UpDocument {
        let known = kept?.summary.generation
        return UpDocument(
            name: target.name,
            state: state,
            generation: generation ?? known.flatMap { $0 > 0 ? $0 : nil },
            planHash: subject.planHash,
            more: more
        )
    }
}
