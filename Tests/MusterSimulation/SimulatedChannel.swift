import MusterRuntime
package import MusterSSH
import Synchronization

/// A channel to something in memory. It takes no more than a window's worth of bytes that nobody has read.
package final class SimulatedChannel: NodeChannel {
    private struct State {
        var output: [UInt8] = []
        var reader: CheckedContinuation<Result<[UInt8]?, SSHError>, Never>?
        /// How it ended, once it has.
        var end: Result<[UInt8]?, SSHError>?
        /// How much was read on this side.
        var readCount = 0
    }

    /// What libssh2 offers a server at first.
    private static let window = 2 << 20
    /// What a connection reads ahead for a channel.
    private static let longestRead = 256 << 10

    private let state = Mutex(State())
    private let target: String
    private let take: @Sendable ([UInt8]) -> Void
    private let left: @Sendable () -> Void

    /// - Parameters:
    ///   - target: The node's name, for errors.
    ///   - take: Gets what is written.
    ///   - left: Hears that this side has closed the channel.
    init(
        _ target: String,
        take: @escaping @Sendable ([UInt8]) -> Void,
        left: @escaping @Sendable () -> Void = {}
    ) {
        self.target = target
        self.take = take
        self.left = left
    }

    // MARK: The far end

    var hasRoom: Bool { state.withLock { $0.output.count < Self.window } }

    /// How many bytes were read on this side.
    var readCount: Int { state.withLock { $0.readCount } }

    func push(_ bytes: [UInt8]) {
        let reader = state.withLock { state in
            if state.end == nil { state.output += bytes }
            return Self.wake(&state)
        }
        reader?()
    }

    /// No more comes, for this reason or because it is all.
    func end(_ error: SSHError? = nil) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(nil) }
            return Self.wake(&state)
        }
        reader?()
    }

    /// What tells a waiting reader, to be done without the lock.
    private static func wake(_ state: inout State) -> (() -> Void)? {
        guard let reader = state.reader, let outcome = outcome(&state) else { return nil }
        state.reader = nil
        return { reader.resume(returning: outcome) }
    }

    private static func outcome(_ state: inout State) -> Result<[UInt8]?, SSHError>? {
        guard !state.output.isEmpty else { return state.end }
        let bytes = Array(state.output.prefix(longestRead))
        state.output.removeFirst(bytes.count)
        state.readCount += bytes.count
        return .success(bytes)
    }

    // MARK: NodeChannel

    package func read() async throws(SSHError) -> [UInt8]? {
        // As on a connection, which lives on a thread of its own: whoever reads gives up theirs.
        await Task.yield()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Result<[UInt8]?, SSHError>? in
                    if let outcome = Self.outcome(&state) { return outcome }
                    // Looked at under the lock: cancelling either was before this or finds the continuation.
                    if Task.isCancelled { return .failure(cancelled) }
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: .failure(cancelled))
        }
        return try result.get()
    }

    package func write(_ bytes: [UInt8]) async throws(SSHError) {
        if let end = state.withLock({ $0.end }) {
            _ = try end.get()
            throw SSHError(.connectionLost, "the channel was closed", target: target)
        }
        take(bytes)
    }

    package func finishInput() async throws(SSHError) {}

    package func close() async {
        left()
        end(SSHError(.connectionLost, "the channel was closed on this side", target: target))
    }

    private var cancelled: SSHError { SSHError(.cancelled, "reading from a channel was cancelled", target: target) }
}
