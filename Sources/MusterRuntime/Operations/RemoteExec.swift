import MusterPlan
package import MusterSSH
package import MusterSpec

/// `muster exec`: one command on many nodes, with equal answers folded together.
package enum RemoteExec {
    /// What a command came to on one node.
    package struct Answer: Sendable {
        package var node: NodeRank
        package var result: Result<SSHExecResult, RuntimeError>
    }

    /// Nodes that gave the very same answer.
    package struct Group: Sendable {
        package var nodes: [NodeRank]
        package var answer: Answer
    }

    package static func run(_ argv: [String], on fleet: Fleet, deadline: Duration) async -> [Answer] {
        let line = ShellQuoting.command(argv)
        let results = await fleet.each { link, _ async throws(RuntimeError) -> SSHExecResult in
            let connection = try await link.live()
            do throws(SSHError) {
                return try await connection.execute(line, stdin: [], outputLimit: 4 << 20, deadline: deadline)
            } catch {
                throw RuntimeError(error, node: link.node.name)
            }
        }
        let failures = fleet.failures.map { Answer(node: $0.key, result: .failure($0.value)) }
        return (results.map { Answer(node: $0.0, result: $0.1) } + failures).sorted { $0.node < $1.node }
    }

    /// Groups in the order of their first node.
    package static func fold(_ answers: [Answer]) -> [Group] {
        var groups: [Group] = []
        for answer in answers {
            if let index = groups.firstIndex(where: { isSame($0.answer, answer) }) {
                groups[index].nodes.append(answer.node)
            } else {
                groups.append(Group(nodes: [answer.node], answer: answer))
            }
        }
        return groups
    }

    private static func isSame(_ left: Answer, _ right: Answer) -> Bool {
        switch (left.result, right.result) {
        case (.success(let a), .success(let b)): a.exit == b.exit && a.stdout == b.stdout && a.stderr == b.stderr
        case (.failure(let a), .failure(let b)): a.code == b.code && a.message == b.message
        default: false
        }
    }
}
