import CLibSSH2
import Glibc

/// One TCP connect in progress on a loop.
final class Dialer: LoopHandler {
    private let loop: SSHLoop
    private var fd: Int32
    private var completion: ((Result<Int32, DialFailure>) -> Void)?

    /// Starts connecting; `completion` is told once, unless `cancel` came first, and then owns the descriptor.
    init(_ address: SocketAddress, loop: SSHLoop, completion: @escaping (Result<Int32, DialFailure>) -> Void) {
        self.loop = loop
        self.completion = completion
        fd = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        let code = fd >= 0 && address.connect(fd) == 0 ? 0 : errno
        if code == EINPROGRESS { loop.watch(fd, for: EPOLLOUT.rawValue, self) } else { finish(code) }
    }

    func ready(_ events: UInt32) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
        finish(code)
    }

    /// Gives up and closes the descriptor.
    func cancel() {
        guard completion != nil else { return }
        completion = nil
        loop.forget(fd)
        close(fd)
    }

    private func finish(_ code: Int32) {
        let completion = completion
        self.completion = nil
        if fd >= 0 { loop.forget(fd) }
        guard code == 0 else {
            if fd >= 0 { close(fd) }
            completion?(.failure(DialFailure(code: code)))
            return
        }
        completion?(.success(fd))
    }
}

/// Why a TCP connect failed.
struct DialFailure: Error, CustomStringConvertible {
    let code: Int32

    var description: String { String(cString: strerror(code)) }

    var errorCode: SSHError.Code {
        switch code {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL: .unreachable
        default: .unreachable
        }
    }
}

/// Socket options of a connection to a server.
enum TCPOptions {
    /// Small packets at once, and a dead peer's kernel noticed within three keepalive intervals.
    static func apply(to fd: Int32, keepalive: Duration) {
        let seconds = max(1, Int32(clamping: keepalive.components.seconds))
        set(fd, IPPROTO_TCP, TCP_NODELAY, 1)
        set(fd, Int(SOL_SOCKET), SO_KEEPALIVE, 1)
        set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds)
        set(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds)
        set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3)
        // Unacknowledged bytes: without this, a write into the void is retried for a quarter of an hour.
        set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, Int32(clamping: Int64(seconds) * 3000))
    }

    private static func set(_ fd: Int32, _ level: Int, _ option: Int32, _ value: Int32) {
        var value = value
        // Not fatal: a socket pair in place of TCP has none of these.
        setsockopt(fd, Int32(level), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
