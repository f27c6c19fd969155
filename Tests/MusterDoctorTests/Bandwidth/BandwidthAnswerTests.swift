import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What a node says of its part in a meeting")
struct BandwidthAnswerTests {
    @Test("times, steps, NCCL's lines and counters are read, and a login script's words are not")
    func whole() {
        let answer = BandwidthText(ranks: 8...9).answer
        #expect(answer.end == .done && answer.ranks.keys.sorted() == [8, 9])
        #expect(answer.ranks[8]?.times == [65536: 58.3, 268_435_456: 20_000] && answer.ranks[8]?.isDone == true)
        #expect(answer.ranks[9]?.backend == "nccl" && answer.ranks[9]?.step == .reducing(268_435_456))
        #expect(answer.log.count == 12 && answer.log[0].hasSuffix("NCCL INFO Bootstrap : Using bond0:10.0.0.1<0>"))
        let counted = CounterProof(before: answer.before, after: answer.after, interface: "bond0")
        #expect(counted.ports == ["mlx5_0:1": 4 << 30] && counted.interfaceBytes == 1 << 20)
    }

    @Test("a rank that failed has its error, its end and its last words")
    func failed() {
        let answer = BandwidthText.broken(
            [3: "meet"],
            "@@n rank 3 error RuntimeError: CUDA out of memory",
            "@@n rank 3 ended status 1",
            "@@n rank 3 said Traceback:",
            "@@n rank 3 said   File \"x\"",
            end: "failed"
        )
        let rank = answer.ranks[3]
        #expect(answer.end == .failed && rank?.step == .meeting && rank?.isDone == false)
        #expect(rank?.error == "RuntimeError: CUDA out of memory" && rank?.end == "status 1")
        #expect(rank?.said == ["Traceback:", "  File \"x\""])
    }

    @Test(
        "anything else is no answer",
        arguments: [
            "", "@@m rank 1 done\n", "@@n rank x done\n", "@@n rank -1 done\n", "@@n counter before port a 1\n",
            "@@n end soon\n", "@@n counter during port a 1 2\n",
        ]
    )
    func foreign(text: String) {
        let answer = BandwidthAnswer(Array(text.utf8), nonce: "n")
        #expect(answer.ranks.isEmpty && answer.end == nil)
    }

    @Test("no text can fill the memory, and no bytes are too many")
    func bounds() {
        var mutator = Mutator([String(decoding: BandwidthText(ranks: 0...7).bytes, as: UTF8.self)], seed: 20)
        for _ in 0..<300 { #expect(BandwidthAnswer(mutator.next(), nonce: "n").ranks.count <= 256) }
        let many = (0..<1000).map { "@@n rank \($0) done" }.joined(separator: "\n")
        #expect(BandwidthAnswer(Array(many.utf8), nonce: "n").ranks.count == 256)
    }
}
