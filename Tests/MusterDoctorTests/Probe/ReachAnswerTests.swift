import MusterDoctor
import Testing

@Suite("The second round's answers")
struct ReachAnswerTests {
    private func answer(_ text: String) -> ReachAnswer { ReachAnswer(Array(text.utf8), nonce: "n") }

    @Test("what a node listens on and what it found out are read")
    func whole() {
        let answer = answer(
            """
            a login script speaks
            @@n listening 40123 open
            @@n way 1 open open passed:1500
            @@n way 2 refused silent -
            @@n way 3 - unreachable:No_route_to_host lost
            @@n way 4 open open lost:1450
            @@n done
            """
        )
        #expect(answer.ephemeralPort == 40123)
        #expect(answer.rendezvous == .value(true))
        #expect(answer.isDone)
        #expect(answer.outcomes[1]?.packets == .value(.passed(1500)))
        #expect(answer.outcomes[1]?.ephemeral == .value(.open))
        #expect(answer.outcomes[2]?.rendezvous == .value(.refused))
        #expect(answer.outcomes[2]?.ephemeral == .value(.timedOut))
        #expect(answer.outcomes[2]?.packets == .unknown("not asked"))
        #expect(answer.outcomes[3]?.rendezvous == .unknown("not asked"))
        #expect(answer.outcomes[3]?.ephemeral == .value(.unreachable("No route to host")))
        #expect(answer.outcomes[3]?.packets == .value(.lost))
        #expect(answer.outcomes[4]?.packets == .value(.tooLong(limit: 1450)))
    }

    @Test("a port that is taken, and a node that cannot listen, say so")
    func taken() {
        #expect(answer("@@n listening 40123 busy\n").rendezvous == .unknown("the port is in use"))
        let failed = answer("@@n failed Cannot_assign_requested_address\n")
        #expect(failed.ephemeralPort == nil)
        #expect(failed.failure == "Cannot assign requested address")
    }

    @Test(
        "anything else is no answer",
        arguments: ["", "@@m listening 1 open\n", "@@n listening 70000 open\n", "@@n way x\n"]
    )
    func foreign(_ text: String) {
        #expect(answer(text).ephemeralPort == nil)
        #expect(answer(text).outcomes.isEmpty)
        #expect(!answer(text).isDone)
    }
}
