import Testing

@testable import MusterSSH

/// What is told or let go of may come back at once.
@Suite("Coming back while being told")
struct ReentranceTests {
    private final class Holder {
        let callers = StreamCallers()
        var timers = LoopTimers()
    }

    /// Does something when the last reference to it is gone, as a connection does that nobody has closed.
    private final class Last {
        private let farewell: () -> Void

        init(_ farewell: @escaping () -> Void) { self.farewell = farewell }

        deinit { farewell() }
    }

    @Test("whoever is told of an end may end it again, and is told once")
    func ended() {
        let holder = Holder()
        var told: [Int] = []
        for id in 0..<3 {
            holder.callers.whenEnded(id) { _ in
                told.append(id)
                holder.callers.ended(.success(.status(1)))
            }
        }
        holder.callers.whenOpen { _ in holder.callers.ended(.success(.status(1))) }
        holder.callers.opened(.success(()))
        holder.callers.ended(.success(.status(0)))
        #expect(told == [0, 1, 2])
    }

    @Test("a reader that is given its turn may ask for another")
    func read() throws {
        let holder = Holder()
        var turns = 0
        holder.callers.read(0) { _ in
            turns += 1
            holder.callers.read(1) { _ in turns += 1 }
        }
        while let read = holder.callers.nextReader() { read(.success([1])) }
        #expect(turns == 2)
    }

    @Test("a timer may hold the last reference to what has another timer")
    func timers() {
        let holder = Holder()
        var removed = false
        let other = holder.timers.add(at: .now) {}
        var last: Last? = Last {
            _ = holder.timers.remove(other)
            removed = true
        }
        let key = holder.timers.add(at: .now) { [last] in _ = last }
        last = nil
        _ = holder.timers.remove(key)
        #expect(removed)
        #expect(holder.timers.popDue(at: .now) == nil)
    }
}
