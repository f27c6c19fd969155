import Synchronization

/// Wakes everyone who waits for events, and holds none of them: who is woken reads the store.
final class EventLatch: Sendable {
    private struct State {
        var newest: Int64
        var tickets = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state: Mutex<State>

    /// - Parameter newest: The newest event there is.
    init(newest: Int64) { state = Mutex(State(newest: newest)) }

    /// Tells that there are events up to this one, in any order.
    func advance(to id: Int64) {
        let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard id > state.newest else { return [] }
            state.newest = id
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits for an event.
    ///
    /// - Parameter id: The last event already known.
    /// - Returns: The newest event's id: greater than the given one, unless the task was cancelled.
    func newest(after id: Int64) async -> Int64 {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Looked at under the lock: cancelling either was before this or finds the continuation.
                    guard state.newest <= id, !Task.isCancelled else { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
        return newest()
    }

    /// Not inlined into what waits: `Mutex` would look up its thread-local before the wait, for the wrong thread (Swift 6.3).
    @inline(never)
    private func newest() -> Int64 { state.withLock { $0.newest } }
}
