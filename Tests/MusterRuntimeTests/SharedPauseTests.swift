import Testing

@testable import MusterRuntime

@Suite("SharedPause", .timeLimit(.minutes(5)))
struct SharedPauseTests {
    @Test("ends no earlier than asked for, whoever else waits")
    func length() async throws {
        let pause = SharedPause(step: .milliseconds(20))
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    let (began, span) = (ContinuousClock.now, Duration.milliseconds(number % 7 * 10))
                    try await pause.sleep(for: span)
                    #expect(.now - began >= span)
                }
            }
        }
    }

    @Test("a pause that is cancelled ends at once, and those of others go on")
    func cancellation() async throws {
        let pause = SharedPause(step: .milliseconds(200))
        let tasks = (0..<20).map { _ in Task { try await pause.sleep(for: .milliseconds(100)) } }
        let long = Task { try await pause.sleep(for: .seconds(3600)) }
        // Whoever has the timer is among them; which one that is, nobody knows.
        for task in tasks.dropLast() { task.cancel() }
        try await tasks[19].value
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
    }

    @Test("a task that is cancelled before it pauses does not pause")
    func cancelledBefore() async {
        let pause = SharedPause(step: .seconds(3600))
        let tasks = (0..<3).map { _ in
            Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await pause.sleep(for: .seconds(1))
            }
        }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    }
}
