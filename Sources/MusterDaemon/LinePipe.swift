import Synchronization

/// Lines from one source to one taker, without more of them in memory than a bound.
final class LinePipe: Sendable {
    private struct State {
        var lines: [String] = []
        var dropped = 0
        var isClosed = false
    }

    /// About 10 MB of ordinary lines.
    private static let limit = 50_000

    private let state = Mutex(State())
    private let wake: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let room: AsyncStream<Void>
    private let roomMaker: AsyncStream<Void>.Continuation

    private init() {
        (wake, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (room, roomMaker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Puts a line in as soon as there is room for it; nowhere when the task is cancelled first.
    func send(_ line: String) async {
        while !tryPut(line) {
            var iterator = room.makeAsyncIterator()
            _ = await iterator.next()
            if Task.isCancelled { return }
        }
    }

    // Locks are taken in functions that are not inlined into what waits: `Mutex` would look up its thread-local before the
    // wait, for the wrong thread (Swift 6.3).

    @inline(never)
    private func tryPut(_ line: String) -> Bool {
        let isIn = state.withLock { state in
            guard state.lines.count < Self.limit else { return false }
            state.lines.append(line)
            return true
        }
        if isIn { waker.yield() }
        return isIn
    }

    /// Puts a line in where there is room, for a source that cannot wait; how many were left out is said.
    func put(_ line: String) {
        state.withLock { state in
            if state.lines.count < Self.limit { state.lines.append(line) } else { state.dropped += 1 }
        }
        waker.yield()
    }

    /// Runs a source of lines and a taker of them, until the source ends or the taker fails.
    static func run(
        _ source: @escaping @concurrent @Sendable (LinePipe) async throws -> Void,
        write: @escaping @concurrent @Sendable ([String]) async throws -> Void
    ) async throws {
        let pipe = LinePipe()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { pipe.close() }
                try await source(pipe)
            }
            group.addTask {
                while let lines = await pipe.take() { try await write(lines) }
            }
            defer { group.cancelAll() }
            for try await _ in group {}
        }
    }

    @inline(never)
    private func close() {
        state.withLock { $0.isClosed = true }
        waker.finish()
    }

    /// All lines there are, maybe none; nothing after the last.
    @inline(never)
    private func takeAll() -> [String]? {
        state.withLock { state in
            if !state.lines.isEmpty || state.dropped > 0 {
                defer { (state.lines, state.dropped) = ([], 0) }
                let note = state.dropped > 0 ? ["muster: \(state.dropped) lines left out: too fast"] : []
                return state.lines + note
            }
            return state.isClosed ? nil : []
        }
    }

    /// The next lines; nothing after the last.
    private func take() async -> [String]? {
        while let taken = takeAll() {
            roomMaker.yield()
            if !taken.isEmpty { return taken }
            var iterator = wake.makeAsyncIterator()
            _ = await iterator.next()
            if Task.isCancelled { return nil }
        }
        return nil
    }
}
