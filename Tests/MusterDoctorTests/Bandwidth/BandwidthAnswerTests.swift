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

    @Test("whatever comes, what is kept of it has a bound")
    func bounds() {
        func answer(_ count: Int, _ line: (Int) -> String) -> BandwidthAnswer {
            BandwidthAnswer(Array((0..<count).map { "@@n \(line($0))\n" }.joined().utf8), nonce: "n")
        }
        #expect(answer(1000) { "rank \($0) done" }.ranks.count == 256)
        #expect(answer(70_000) { "rank 0 nccl line \($0)" }.log.count == 65_536)
        #expect(answer(5000) { "test line \($0)" }.test.count == 4096)
        let counted = answer(3000) { "counter before \($0 % 2 == 0 ? "port" : "interface") x\($0) 1" }.before
        #expect(counted.ports.count + counted.interfaces.count == 1024)
        let rank = answer(100) { $0 < 50 ? "rank 0 time \($0) 1.5" : "rank 0 said word \($0)" }.ranks[0]
        #expect(rank?.times.count == 8 && rank?.said.count == 8 && rank?.said.last == "word 99")
    }

    @Test("no bytes are too many: mutated answers end in an answer")
    func mutations() {
        var mutator = Mutator([String(decoding: BandwidthText(ranks: 0...7).bytes, as: UTF8.self)], seed: 20)
        var known = 0
        for _ in 0..<300 { known += BandwidthAnswer(mutator.next(), nonce: "n").isEmpty ? 0 : 1 }
        #expect(known > 150)
    }
}
