import MusterAPI
import MusterEngines
import MusterSpec
import MusterTerminal

/// What a daemon adds to a status: what it does about the deployment, and why.
struct KeptView {
    let kept: KeptDeployment
    let now: Timestamp
    let style: Style

    var lines: [String] { [state] + obstacle + cause + answer + exceptions }

    private var state: String {
        let summary = kept.summary
        var parts = ["\(style.faint("musterd")) \(paint(word))" + since]
        let isLive = kept.replicas.contains { $0.generation != nil }
        if summary.generation > 0 { parts.append("\(isLive ? "" : "last ")generation \(summary.generation)") }
        if summary.replicas.total > 1 { parts.append("\(summary.replicas.ready)/\(summary.replicas.total) replicas") }
        let restarts = kept.replicas.reduce(0) { $0 + $1.restarts }
        if restarts > 0 { parts.append("\(restarts) restart\(restarts == 1 ? "" : "s")") }
        // One that is due waits for something else, which the events tell.
        if let due = kept.replicas.compactMap(\.nextLaunch).min(), due > now.milliseconds {
            parts.append("next launch in \(ElapsedText.text(.milliseconds(due - now.milliseconds)))")
        }
        if kept.isPaused { parts.append(style.doubtful("paused")) }
        // That what is down is to be down is no news.
        if summary.desired != (word == "down" ? "down" : "up") { parts.append("wanted \(summary.desired)") }
        return parts.joined(separator: "  ")
    }

    /// A pause hides what is paused.
    private var word: String { kept.isPaused ? kept.replicas.first?.state ?? "down" : kept.summary.state }

    private var since: String {
        guard let since = kept.replicas.map(\.since).max(), since > 0 else { return "" }
        return " for \(ElapsedText.text(.milliseconds(max(0, now.milliseconds - since))))"
    }

    private func paint(_ word: String) -> String {
        switch word {
        case "ready": style.good(word)
        case "failed": style.bad(word)
        case "down": style.faint(word)
        default: style.doubtful(word)
        }
    }

    private var obstacle: [String] {
        kept.replicas.lazy.compactMap(\.obstacle).prefix(1).map { "\(style.doubtful("waiting")): \($0)" }
    }

    private var cause: [String] {
        // What somebody asked for is no failure.
        kept.replicas.enumerated().compactMap { index, replica in
            guard let cause = replica.cause, cause.code != DiagnosticCode.interrupted.description else { return nil }
            let label = kept.replicas.count > 1 ? "replica \(index): " : ""
            return "\(style.bad("first cause"))[\(cause.code)]: \(label)\(cause.text)"
        }
    }

    /// What the logs of the failed generation said; of no interest once another one is ready.
    private var answer: [String] {
        kept.replicas.enumerated().compactMap { index, replica in
            guard replica.state != "ready", let failure = replica.failure, failure.answer.namesCause else { return nil }
            let label = kept.replicas.count > 1 ? "replica \(index): " : ""
            return failure.answer.line(style, of: "\(label)generation \(failure.generation): ")
        }
    }

    private var exceptions: [String] {
        var lines = kept.substitutes.sorted { $0.key < $1.key }.map { "\($0.value) stands in for \($0.key)" }
        if !kept.drained.isEmpty { lines.append("drained: \(kept.drained.joined(separator: ", "))") }
        return lines
    }
}

extension KeptDeployment {
    /// The part of a status document that only a daemon has.
    var json: JSONValue {
        let entries = replicas.enumerated().map { index, replica -> JSONValue in
            let number: JSONValue = replicas.count > 1 ? ["replica": .integer(index)] : [:]
            return number.adding([
                "state": .string(replica.state),
                "generation": .optional(replica.generation),
                "since": replica.since > 0 ? .string("\(Timestamp(milliseconds: replica.since))") : .null,
                "next_launch": replica.nextLaunch.map { .string("\(Timestamp(milliseconds: $0))") } ?? .null,
                "waiting_for": .optional(replica.obstacle),
                "restarts": .integer(replica.restarts),
                "cause": replica.cause.map(\.json) ?? .null,
                "failure": replica.failure.map { $0.answer.json.adding(["generation": .integer($0.generation)]) }
                    ?? .null,
                "substitutes": .object(
                    of: replica.substitutes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
                ),
            ])
        }
        return [
            "state": .string(summary.state), "desired": .string(summary.desired),
            "generation": .integer(summary.generation), "paused": .boolean(isPaused),
            "drained": .array(drained.map(JSONValue.string)), "replicas": .array(entries),
        ]
    }
}

extension KeptDeployment.Cause {
    fileprivate var json: JSONValue {
        [
            "code": .string(code), "text": .string(text), "node": .optional(node),
            "evidence": .array(evidence.map(JSONValue.string)),
        ]
    }
}
