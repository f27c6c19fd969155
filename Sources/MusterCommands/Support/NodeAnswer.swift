import ArgumentParser
import MusterRuntime
import MusterSSH
import MusterSpec

/// What a command came to on one node.
struct NodeAnswer: Sendable {
    /// A command that ran to its end.
    struct Output: Hashable, Sendable {
        /// Nothing where a signal ended it.
        var status: Int?
        var signal: String?
        var stdout: [UInt8]
        var stderr: String
        var isCut = false
    }

    var node: String
    var result: Result<Output, RuntimeError>

    fileprivate func isSame(as other: NodeAnswer) -> Bool {
        switch (result, other.result) {
        case (.success(let a), .success(let b)): a == b
        case (.failure(let a), .failure(let b)): a.code == b.code && a.message == b.message
        default: false
        }
    }
}

/// The answers of all nodes; equal ones are shown once.
struct AnswerReport: Sendable {
    let answers: [NodeAnswer]

    func finish(_ session: Session) throws {
        switch session.format {
        case .json: session.console.data(line: json.pretty)
        case .text: for group in groups { show(group.answer, of: group.nodes, session.console) }
        }
        let good = answers.count { if case .success(let output) = $0.result { output.status == 0 } else { false } }
        if good == 0 { throw MusterExit.failed.asError }
        if good < answers.count { throw MusterExit.partial.asError }
    }

    /// In the order of their first node.
    private var groups: [(nodes: [String], answer: NodeAnswer)] {
        var groups: [(nodes: [String], answer: NodeAnswer)] = []
        for answer in answers {
            if let index = groups.firstIndex(where: { $0.answer.isSame(as: answer) }) {
                groups[index].nodes.append(answer.node)
            } else {
                groups.append(([answer.node], answer))
            }
        }
        return groups
    }

    private func show(_ answer: NodeAnswer, of nodes: [String], _ console: Console) {
        let names = nodes.joined(separator: ", ")
        switch answer.result {
        case .failure(let error):
            console.say("--- \(names): \(error.message)")
            console.say("  hint: \(Session.hint(error))")
        case .success(let output):
            console.data(line: "--- \(names)\(Self.word(output))")
            console.data(bytes: output.stdout)
            if let last = output.stdout.last, last != 0x0a { console.data("\n") }
            if output.isCut { console.say("(the output was cut)") }
            if !output.stderr.isEmpty { console.say(output.stderr) }
        }
    }

    private static func word(_ output: NodeAnswer.Output) -> String {
        if let signal = output.signal { return " (killed by \(signal))" }
        guard let status = output.status, status != 0 else { return "" }
        return " (exit status \(status))"
    }

    private var json: JSONValue {
        let entries = answers.map { answer -> JSONValue in
            switch answer.result {
            case .failure(let error): ["node": .string(answer.node), "error": Documents.error(error)]
            case .success(let output):
                [
                    "node": .string(answer.node), "exit_status": .optional(output.status),
                    "signal": .optional(output.signal),
                    "stdout": .string(String(decoding: output.stdout, as: UTF8.self)),
                    "stderr": .string(output.stderr), "truncated": .boolean(output.isCut),
                ]
            }
        }
        return ["format": "muster.exec/1", "answers": .array(entries)]
    }
}
