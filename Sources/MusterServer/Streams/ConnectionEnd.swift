import MusterLock
import NIOCore

/// Tells a stream that its client has gone, also while nothing is written.
///
/// Hummingbird's own way, `consumeWithInboundCloseHandler`, ends the process in 2.28.1 when the stream ends before the
/// request's end was read.
final class ConnectionEnd: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private let latch = Latch()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { latch.open() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        latch.open()
        context.fireChannelInactive()
    }

    /// Returns when the client of this connection has gone, or when the task is cancelled.
    static func wait(for channel: any Channel) async {
        // A router that is asked without a connection has no client that could go.
        let end = try? await channel.pipeline.handler(type: ConnectionEnd.self).get()
        await (end ?? ConnectionEnd()).latch.wait()
    }
}
