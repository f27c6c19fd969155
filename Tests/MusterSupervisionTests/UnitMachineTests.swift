import MusterSupervision
import Testing

@Suite("UnitMachine")
struct UnitMachineTests {
    /// Every state, by the events that lead there.
    static let states: [(name: String, path: [UnitMachine.Event], state: UnitMachine.State)] = [
        ("absent", [], .absent),
        ("starting", [.launch], .starting(stopWanted: false)),
        ("starting, to be stopped", [.launch, .stop], .starting(stopWanted: true)),
        ("running", [.launch, .started], .running),
        ("over", [.launch, .started, .ended], .over),
        ("stopping", [.launch, .started, .stop], .stopping),
        ("held", [.launch, .started, .stop, .stopped(["x"])], .held(["x"])),
        ("unasked", [.launch, .started, .stop, .stopFailed("x")], .unasked("x")),
    ]

    /// What each event does in each state: the state after it, and the one action. What is not named changes nothing.
    static let moves: [String: (UnitMachine.State, UnitMachine.Action?)] = [
        "absent launch": (.starting(stopWanted: false), .start),
        "starting started": (.running, nil),
        "starting refused": (.over, nil),
        "starting ended": (.over, nil),
        "starting stop": (.starting(stopWanted: true), nil),
        "starting, to be stopped started": (.stopping, .stop),
        "starting, to be stopped refused": (.stopping, .stop),
        "running ended": (.over, nil),
        "running stop": (.stopping, .stop),
        "over stop": (.stopping, .stop),
        "stopping stopped": (.absent, nil),
        "stopping stopped with leftovers": (.held(["y"]), nil),
        "stopping stopFailed": (.unasked("y"), nil),
        "held tick": (.stopping, .stop),
        "unasked tick": (.stopping, .stop),
        "unasked contactRestored": (.stopping, .stop),
    ]

    static let events: [(name: String, event: UnitMachine.Event)] = [
        ("launch", .launch), ("started", .started), ("refused", .refused), ("ended", .ended), ("stop", .stop),
        ("stopped", .stopped([])), ("stopped with leftovers", .stopped(["y"])), ("stopFailed", .stopFailed("y")),
        ("contactRestored", .contactRestored), ("tick", .tick),
    ]

    @Test("goes exactly where the table says", arguments: 0..<states.count)
    func table(_ index: Int) {
        let (name, path, state) = Self.states[index]
        for (word, event) in Self.events {
            var machine = UnitMachine()
            for step in path { _ = machine.on(step, at: .zero) }
            #expect(machine.state == state, "\(name)")
            let actions = machine.on(event, at: .seconds(60))
            let expected = Self.moves["\(name) \(word)"]
            #expect(machine.state == expected?.0 ?? state, "\(name), \(word)")
            #expect(actions == (expected?.1.map { [$0] } ?? []), "\(name), \(word)")
        }
    }

    @Test("every move of the table is one that can happen")
    func moves() {
        let possible = Set(Self.states.flatMap { state in Self.events.map { "\(state.name) \($0.name)" } })
        #expect(possible.isSuperset(of: Self.moves.keys))
    }

    @Test("tries again to stop, but not at once")
    func retries() {
        var machine = UnitMachine(isRunning: true)
        _ = machine.on(.stop, at: .zero)
        _ = machine.on(.stopFailed("no route"), at: .seconds(1))
        #expect(machine.on(.tick, at: .seconds(5)).isEmpty)
        #expect(machine.on(.tick, at: .seconds(6)) == [.stop])
        #expect(!machine.isAbsent)
        _ = machine.on(.stopped([]), at: .seconds(7))
        #expect(machine.isAbsent)
    }
}
