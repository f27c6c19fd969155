import CLibSSH2
import Glibc
import Logging

/// Owns one libssh2 session and runs everything that is pending on it, on the session's loop.
///
/// Any libssh2 call may read packets that belong to another operation, so one readiness event re-runs all of them.
/// See the `Pump` article for why each rule is there.
final class Pump: LoopHandler {
    let loop: SSHLoop
    let alias: String
    let log: Logger
    let tap: SocketTap
    private let fd: Int32
    private let session: SessionHandle
    private var operations: [any PumpOperation] = []
    // The operation whose packet is half sent. No other call may send, and nearly every call may, so while this is set
    // nothing else runs.
    private var pinned: (any PumpOperation)?
    private var running = false
    private var rerun = false
    private var retry: LoopTimers.Key?
    private(set) var failure: SSHError?
    /// Told once when the session is gone, after every pending operation was.
    var onFailure: ((SSHError) -> Void)?

    /// Bounds how many session channels are open at a time.
    let slots = SessionSlots()
    private var limitTimer: LoopTimers.Key?

    let keepalive: Duration
    var heartbeat: LoopTimers.Key?
    var lastReceived = ContinuousClock.now
    var lastCount: UInt64 = 0
    var probing = false
    var draining = false

    /// Takes ownership of `fd`, a connected stream socket.
    init?(fd: Int32, loop: SSHLoop, alias: String, keepalive: Duration, log: Logger) {
        let tap = SocketTap(fd)
        guard let session = SessionHandle(tap: tap) else { return nil }
        self.tap = tap
        self.session = session
        self.fd = fd
        self.loop = loop
        self.alias = alias
        self.keepalive = keepalive
        self.log = log
    }

    /// Runs `operation` now and whenever the session is ready, until it is finished.
    func submit(_ operation: any PumpOperation) {
        if let failure { return operation.fail(failure) }
        operations.append(operation)
        run()
    }

    /// Opens `stream` as soon as the server has room for it.
    func open(_ stream: ChannelStream) {
        if let failure { return stream.fail(failure) }
        guard stream.countsAsSession else { return submit(stream) }
        slots.enqueue(stream)
        grantSlots()
    }

    /// Starts streams that wait for a slot.
    func grantSlots() {
        while failure == nil, let stream = slots.next() { submit(stream) }
    }

    /// Tries a higher limit of channels a little later, after a refusal has lowered it.
    func raiseLimitLater() {
        guard limitTimer == nil else { return }
        limitTimer = loop.schedule(after: .milliseconds(200)) { [weak self] in
            guard let self else { return }
            limitTimer = nil
            slots.raiseLimit()
            grantSlots()
        }
    }

    /// Submits one call; `completion` is told exactly once.
    func call<Value>(
        _ purpose: String,
        family: OperationFamily?,
        _ body: @escaping (borrowing SessionHandle) -> CallOutcome<Value>,
        completion: @escaping (Result<Value, SSHError>) -> Void
    ) {
        submit(CallOperation(purpose, family: family, body: body, completion: completion))
    }

    /// Reads or sets something that cannot block.
    func withSession<Value>(_ body: (borrowing SessionHandle) -> Value) -> Value { body(session) }

    /// The descriptor, for `libssh2_session_handshake`, which stores it and sets `O_NONBLOCK` on it.
    var socket: Int32 { fd }

    var isIdle: Bool { operations.isEmpty }

    func hasPending(_ family: OperationFamily) -> Bool { operations.contains { $0.family == family } }

    // MARK: Running

    func ready(_ events: UInt32) {
        tap.refill()
        if operations.isEmpty {
            idleEvent(events)
        } else if pinned == nil, !operations.contains(where: { $0.wantsSocket }) {
            // Every channel is full and the peer hung up: epoll would repeat that until somebody reads.
            loop.forget(fd)
        } else {
            run()
        }
    }

    /// Runs every pending operation in the order of submission, until none can make progress.
    func run() {
        // Called from within an operation, for something another one is to do now: one more pass does it.
        rerun = true
        guard !running, failure == nil else { return }
        running = true
        while rerun && failure == nil {
            rerun = false
            let before = tap.received
            let finished = pass()
            // Bytes received in this pass may belong to an operation that ran before them.
            rerun = pinned == nil && (rerun || finished || tap.received != before)
        }
        running = false
        if failure == nil {
            noteActivity()
            arm()
        }
    }

    /// Runs each operation once; true if one of them finished.
    private func pass() -> Bool {
        if let pinned {
            guard step(pinned) else { return false }
        }
        var finished = false
        var families: Set<OperationFamily> = []
        for operation in operations where failure == nil {
            if let family = operation.family, !families.insert(family).inserted { continue }
            let count = operations.count
            _ = step(operation)
            finished = finished || operations.count < count
            if pinned != nil { break }
        }
        return finished
    }

    /// Runs one operation; false if a half-sent packet now blocks all others, or the session is gone.
    private func step(_ operation: any PumpOperation) -> Bool {
        switch operation.advance(session) {
        case .broken(let code):
            die(lost(code, during: operation.purpose))
            return false
        case .finished:
            pinned = nil
            // Only the first: a stream that the server refused may have been submitted again already.
            if let index = operations.firstIndex(where: { $0 === operation }) { operations.remove(at: index) }
            return true
        case .blocked:
            pinned = session.holdsUnsentPacket ? operation : nil
            return pinned == nil
        }
    }

    /// Asks epoll for exactly the events that can help.
    func arm() {
        loop.cancel(retry)
        retry = nil
        guard pinned == nil else {
            // Reading is what the pinned operation must not do, so an unread packet must not wake the loop either.
            return loop.watch(fd, for: EPOLLOUT.rawValue, self)
        }
        let wanted = operations.isEmpty || operations.contains { $0.wantsSocket }
        loop.watch(fd, for: wanted ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0, self)
        guard wanted, !operations.isEmpty, !session.waitsForSocket else { return }
        // libssh2 sometimes names no direction although it wants to be called again (its issues 1672 and 1945).
        retry = loop.schedule(after: .milliseconds(10)) { [weak self] in self?.run() }
    }

    /// Waits for the end of the connection only; used while nobody wants to read.
    func armForHangup() {
        loop.watch(fd, for: EPOLLRDHUP.rawValue, self)
    }

    // MARK: Ending

    /// Ends the session: every pending operation fails with `error`, and the descriptor is closed.
    func die(_ error: SSHError) {
        guard failure == nil else { return }
        failure = error
        pinned = nil
        loop.cancel(retry)
        loop.cancel(heartbeat)
        loop.forget(fd)
        tap.shut()
        let orphans = operations
        operations = []
        for operation in orphans { operation.fail(error) }
        slots.fail(error)
        onFailure?(error)
        onFailure = nil
    }

    /// One try to tell the peer; nothing waits for it, because closing the socket says the same.
    func sayGoodbye() {
        guard failure == nil, pinned == nil else { return }
        _ = session.disconnect()
    }

    /// The error for a session that libssh2 gave up with `code`.
    private func lost(_ code: Int32, during purpose: String) -> SSHError {
        let text = session.text(for: code).map { "libssh2: \($0)" } ?? "libssh2 error \(code)"
        let isProtocol = code == LIBSSH2_ERROR_BAD_USE || code == LIBSSH2_ERROR_ALLOC
        return SSHError(
            isProtocol ? .protocolError : .connectionLost,
            "the connection ended while \(purpose) (\(text))",
            target: alias
        )
    }
}
