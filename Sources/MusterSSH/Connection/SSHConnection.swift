public import Logging
import Synchronization

/// An authenticated connection to one host, on which any number of channels run.
///
/// The actor's executor is its loop's thread, where libssh2 is called; no call of it blocks that thread.
public actor SSHConnection {
    /// What was connected to.
    public nonisolated let target: SSHTarget
    /// The fingerprint of the host's key, `SHA256:` and base64, as `ssh-keygen -l` prints it.
    public internal(set) var hostKeyFingerprint = ""

    nonisolated let loop: SSHLoop
    nonisolated let log: Logger
    // Keeps the loop's thread running for as long as the actor is pinned to it.
    private let group: SSHLoopGroup
    /// The connection this one is tunnelled through.
    let jump: SSHConnection?

    var pump: Pump?
    var ended: SSHError?
    // Connecting is one wait after the other; see `SSHConnection+Connect`.
    var waitPurpose = "starting"
    var abortWait: ((SSHError) -> Void)?
    var aborted: SSHError?
    var wasDropped = false

    // Answers that come from other threads find their wait here.
    var grants: [Int: () -> Void] = [:]
    var resolutions: [Int: (Result<[SocketAddress], SSHError>) -> Void] = [:]

    var dialer: Dialer?

    var streams: [Int: ChannelStream] = [:]
    var listeners: [Int: ForwardListener] = [:]
    private let lastID = Atomic<Int>(0)
    private nonisolated let taskExecutor: LoopTaskExecutor

    /// The loop's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ target: SSHTarget, jump: SSHConnection?, group: SSHLoopGroup, log: Logger) {
        self.target = target
        self.jump = jump
        self.group = group
        self.log = log
        loop = group.next()
        taskExecutor = LoopTaskExecutor(loop)
    }

    isolated deinit {
        // Freed here, because libssh2 handles must be freed on their loop.
        end(closedHere)
    }

    /// Connects, checks the host's key and authenticates.
    ///
    /// - Parameters:
    ///   - target: Where to connect, as whom, and by which rules; its jump hosts are connected to first.
    ///   - group: The threads to run on.
    ///   - limiter: Bounds the connections that are not authenticated yet, per host.
    ///   - log: Where to tell what happens, at `debug` and `warning`.
    /// - Returns: The connection, which lives until `close()` or until the last reference to it is gone.
    /// - Throws: `SSHError`; cancelling the task ends the attempt with `.cancelled`.
    public static func connect(
        to target: SSHTarget,
        group: SSHLoopGroup = .shared,
        limiter: SSHStartLimiter = .shared,
        log: Logger = Logger(label: "ssh") { _ in SwiftLogNoOpLogHandler() }
    ) async throws(SSHError) -> SSHConnection {
        var jump: SSHConnection?
        if var hop = target.jumps.last {
            hop.jumps += target.jumps.dropLast()
            jump = try await connect(to: hop, group: group, limiter: limiter, log: log)
        }
        let connection = SSHConnection(target, jump: jump, group: group, log: log)
        let result = await withTaskExecutorPreference(connection.taskExecutor) {
            await connection.establish(limiter)
        }
        if case .failure(let error) = result {
            await connection.close()
            throw error
        }
        return connection
    }

    /// Ends the connection; everything in progress on it fails with `.connectionLost`.
    public func close() async {
        pump?.sayGoodbye()
        end(closedHere)
        await jump?.close()
    }

    /// Whether the connection is usable, as far as is known without asking the peer.
    public var isOpen: Bool { pump?.failure == nil && pump != nil }

    func end(_ error: SSHError) {
        if ended == nil { ended = pump?.failure ?? error }
        for listener in listeners.values { listener.close() }
        listeners = [:]
        pump?.die(error)
        pump = nil
        abortWait?(error)
    }

    /// The pump, or why there is none any more.
    func live() throws(SSHError) -> Pump {
        guard let pump else { throw ended ?? closedHere }
        if let failure = pump.failure { throw failure }
        return pump
    }

    nonisolated func makeID() -> Int { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    private nonisolated var closedHere: SSHError {
        SSHError(.connectionLost, "the connection was closed on this side", target: target.alias)
    }

    /// The error of an operation whose task was cancelled.
    nonisolated func cancelled(_ purpose: String) -> SSHError {
        SSHError(.cancelled, "cancelled while \(purpose)", target: target.alias)
    }

    /// Runs `body` on the actor from a callback of its own loop, or soon, from anywhere else.
    nonisolated func later(_ body: @escaping @Sendable (isolated SSHConnection) -> Void) {
        loop.submit { self.assumeIsolated { body($0) } }
    }

    /// Starts something on the actor and waits for its outcome on the caller's executor; when the task is cancelled,
    /// `onCancel` runs on the actor.
    ///
    /// Not a method of the actor, because a task that waits on the actor would go through the shared pool to it and back
    /// once more; see `LoopTaskExecutor`.
    nonisolated func outcome<Value: Sendable>(
        of start: @escaping @Sendable (isolated SSHConnection, @escaping (Result<Value, SSHError>) -> Void) -> Void,
        onCancel: @escaping @Sendable (isolated SSHConnection) -> Void
    ) async throws(SSHError) -> Value {
        let cancellation = CancellationFlag()
        let result: Result<Value, SSHError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                later { connection in
                    start(connection) { continuation.resume(returning: $0) }
                    // A cancellation that overtook the start found nothing to cancel.
                    if cancellation.isSet { onCancel(connection) }
                }
            }
        } onCancel: {
            cancellation.set()
            later(onCancel)
        }
        return try result.get()
    }
}

/// Whether a task was cancelled, for code that is not in the task.
private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}
