import Testing

@testable import MusterDoctor

@Suite("Whose fault it is that a meeting failed")
struct BandwidthFailureTests {
    private func failure(_ one: BandwidthAnswer, _ other: BandwidthAnswer) -> BandwidthFailure {
        BandwidthFailure(nodes: ["a", "b"], answers: ["a": .value(one), "b": .value(other)])
    }

    @Test("a rank that was killed, not those whose connection it took with it")
    func killed() {
        let victim = BandwidthText.broken(
            [0: "reduce 65536"],
            "@@n rank 0 error RuntimeError: NCCL error: remote process exited",
            "@@n rank 0 ended status 1",
            end: "failed"
        )
        let cause = BandwidthText.broken(
            [1: "reduce 65536"],
            "@@n rank 1 ended signal 11",
            "@@n rank 1 said Fatal Python error",
            end: "failed"
        )
        let failure = failure(victim, cause)
        #expect(failure.blamed == ["b"] && failure.said == ["Fatal Python error"])
        #expect(failure.text == "rank 1 was ended by signal 11 while reducing 64 KiB")
        // Where all say that somebody else has gone, nobody is blamed.
        let nobody = self.failure(victim, victim)
        #expect(nobody.blamed == [])
        #expect(nobody.text.hasSuffix("failed while reducing 64 KiB: RuntimeError: NCCL error: remote process exited"))
    }

    @Test("an error of its own, while the others were told to leave")
    func error() {
        let cause = BandwidthText.broken(
            [8: "connect"],
            "@@n rank 8 error RuntimeError: torch sees 7 GPUs, 8 take part",
            "@@n rank 8 ended status 1",
            end: "failed"
        )
        let failure = failure(.init([], nonce: "n"), cause)
        #expect(failure.blamed == ["b"])
        #expect(
            failure.text
                == "rank 8 failed while connecting to the other ranks: RuntimeError: torch sees 7 GPUs, 8 take part"
        )
    }

    @Test("when the time was over, whoever is behind; nobody where all are equally far")
    func late() {
        let waiting = BandwidthText.broken([0: "meet", 1: "meet"], end: "late")
        let behind = BandwidthText.broken([2: "import", 3: "meet"], end: "late")
        let failure = failure(waiting, behind)
        #expect(failure.blamed == ["b"] && failure.text == "rank 2 is still importing torch")
        let equal = self.failure(waiting, BandwidthText.broken([2: "meet"], end: "late"))
        #expect(equal.blamed == [] && equal.text == "rank 0 is still meeting the other ranks")
    }

    @Test("a node that could not take part, with the reason")
    func silent() {
        let said = BandwidthText.broken([0: "meet"], end: "left")
        let failure = BandwidthFailure(
            nodes: ["a", "b"],
            answers: ["a": .value(said), "b": .unknown("sh: 1: python3: not found")]
        )
        #expect(failure.blamed == ["b"] && failure.text == "sh: 1: python3: not found")
        let gone = BandwidthFailure(nodes: ["a", "b"], answers: ["a": .value(said)])
        #expect(gone.blamed == ["b"] && gone.text == "not asked")
    }
}
