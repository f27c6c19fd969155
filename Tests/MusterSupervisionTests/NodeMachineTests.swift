import MusterSupervision
import Testing

@Suite("NodeMachine")
struct NodeMachineTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var events: [(NodeMachine.Event, Duration)]
        var actions: [NodeMachine.Action]
        var isReachable = false
        var isLost = false
    }

    static let rows = [
        Row(
            testDescription: "is reached",
            events: [(.heard(boot: "a"), .seconds(1))],
            actions: [.reached],
            isReachable: true
        ),
        Row(
            testDescription: "hears again and again without a word",
            events: [(.heard(boot: "a"), .seconds(1)), (.heard(boot: "a"), .seconds(2)), (.tick, .seconds(99))],
            actions: [.reached],
            isReachable: true
        ),
        Row(
            testDescription: "is never reached and lost after the limit",
            events: [(.tick, .seconds(14)), (.tick, .seconds(15)), (.tick, .seconds(16))],
            actions: [.lost(after: .seconds(15))],
            isLost: true
        ),
        Row(
            testDescription: "is suspected once, however often it is silent",
            events: [
                (.heard(boot: "a"), .seconds(1)), (.silent(for: .seconds(5), "x"), .seconds(10)),
                (.silent(for: .seconds(6), "y"), .seconds(11)), (.tick, .seconds(19)),
            ],
            actions: [.reached, .suspected("x")]
        ),
        Row(
            testDescription: "is lost after the limit, counted from the last word",
            events: [
                (.heard(boot: "a"), .seconds(1)), (.silent(for: .seconds(5), "x"), .seconds(10)), (.tick, .seconds(20)),
            ],
            actions: [.reached, .suspected("x"), .lost(after: .seconds(15))],
            isLost: true
        ),
        Row(
            testDescription: "comes back from suspicion",
            events: [
                (.heard(boot: "a"), .seconds(1)), (.silent(for: .seconds(5), "x"), .seconds(10)),
                (.heard(boot: "a"), .seconds(12)),
            ],
            actions: [.reached, .suspected("x"), .back(after: .seconds(7))],
            isReachable: true
        ),
        Row(
            testDescription: "comes back from loss with another boot id",
            events: [
                (.heard(boot: "a"), .seconds(1)), (.silent(for: .zero, "x"), .seconds(10)), (.tick, .seconds(25)),
                (.heard(boot: "b"), .seconds(70)),
            ],
            actions: [.reached, .suspected("x"), .lost(after: .seconds(15)), .back(after: .seconds(60)), .rebooted],
            isReachable: true
        ),
        Row(
            testDescription: "reboots faster than anybody notices",
            events: [(.heard(boot: "a"), .seconds(1)), (.heard(boot: "b"), .seconds(2))],
            actions: [.reached, .rebooted],
            isReachable: true
        ),
        Row(
            testDescription: "is not suspected before it was ever reached",
            events: [(.silent(for: .seconds(5), "x"), .seconds(6))],
            actions: []
        ),
    ]

    @Test("does exactly this", arguments: rows)
    func table(_ row: Row) {
        var machine = NodeMachine(lostAfter: .seconds(15), at: .zero)
        let actions = row.events.flatMap { machine.on($0.0, at: $0.1) }
        #expect(actions == row.actions)
        #expect(machine.isReachable == row.isReachable)
        #expect(machine.isLost == row.isLost)
    }
}
