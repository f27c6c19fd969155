import Synchronization

/// Pauses of many tasks that end together, in steps of time. A timer costs two wake-ups of a thread to set and to ring;
/// for a thousand nodes that is most of what watching them costs.
///
/// Of those who wait for a step the first one has the timer, and wakes the others. When it is cancelled, the next one
/// gets it.
package final class SharedPause: Sendable {
    private enum Call { case over, lead, cancelled }

    private struct Step {
        var waiting: [Int: CheckedContinuation<Call, Never>] = [:]
    }

    private struct State {
        var steps: [Int: Step] = [:]
        var tickets = 0
    }

    /// For whatever is done every few seconds, and may be done a little later.
    package static let common = SharedPause(step: .milliseconds(250))

    private let step: Duration
    private let origin = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter step: Pauses end at whole multiples of it.
    package init(step: Duration) { self.step = step }

    /// Returns at the first step that is no earlier than asked for.
    ///
    /// - Throws: `CancellationError`, at once.
    package func sleep(for span: Duration) async throws {
        let number = Int(((ContinuousClock.now - origin + span) / step).rounded(.up))
        guard !enter(number) else { return try await lead(number) }
        switch await wait(for: number) {
        case .over: return
        case .lead: try await lead(number)
        case .cancelled: throw CancellationError()
        }
    }

    // Locks are taken in functions of their own: a thread-local of `Mutex` whose address the optimiser has looked up before
    // a suspension is another thread's after it (Swift 6.3), and a lock that is held in its name cannot be let go of.

    /// True for the first one to come.
    @inline(never)
    private func enter(_ number: Int) -> Bool {
        state.withLock { state in
            guard state.steps[number] == nil else { return false }
            state.steps[number] = Step()
            return true
        }
    }

    private func lead(_ number: Int) async throws {
        do {
            try await Task.sleep(until: origin + step * number, clock: .continuous)
        } catch {
            heir(of: number)?.resume(returning: .lead)
            throw error
        }
        for continuation in end(number) { continuation.resume(returning: .over) }
    }

    /// Who has the timer next, when whoever had it leaves.
    @inline(never)
    private func heir(of number: Int) -> CheckedContinuation<Call, Never>? {
        state.withLock { state in
            guard let ticket = state.steps[number]?.waiting.keys.first else {
                state.steps[number] = nil
                return nil
            }
            return state.steps[number]?.waiting.removeValue(forKey: ticket)
        }
    }

    @inline(never)
    private func end(_ number: Int) -> [CheckedContinuation<Call, Never>] {
        state.withLock { Array($0.steps.removeValue(forKey: number)?.waiting.values ?? [:].values) }
    }

    @inline(never)
    private func ticket() -> Int {
        state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
    }

    private func wait(for number: Int) async -> Call {
        let ticket = ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call = state.withLock { state -> Call? in
                    // Looked at under the lock: cancelling either was before this or finds the continuation.
                    if Task.isCancelled { return .cancelled }
                    // It has passed since, or whoever had the timer has left with nobody to give it to.
                    guard state.steps[number] != nil else {
                        guard origin + step * number > .now else { return .over }
                        state.steps[number] = Step()
                        return .lead
                    }
                    state.steps[number]?.waiting[ticket] = continuation
                    return nil
                }
                if let call { continuation.resume(returning: call) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.steps[number]?.waiting.removeValue(forKey: ticket) }
            waiting?.resume(returning: .cancelled)
        }
    }
}
