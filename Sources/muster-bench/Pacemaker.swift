import Glibc
import Synchronization

/// A thread of its own that does something again and again, and knows what that costs: what stands in for nodes must
/// not be taken for the daemon's work.
final class Pacemaker: Sendable {
    private let isOver = Atomic(false)
    private let nanoseconds = Atomic<Int64>(0)
    private let body: @Sendable (_ turn: Int) -> Duration

    /// - Parameter body: What is done, and how long the pause after it is.
    init(_ body: @escaping @Sendable (_ turn: Int) -> Duration) {
        self.body = body
        var thread = pthread_t()
        // The thread's own reference; it is given back when the thread ends.
        let own = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread,
            nil,
            { own in
                guard let own else { return nil }
                Unmanaged<Pacemaker>.fromOpaque(own).takeRetainedValue().run()
                return nil
            },
            own
        )
        precondition(status == 0, "no thread can be made")
        pthread_detach(thread)
    }

    /// CPU time of the thread so far.
    var processor: Duration { .nanoseconds(nanoseconds.load(ordering: .relaxed)) }

    func stop() { isOver.store(true, ordering: .relaxed) }

    private func run() {
        var turn = 0
        while !isOver.load(ordering: .relaxed) {
            let pause = body(turn)
            turn += 1
            var used = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used)
            nanoseconds.store(Int64(used.tv_sec) * 1_000_000_000 + Int64(used.tv_nsec), ordering: .relaxed)
            if pause > .zero { usleep(UInt32(pause / .microseconds(1))) }
        }
    }
}
