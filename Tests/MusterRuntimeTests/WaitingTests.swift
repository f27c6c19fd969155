import Synchronization
import Testing

@testable import MusterRuntime

/// Opens when enough have come to it, and stays open.
private actor Gate {
    private let needed: Int
    private var inside = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false
    private(set) var most = 0

    init(opensAt needed: Int) { self.needed = needed }

    func enter() async {
        inside += 1
        most = max(most, inside)
        if inside >= needed {
            isOpen = true
            for continuation in waiting { continuation.resume() }
            waiting = []
        } else if !isOpen {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() { inside -= 1 }
}

@Suite("FanOut", .timeLimit(.minutes(5)))
struct FanOutTests {
    @Test("gives results in the order of the items", arguments: [0, 1, 3, 64, 65, 300])
    func order(_ count: Int) async {
        let results = await FanOut.map(Array(0..<count)) { item in
            for _ in 0..<(item * 7 % 5) { await Task.yield() }
            return item * 2
        }
        #expect(results == (0..<count).map { $0 * 2 })
    }

    @Test("works on as many at once as it may, and on no more", arguments: [1, 2, 4, 16])
    func width(_ width: Int) async {
        // The first ones wait for each other: with fewer at once they would wait for ever.
        let gate = Gate(opensAt: width)
        _ = await FanOut.map(Array(0..<(width * 5 + 1)), width: width) { _ in
            await gate.enter()
            await Task.yield()
            await gate.leave()
        }
        #expect(await gate.most == width)
    }

    @Test("does the work even where nobody thought of a width", arguments: [0, -3])
    func noWidth(_ width: Int) async {
        #expect(await FanOut.map([1, 2, 3], width: width) { $0 } == [1, 2, 3])
    }

    @Test("tells the work that it is cancelled, and still gives a result for each item")
    func cancellation() async {
        let gate = Gate(opensAt: 3)
        let task = Task {
            await FanOut.map(Array(0..<8), width: 2) { _ -> Bool in
                await gate.enter()
                // Ends by cancellation only.
                try? await Task.sleep(for: .seconds(3600))
                return Task.isCancelled
            }
        }
        async let third: Void = gate.enter()
        await third
        task.cancel()
        #expect(await task.value == Array(repeating: true, count: 8))
    }
}

@Suite("Deadline", .timeLimit(.minutes(5)))
struct DeadlineTests {
    private struct Broken: Error {}

    @Test("gives the value of work that ends in time")
    func value() async throws { #expect(try await Deadline.run(.seconds(3600)) { 7 } == 7) }

    @Test("being late is an error of its own, thrown after the work has heard of it")
    func timeout() async {
        let ended = Mutex(false)
        await #expect(throws: Deadline.TimedOut(after: .milliseconds(5))) {
            try await Deadline.run(.milliseconds(5)) {
                defer { ended.withLock { $0 = true } }
                try await Task.sleep(for: .seconds(3600))
            }
        }
        #expect(ended.withLock { $0 })
        #expect("\(Deadline.TimedOut(after: .milliseconds(1500)))" == "no answer within 1s500ms")
    }

    @Test("a failure of the work is that failure")
    func failure() async {
        await #expect(throws: Broken.self) { try await Deadline.run(.seconds(3600)) { throw Broken() } }
    }

    @Test("cancellation is cancellation, not lateness")
    func cancellation() async {
        let gate = Gate(opensAt: 2)
        let task = Task {
            try await Deadline.run(.seconds(3600)) {
                await gate.enter()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await gate.enter()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("no time at all is too late for work that waits")
    func zero() async {
        await #expect(throws: Deadline.TimedOut.self) {
            try await Deadline.run(.zero) { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}

@Suite("Interrupts", .timeLimit(.minutes(5)))
struct InterruptsTests {
    @Test("one that was raised before is heard at once, by everybody and for good")
    func before() async {
        let interrupts = Interrupts()
        #expect(!interrupts.isRaised)
        interrupts.raise()
        interrupts.raise()
        #expect(interrupts.isRaised)
        await interrupts.next()
        await interrupts.next()
    }

    @Test("wakes everybody, whether they wait already or come later")
    func everybody() async {
        for round in 0..<50 {
            let interrupts = Interrupts()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { await interrupts.next() } }
                for _ in 0..<(round % 7) { await Task.yield() }
                group.addTask { interrupts.raise() }
                await group.waitForAll()
            }
            #expect(interrupts.isRaised)
        }
    }

    @Test("a cancelled waiter returns, and the others go on waiting")
    func cancelled() async {
        for round in 0..<200 {
            let interrupts = Interrupts()
            let other = Task { await interrupts.next() }
            let task = Task { await interrupts.next() }
            for _ in 0..<(round % 5) { await Task.yield() }
            task.cancel()
            await task.value
            #expect(!interrupts.isRaised)
            interrupts.raise()
            await other.value
        }
    }

    @Test("survives raising and cancelling at the same moment")
    func race() async {
        for _ in 0..<500 {
            let interrupts = Interrupts()
            let task = Task { await interrupts.next() }
            async let raise: Void = { interrupts.raise() }()
            async let cancel: Void = { task.cancel() }()
            _ = await (raise, cancel)
            await task.value
        }
    }

    @Test("lets work end that nobody interrupts, with its value or its error")
    func undisturbed() async throws {
        #expect(try await Interrupts().cancelling { 7 } == 7)
        await #expect(throws: Deadline.TimedOut.self) {
            _ = try await Interrupts().cancelling { throw Deadline.TimedOut(after: .zero) }
        }
    }

    @Test("cancels work, waits for its end, and says that there is no value")
    func interrupted() async throws {
        let interrupts = Interrupts()
        let gate = Gate(opensAt: 2)
        let ended = Mutex(false)
        async let value = interrupts.cancelling { () async throws -> Int in
            await gate.enter()
            // Ends by cancellation only, after which the work takes its time to clean up.
            try? await Task.sleep(for: .seconds(3600))
            await Task.yield()
            ended.withLock { $0 = true }
            return 7
        }
        await gate.enter()
        interrupts.raise()
        #expect(try await value == nil)
        #expect(ended.withLock { $0 })
    }
}
