import MusterSpec
import Testing

@testable import MusterRuntime
@testable import MusterSSH

@Suite("RemoteExec.fold")
struct RemoteExecTests {
    private func said(
        _ node: Int,
        _ out: String,
        _ err: String = "",
        _ exit: SSHExecResult.Exit = .status(0)
    ) -> RemoteExec.Answer {
        let result = SSHExecResult(
            exit: exit,
            stdout: Array(out.utf8),
            stderr: Array(err.utf8),
            stdoutTruncated: false,
            stderrTruncated: false
        )
        return RemoteExec.Answer(node: NodeRank(node), result: .success(result))
    }

    private func failed(_ node: Int, _ message: String) -> RemoteExec.Answer {
        RemoteExec.Answer(
            node: NodeRank(node),
            result: .failure(RuntimeError(.connectionLost, message, node: "n\(node)"))
        )
    }

    private func fold(_ answers: [RemoteExec.Answer]) -> [[Int]] {
        RemoteExec.fold(answers).map { $0.nodes.map(\.value) }
    }

    @Test("shows equal answers once, in the order of the first of each")
    func groups() {
        #expect(
            fold([said(0, "a"), said(1, "b"), said(2, "a"), said(3, "b"), said(4, "c")]) == [[0, 2], [1, 3], [4]]
        )
        #expect(fold([]) == [])
    }

    @Test("an answer differs by its exit, its output or its errors")
    func differences() {
        #expect(
            fold([
                said(0, "a"), said(1, "a", "", .status(1)), said(2, "a", "", .signal("KILL")), said(3, "a", "e"),
                said(4, ""),
            ]) == [[0], [1], [2], [3], [4]]
        )
        #expect(fold([said(0, "a", "", .signal("KILL")), said(1, "a", "", .signal("KILL"))]) == [[0, 1]])
    }

    @Test("failures fold by what they say, and never with answers")
    func failures() {
        #expect(fold([failed(0, "x"), said(1, ""), failed(2, "x"), failed(3, "y")]) == [[0, 2], [1], [3]])
    }
}
