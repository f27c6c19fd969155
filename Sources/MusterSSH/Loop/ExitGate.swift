import Glibc
import Synchronization

/// Keeps loops out of libssh2 once the process exits.
///
/// libssh2 encrypts through OpenSSL, whose own exit handler frees the locks it works with while other threads still
/// run; a loop that sends at that moment crashes a process that has already succeeded. Handlers run in the reverse
/// order of their registration, so one that is registered after `libssh2_init` runs before OpenSSL's.
enum ExitGate {
    private static let inside = Atomic<Int>(0)
    private static let isClosed = Atomic<Bool>(false)

    /// To be called once, right after `libssh2_init`.
    static func install() {
        atexit {
            ExitGate.isClosed.store(true, ordering: .sequentiallyConsistent)
            // A turn of a loop is short; the bound is for an exit from within one, which would wait for itself.
            for _ in 0..<2000 where ExitGate.inside.load(ordering: .sequentiallyConsistent) > 0 { usleep(1000) }
        }
    }

    /// Runs one turn of a loop; after the gate has closed the thread stays here until the process is gone.
    static func pass(_ turn: () -> Void) {
        // Counted first and looked second: the handler closes first and counts second, so one of them sees the other.
        inside.add(1, ordering: .sequentiallyConsistent)
        defer { inside.subtract(1, ordering: .sequentiallyConsistent) }
        guard !isClosed.load(ordering: .sequentiallyConsistent) else {
            inside.subtract(1, ordering: .sequentiallyConsistent)
            while true { pause() }
        }
        turn()
    }
}
