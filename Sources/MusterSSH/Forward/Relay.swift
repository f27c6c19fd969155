import CLibSSH2
import Glibc

/// Copies between a socket and a direct-tcpip channel until both directions have ended.
///
/// The channel's bounded buffer and its input queue are the only storage: the socket is read only when the queue is
/// empty, and the channel only while the buffer has room, so a slow side slows the other.
final class Relay: LoopHandler {
    private let loop: SSHLoop
    private let fd: Int32
    private let stream: ChannelStream
    private var inputEnded = false
    private var outputEnded = false
    private var hungUp = false
    private var closed = false
    private var onClose: (() -> Void)?

    /// Takes ownership of `fd`, a non-blocking socket, and of the open `stream`.
    init(_ fd: Int32, _ stream: ChannelStream, loop: SSHLoop, onClose: @escaping () -> Void) {
        self.fd = fd
        self.stream = stream
        self.loop = loop
        self.onClose = onClose
    }

    /// Starts copying; the stream keeps the relay alive.
    func start() {
        stream.onProgress = { self.ready(0) }
        ready(0)
    }

    func ready(_ events: UInt32) {
        guard !closed else { return }
        if events & EPOLLERR.rawValue != 0 { return close() }
        if events & EPOLLHUP.rawValue != 0 {
            // Nobody is there to deliver to, and epoll would repeat it; what was sent before is still to be read.
            hungUp = true
            loop.forget(fd)
        }
        receive()
        guard !closed else { return }
        deliver()
        guard !closed else { return }
        if hungUp && inputEnded && stream.input.isEmpty { return close() }
        if !hungUp { arm() }
    }

    /// From the socket to the channel.
    private func receive() {
        while !inputEnded, stream.input.isEmpty, stream.result == nil {
            let scratch = loop.scratch
            let count = recv(fd, scratch.baseAddress, scratch.count, 0)
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { return close() }
                return
            }
            if count == 0 {
                inputEnded = true
                stream.input.finish()
            } else {
                stream.input.append([UInt8](scratch[..<count]), done: nil)
            }
            // Writes what it can, and calls back into `ready` when it was called by the pump; from here it only queues.
            runPump()
        }
    }

    /// From the channel to the socket.
    private func deliver() {
        let wasFull = !stream.output.hasRoom
        while !stream.output.bytes.isEmpty {
            let count = stream.output.bytes.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else {
                if errno != EAGAIN && errno != EINTR { return close() }
                break
            }
            stream.output.consume(count)
        }
        if wasFull && stream.output.hasRoom { runPump() }
        if !closed && stream.outputEnded && stream.output.bytes.isEmpty && !outputEnded {
            outputEnded = true
            shutdown(fd, Int32(SHUT_WR))
        }
        // The stream has a result only after the peer closed the channel in both directions.
        if !closed && stream.result != nil && stream.output.bytes.isEmpty { close() }
    }

    private func runPump() {
        // The pump calls `ready` back through `onProgress`; without this it would do so from within itself.
        let callback = stream.onProgress
        stream.onProgress = nil
        stream.pump.run()
        if !closed { stream.onProgress = callback }
    }

    private func arm() {
        var mask: UInt32 = 0
        if !inputEnded && stream.input.isEmpty { mask |= EPOLLIN.rawValue }
        if !stream.output.bytes.isEmpty { mask |= EPOLLOUT.rawValue }
        loop.watch(fd, for: mask, self)
    }

    /// Ends both sides.
    func close() {
        guard !closed else { return }
        closed = true
        stream.onProgress = nil
        loop.forget(fd)
        Glibc.close(fd)
        stream.abort(SSHError(.connectionLost, "the forwarded connection was closed", target: stream.pump.alias))
        onClose?()
        onClose = nil
    }
}
