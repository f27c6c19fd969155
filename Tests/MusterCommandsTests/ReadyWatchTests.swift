import MusterSupervision
import Testing

@testable import MusterCommands

@Suite("ReadyWatch")
struct ReadyWatchTests {
    private static let cause =
        #"{"code":"MUS0601","text":"it ended","signature":"s","evidence":["last line"],"isWish":false}"#

    /// The first verdict over events of these kinds and data, as one word.
    private func verdict(
        _ events: (String, String)...,
        wish: Wish = .up,
        replicas: Int = 1,
        ready: [Int: Int] = [:]
    ) -> String {
        var watch = ReadyWatch(wish, replicas: replicas, ready: ready)
        for (index, event) in events.enumerated() {
            let actor = event.0 == "downWanted" ? "alice" : "musterd"
            switch watch.take(record(Int64(index), event.0, "", event.1, actor: actor)) {
            case .ready(let generation, true): return "ready \(generation) adopted"
            case .ready(let generation, false): return "ready \(generation) launched"
            case .failed(let failures):
                return failures.map { "\($0.replica) failed \($0.reason), \($0.cause.code), \($0.cause.evidence)" }
                    .joined(separator: "; ")
            case .refused(let reason): return "refused \(reason)"
            case .unwanted(let person): return "unwanted by \(person)"
            case .forgotten: return "forgotten"
            case nil: continue
            }
        }
        return "none"
    }

    private let up = ("upWanted", #"{"file":{"hash":"h","path":"p"},"plan":"x"}"#)
    private let launch = ("launching", #"{"replica":0,"generation":3,"plan":"x","reason":"r"}"#)

    private func ready(_ generation: Int, replica: Int = 0) -> (String, String) {
        ("ready", #"{"replica":\#(replica),"generation":\#(generation),"after":9,"phases":{"0":1}}"#)
    }

    @Test("ends with the first ready after the wish, and knows whether anything was launched")
    func isReady() {
        #expect(verdict(ready(2), up, launch, ready(3)) == "ready 3 launched")
        #expect(verdict(up, ("adopted", #"{"replica":0,"generation":2}"#), ready(2)) == "ready 2 adopted")
        #expect(verdict(up, launch) == "none")
        #expect(verdict(up, ready(2), ready(4, replica: 1), replicas: 2) == "ready 4 adopted")
        #expect(verdict(up, ready(2), launch, ready(4, replica: 1), replicas: 2) == "none")
    }

    @Test("what was before the wish is about something else")
    func before() {
        let stopped = ("downWanted", "{}")
        #expect(verdict(("gaveUp", #"{"replica":0,"reason":"r","cause":\#(Self.cause)}"#), stopped, up) == "none")
        #expect(verdict(up, ready(2), ("restartWanted", #"{"replica":0,"scope":"gang"}"#), wish: .restart) == "none")
    }

    @Test("who gave up is waited for until the logs were looked at, or two looks at the daemon later")
    func explained() throws {
        let fencing = ("fencing", #"{"replica":0,"generation":3,"cause":\#(Self.cause)}"#)
        let gaveUp = ("gaveUp", #"{"replica":0,"reason":"r","cause":\#(Self.cause)}"#)
        let explained = ("explained", #"{"replica":0,"generation":3}"#)
        let end = "0 failed r, MUS0601, [\"last line\"]"
        #expect(verdict(up, launch, fencing, gaveUp) == "none")
        #expect(verdict(up, launch, fencing, gaveUp, explained) == end)
        #expect(verdict(up, launch, fencing, explained, gaveUp) == end)
        var watch = ReadyWatch(.up)
        #expect(watch.look() == nil)
        for (kind, data) in [up, launch, fencing, gaveUp] { #expect(watch.take(record(1, kind, "", data)) == nil) }
        #expect(watch.look() == nil)
        guard case .failed(let failures)? = watch.look() else {
            Issue.record("no verdict")
            return
        }
        #expect(failures.map(\.reason) == ["r"])
    }

    @Test("ends when nobody tries any more, with the first cause")
    func ends() {
        let gaveUp = ("gaveUp", #"{"replica":0,"reason":"enough","cause":\#(Self.cause)}"#)
        #expect(verdict(up, launch, gaveUp) == #"0 failed enough, MUS0601, ["last line"]"#)
        #expect(verdict(up, ("refused", #"{"reason":"another plan runs"}"#)) == "refused another plan runs")
        #expect(verdict(up, launch, ("downWanted", "{}")) == "unwanted by alice")
    }

    @Test("waits for every replica, and tells those that failed from those that are ready")
    func several() {
        func gaveUp(_ replica: Int) -> (String, String) {
            ("gaveUp", #"{"replica":\#(replica),"reason":"enough","cause":\#(Self.cause)}"#)
        }
        let failed = #" failed enough, MUS0601, ["last line"]"#
        #expect(verdict(up, gaveUp(1), replicas: 2) == "none")
        #expect(verdict(up, gaveUp(1), ready(3), replicas: 2) == "1" + failed)
        #expect(verdict(up, gaveUp(1), gaveUp(0), replicas: 2) == "0\(failed); 1\(failed)")
        // One that has been ready all along says nothing of itself.
        #expect(verdict(up, ready(4, replica: 1), replicas: 2, ready: [0: 2]) == "ready 4 adopted")
        #expect(verdict(up, launch, ready(4, replica: 1), replicas: 2, ready: [0: 2]) == "none")
        // A replica that is restarted is the only one that is waited for.
        let restart = ("restartWanted", #"{"replica":1,"scope":"gang"}"#)
        #expect(verdict(restart, ready(4, replica: 1), wish: .restart, replicas: 2) == "ready 4 adopted")
        #expect(verdict(restart, ready(4), wish: .restart, replicas: 2, ready: [1: 1]) == "none")
    }

    @Test("events of a later release mean nothing to it")
    func later() {
        let (unknown, changed) = (("readier", #"{"much":1}"#), ("ready", #"{"changed":true}"#))
        #expect(verdict(up, unknown, changed, ready(2)) == "ready 2 adopted")
    }
}
