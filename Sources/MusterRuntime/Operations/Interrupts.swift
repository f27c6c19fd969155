import MusterLock

/// The wish of a person to stop watching, raised by a signal and heard by whatever is waiting.
package final class Interrupts: Sendable {
    private let latch = Latch()

    package init() {}

    package var isRaised: Bool { latch.isOpen }

    /// Wakes everybody who waits, now and from now on.
    package func raise() { latch.open() }

    /// Returns when an interrupt was raised, or the task was cancelled.
    package func next() async { await latch.wait() }

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
