import MusterSpec

/// Bounds a wait. Being late is an error of its own, told apart from cancellation and from the work's failures.
package enum Deadline {
    /// The work did not end in time.
    package struct TimedOut: Error, Hashable, Sendable, CustomStringConvertible {
        package let after: Duration
        package var description: String { "no answer within \(DurationText.text(after))" }
    }

    /// Runs work that must end in time; when it does not, it is cancelled and awaited before this throws.
    package static func run<Value: Sendable>(
        _ limit: Duration,
        _ work: @escaping @concurrent @Sendable () async throws -> Value
    )
        async throws -> Value
    {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: limit)
                throw TimedOut(after: limit)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
