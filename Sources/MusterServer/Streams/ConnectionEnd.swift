import NIOCore
import Synchronization

/// Tells a stream that its client has gone, also while nothing is written.
///
/// Hummingbird's own way, `consumeWithInboundCloseHandler`, ends the process in 2.28.1 when the stream ends before the
/// request's end was read.
final class ConnectionEnd: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private struct State {
        var isOver = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// Returns when the connection is over, or the task is cancelled. One request after the other waits on the same
    /// connection, and some give up, so this is no stream, which would end with the first of them.
    func wait() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isOver || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    private func finish() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    /// Returns when the client of this connection has gone, or when the task is cancelled.
    static func wait(for channel: any Channel) async {
        // A router that is asked without a connection has no client that could go.
        let end = try? await channel.pipeline.handler(type: ConnectionEnd.self).get()
        await (end ?? ConnectionEnd()).wait()
    }
}
