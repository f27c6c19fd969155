import CLibSSH2
import Glibc

/// Connections that pass through this one.
extension SSHConnection {
    /// Listens on a free port of 127.0.0.1 and passes each connection on to `toHost:toPort` as the server sees it.
    ///
    /// - Throws: `.forwardRefused` if there is no port to listen on. A connection that the server cannot make later is
    ///   closed without a byte.
    public func localForward(toHost: String, toPort: Int) async throws(SSHError) -> SSHLocalForward {
        _ = try live()
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound =
            fd >= 0 && SocketAddress.loopback.bind(fd) == 0 && listen(fd, 64) == 0
            && withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) == 0 }
            }
        guard bound else {
            let text = "cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))"
            if fd >= 0 { Glibc.close(fd) }
            throw SSHError(.forwardRefused, text, target: target.alias)
        }
        let id = makeID()
        let listener = ForwardListener(fd, loop: loop) { [weak self] accepted in
            self?.assumeIsolated { $0.relay(accepted, toHost: toHost, toPort: toPort, listener: id) }
        }
        listeners[id] = listener
        loop.watch(fd, for: EPOLLIN.rawValue, listener)
        return SSHLocalForward(self, id: id, port: Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Passes an accepted connection on.
    private func relay(_ fd: Int32, toHost: String, toPort: Int, listener: Int) {
        guard let pump = try? live() else {
            Glibc.close(fd)
            return
        }
        let stream = directStream(toHost, toPort, pump)
        let id = makeID()
        streams[id] = stream
        let relay = Relay(fd, stream, loop: loop) { [weak self] in
            self?.assumeIsolated {
                $0.streams[id] = nil
                $0.listeners[listener]?.relays[id] = nil
            }
        }
        listeners[listener]?.relays[id] = relay
        stream.callers.whenOpen { outcome in
            if case .success = outcome { relay.start() } else { relay.close() }
        }
        pump.open(stream)
    }

    /// One end of a socket pair whose other end the server connected to `toHost:toPort`: what a session that goes
    /// through this one has for a socket. The caller owns it.
    func relaySocket(toHost: String, port: Int, deadline: Duration) async throws(SSHError) -> Int32 {
        let kind = ChannelStream.Kind.direct(host: toHost, port: port)
        let id = try await opened(kind, errors: OutputBuffer(capacity: 0, .tail), deadline: deadline)
        guard let stream = streams[id] else { throw ended ?? cancelled("connecting to `\(toHost):\(port)`") }
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            dropStream(id)
            throw SSHError(.forwardRefused, "no socket pair: \(String(cString: strerror(errno)))", target: target.alias)
        }
        let relay = Relay(pair[1], stream, loop: loop) { [weak self] in
            self?.assumeIsolated { $0.streams[id] = nil }
        }
        relay.start()
        return pair[0]
    }

    private func directStream(_ host: String, _ port: Int, _ pump: Pump) -> ChannelStream {
        ChannelStream(
            .direct(host: host, port: port),
            on: pump,
            output: OutputBuffer(capacity: 256 << 10, .backPressure),
            errors: OutputBuffer(capacity: 0, .tail)
        )
    }

    func stopListening(_ id: Int) {
        listeners.removeValue(forKey: id)?.close()
    }
}

/// A listening socket on a loop.
final class ForwardListener: LoopHandler {
    private let fd: Int32
    private let loop: SSHLoop
    private let accepted: (Int32) -> Void
    private var closed = false
    /// The connections accepted so far that are still open.
    var relays: [Int: Relay] = [:]

    init(_ fd: Int32, loop: SSHLoop, accepted: @escaping (Int32) -> Void) {
        self.fd = fd
        self.loop = loop
        self.accepted = accepted
    }

    func ready(_ events: UInt32) {
        while !closed {
            let connection = accept(fd, nil, nil)
            guard connection >= 0 else {
                if errno == ECONNABORTED || errno == EINTR { continue }
                if errno != EAGAIN { pauseAccepting() }
                return
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            _ = fcntl(connection, F_SETFL, O_NONBLOCK)
            accepted(connection)
        }
    }

    /// Without descriptors accept fails at once, and epoll would say again and again that there is one to accept.
    private func pauseAccepting() {
        loop.forget(fd)
        loop.schedule(after: .milliseconds(100)) { [weak self] in
            guard let self, !closed else { return }
            loop.watch(fd, for: EPOLLIN.rawValue, self)
        }
    }

    /// Stops listening and closes what was accepted.
    func close() {
        guard !closed else { return }
        closed = true
        loop.forget(fd)
        Glibc.close(fd)
        let open = relays.values
        relays = [:]
        for relay in open { relay.close() }
    }
}
