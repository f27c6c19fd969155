import MusterSpec
import MusterSupervision
import Testing

@Suite("RestartHistory")
struct RestartHistoryTests {
    private static func policy(_ policy: RestartSpec.Policy = .onFailure, _ most: Int = 100) -> RestartSpec {
        RestartSpec(policy: policy, maxAttempts: most, window: .seconds(3600), stableAfter: .seconds(600))
    }

    private static func take(_ history: inout RestartHistory, _ signature: String, reached: Int, at second: Int) {
        history.take(.init(at: second * 1000, signature: signature, reached: reached), keeping: 7_200_000)
    }

    private static func pauses(_ count: Int) -> [Duration] {
        var history = RestartHistory()
        return (0..<count).map { index in
            let decision = history.decision(after: "s\(index)", reached: 0, at: index * 1000, policy())
            take(&history, "s\(index)", reached: 0, at: index)
            guard case .restart(let pause, _, _) = decision else { return .seconds(-1) }
            return pause
        }
    }

    @Test("pauses 0, 30 s, then twice as long each time, 10 min at most")
    func backoff() {
        #expect(Self.pauses(8) == [0, 30, 60, 120, 240, 480, 600, 600].map { .seconds($0) })
        #expect(Self.pauses(90).allSatisfy { $0 >= .zero && $0 <= .seconds(600) })
    }

    @Test("begins anew after a stable time, but does not forget the budget")
    func forgiveness() {
        var history = RestartHistory()
        for index in 0..<4 { Self.take(&history, "s\(index)", reached: 0, at: index) }
        history.forgive()
        let next = history.decision(after: "x", reached: 0, at: 10_000, Self.policy(.onFailure, 5))
        #expect(next == .restart(after: .zero, attempt: 5, of: 5))
        Self.take(&history, "x", reached: 0, at: 10)
        let last = history.decision(after: "y", reached: 0, at: 20_000, Self.policy(.onFailure, 5))
        #expect(last == .giveUp("5 of 5 restarts within 1h are used up"))
    }

    @Test("counts only the attempts of the window")
    func window() {
        var history = RestartHistory()
        for index in 0..<5 { Self.take(&history, "s\(index)", reached: 0, at: index) }
        guard
            case .restart(_, attempt: 1, of: 5) = history.decision(
                after: "x",
                reached: 0,
                at: 3_700_000,
                Self.policy(.onFailure, 5)
            )
        else {
            Issue.record("an attempt of more than an hour ago counted")
            return
        }
    }

    @Test("the same cause a third time without progress is the last")
    func sameCause() {
        var history = RestartHistory()
        Self.take(&history, "ended 2 exited 1", reached: 3, at: 0)
        Self.take(&history, "ended 2 exited 1", reached: 3, at: 1)
        guard case .giveUp = history.decision(after: "ended 2 exited 1", reached: 3, at: 2000, Self.policy()) else {
            Issue.record("tried a fourth time")
            return
        }
    }

    @Test(
        "another cause, more progress, or having been ready is worth another try",
        arguments: [("ended 1 exited 1", 3), ("ended 2 exited 1", 4), ("ended 2 exited 1", RestartHistory.ready)]
    )
    func progress(_ signature: String, _ reached: Int) {
        var history = RestartHistory()
        Self.take(&history, "ended 2 exited 1", reached: 3, at: 0)
        Self.take(&history, "ended 2 exited 1", reached: 3, at: 1)
        guard case .restart = history.decision(after: signature, reached: reached, at: 2000, Self.policy()) else {
            Issue.record("gave up")
            return
        }
    }

    @Test("does nothing where the file says never")
    func never() {
        let decision = RestartHistory().decision(after: "x", reached: 0, at: 0, Self.policy(.never))
        #expect(decision == .giveUp("the file says `restart: {policy: never}`"))
    }
}
