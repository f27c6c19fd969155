import Synchronization

/// The wish of a person to stop watching, raised by a signal and heard by whatever is waiting.
package final class Interrupts: Sendable {
    private struct State {
        var isRaised = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock(\.isRaised) }

    /// Wakes everybody who waits, now and from now on.
    package func raise() {
        let waiters = state.withLock { state in
            state.isRaised = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns when an interrupt was raised, or the task was cancelled.
    package func next() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Raised or cancelled before the waiter was there: nobody else will wake it.
                let isDone = state.withLock { state in
                    if state.isRaised || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Runs work that an interrupt cancels; nothing when it did.
    package func cancelling<Value: Sendable>(
        _ work: @escaping @concurrent @Sendable () async throws -> Value
    )
        async throws -> Value?
    {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await self.next()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
