import CLibSSH2
import Synchronization

/// The threads that connections run on; a connection stays on one of them for life.
///
/// Nothing on a loop blocks: name resolution has threads of its own, and the agent is spoken to without libssh2's
/// blocking client, so connecting shares the loops with live connections.
public final class SSHLoopGroup: Sendable {
    private let loops: [SSHLoop]
    private let turn = Atomic<Int>(0)

    /// The group that connections use unless told otherwise: two loops.
    public static let shared = SSHLoopGroup(loops: 2)

    /// Starts `loops` threads; they end after the group and all its connections are gone.
    public init(loops count: Int) {
        LibSSH2.initialize()
        loops = (0..<max(1, count)).map { index in
            let loop = SSHLoop()
            loop.start(name: "ssh-loop-\(index)")
            return loop
        }
    }

    deinit {
        // Connections keep their group alive, so no actor is pinned to these loops any more.
        for loop in loops { loop.stop() }
    }

    /// The loop for the next connection, in turn.
    func next() -> SSHLoop {
        loops[turn.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    }
}

/// Process-wide state of libssh2.
enum LibSSH2 {
    // `libssh2_init` counts without a lock; a static constant is initialised exactly once, by whoever comes first.
    private static let outcome = {
        let code = libssh2_init(0)
        ExitGate.install()
        return code
    }()

    static func initialize() { _ = outcome }
}
