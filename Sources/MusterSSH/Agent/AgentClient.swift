import CLibSSH2
import Glibc

/// A conversation with an agent over its socket, one request at a time, on a loop and never blocking.
final class AgentClient: LoopHandler {
    typealias Answer = Result<[UInt8], SSHError>

    private let loop: SSHLoop
    private let fd: Int32
    private let alias: String
    private var outgoing: [UInt8] = []
    private var incoming: [UInt8] = []
    private var completion: ((Answer) -> Void)?

    /// Connects; a Unix socket is connected at once or not at all.
    init(path: String, loop: SSHLoop, alias: String) throws(SSHError) {
        func failed(_ text: String) -> SSHError {
            SSHError(.agentFailed, "the agent at `\(path)` \(text)", target: alias, hint: "check `ssh-add -l`")
        }
        guard let address = SocketAddress(unixPath: path) else { throw failed("has too long a path for a socket") }
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard fd >= 0 else { throw failed("cannot be reached: \(String(cString: strerror(errno)))") }
        guard address.connect(fd) == 0 else {
            let code = errno
            close(fd)
            // EAGAIN: its queue of connections is full, so it does not accept any.
            throw failed(code == EAGAIN ? "does not answer" : "cannot be reached: \(String(cString: strerror(code)))")
        }
        self.fd = fd
        self.loop = loop
        self.alias = alias
    }

    /// Ends the conversation; must be called on the loop before the last reference goes.
    func shut() {
        guard !closed else { return }
        closed = true
        loop.forget(fd)
        close(fd)
        completion = nil
    }

    private var closed = false

    /// Sends `message` and hands over the body of the answer.
    func request(_ message: [UInt8], _ completion: @escaping (Answer) -> Void) {
        guard !closed else { return completion(.failure(broken)) }
        outgoing = message
        incoming = []
        self.completion = completion
        ready(0)
    }

    func ready(_ events: UInt32) {
        while !outgoing.isEmpty {
            let count = outgoing.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return wait(orFail: errno, for: EPOLLOUT.rawValue) }
            outgoing.removeFirst(count)
        }
        while true {
            let scratch = loop.scratch
            let count = recv(fd, scratch.baseAddress, scratch.count, 0)
            guard count > 0 else { return wait(orFail: count == 0 ? ECONNRESET : errno, for: EPOLLIN.rawValue) }
            incoming.append(contentsOf: scratch[..<count])
            guard let length = AgentMessages.length(incoming) else { continue }
            guard length <= 256 << 10 else { return finish(.failure(broken)) }
            if incoming.count >= 4 + length { return finish(.success(Array(incoming[4..<(4 + length)]))) }
        }
    }

    private func wait(orFail code: Int32, for mask: UInt32) {
        if code == EAGAIN || code == EINTR {
            loop.watch(fd, for: mask, self)
        } else {
            finish(.failure(broken))
        }
    }

    private func finish(_ answer: Answer) {
        loop.forget(fd)
        let completion = completion
        self.completion = nil
        completion?(answer)
    }

    private var broken: SSHError {
        SSHError(.agentFailed, "the agent closed the conversation", target: alias, hint: "check `ssh-add -l`")
    }
}
