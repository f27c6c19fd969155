import CLibSSH2
import Glibc
import Synchronization

/// One thread that runs epoll, timers and the jobs of the actors pinned to it.
///
/// All libssh2 calls of a session happen on the session's loop, so a session needs no lock.
///
/// `@unchecked Sendable`: `queue` is behind a mutex and `epoll`, `wakeup` are constants. Everything else (`watches`,
/// `timers`, `scratch`, `stopping`) is read and written by the loop's own thread only, and each entry point that
/// touches it checks that it is on that thread.
final class SSHLoop: SerialExecutor, @unchecked Sendable {
    enum Work {
        case job(UnownedJob)
        case task(UnownedJob, UnownedTaskExecutor)
        case call(@Sendable () -> Void)
    }

    private struct Queue {
        var work: [Work] = []
        // Whether the thread is (about to be) blocked, so that an enqueue must write to `wakeup`. Setting it under the
        // same lock as the last look at `work` is what makes a lost wake-up impossible.
        var sleeping = false
        var stop = false
    }

    private struct Watch {
        var handler: any LoopHandler
        var mask: UInt32
    }

    private let queue = Mutex(Queue())
    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    private var watches: [Int32: Watch] = [:]
    private var timers = LoopTimers()
    /// Room for one read of any session of this loop; never kept across calls.
    let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32 << 10)

    /// The loop whose thread is the calling thread. Threads are few and live long, so a thread local is cheap.
    private static let current = ThreadLocalLoop()

    init() {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: wakeup))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
    }

    deinit {
        close(epoll)
        close(wakeup)
        scratch.deallocate()
    }

    /// Starts the thread, which keeps the loop alive until `stop()`.
    func start(name: String) {
        LoopThread.start(name: name) { self.run() }
    }

    /// Lets the thread end once its queue is empty.
    func stop() {
        let wake = queue.withLock { queue in
            queue.stop = true
            defer { queue.sleeping = false }
            return queue.sleeping
        }
        if wake { eventfd_write(wakeup, 1) }
    }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        push(.job(UnownedJob(job)))
    }

    /// Runs `call` on the loop, after what is queued already.
    func submit(_ call: @escaping @Sendable () -> Void) {
        push(.call(call))
    }

    /// Runs a job of a task that prefers this loop while it is on no actor; see `LoopTaskExecutor`.
    func enqueue(_ job: consuming ExecutorJob, preferring executor: UnownedTaskExecutor) {
        push(.task(UnownedJob(job), executor))
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() {
        precondition(isCurrent, "called from outside the loop's thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    var isCurrent: Bool { Self.current.value === self }

    private func push(_ work: Work) {
        let wake = queue.withLock { queue in
            queue.work.append(work)
            defer { queue.sleeping = false }
            return queue.sleeping
        }
        if wake { eventfd_write(wakeup, 1) }
    }

    // MARK: Registration, on the loop's thread only

    /// Calls `handler` whenever `fd` has one of the events in `mask` (level-triggered), until `forget`.
    func watch(_ fd: Int32, for mask: UInt32, _ handler: any LoopHandler) {
        checkIsolated()
        var event = epoll_event(events: mask, data: epoll_data_t(fd: fd))
        if let old = watches[fd] {
            guard old.mask != mask || old.handler !== handler else { return }
            epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event)
        } else {
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)
        }
        watches[fd] = Watch(handler: handler, mask: mask)
    }

    /// Stops watching `fd`; must precede closing it.
    func forget(_ fd: Int32) {
        checkIsolated()
        guard watches.removeValue(forKey: fd) != nil else { return }
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nil)
    }

    /// Calls `body` once, `delay` from now, unless cancelled.
    @discardableResult
    func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimers.Key {
        checkIsolated()
        return timers.add(at: .now + delay, body)
    }

    /// Forgets a timer; harmless after it fired.
    func cancel(_ key: LoopTimers.Key?) {
        checkIsolated()
        if let key { _ = timers.remove(key) }
    }

    // MARK: Thread

    private func run() {
        Self.current.value = self
        defer { Self.current.value = nil }
        let capacity = 64
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        while true {
            ExitGate.pass {
                runQueue()
                while let body = timers.popDue(at: .now) { body() }
            }
            let (busy, stop) = queue.withLock { queue in
                queue.sleeping = queue.work.isEmpty && !queue.stop
                return (!queue.work.isEmpty, queue.stop)
            }
            if stop && !busy { return }
            let count = epoll_wait(epoll, events, Int32(capacity), busy ? 0 : timers.millisecondsToNext(from: .now))
            queue.withLock { $0.sleeping = false }
            ExitGate.pass {
                for index in 0..<max(0, Int(count)) { deliver(events[index]) }
            }
        }
    }

    private func runQueue() {
        let work = queue.withLock { queue in
            let work = queue.work
            queue.work.removeAll(keepingCapacity: false)
            return work
        }
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .task(let job, let executor): job.runSynchronously(on: executor)
            case .call(let call): call()
            }
        }
    }

    private func deliver(_ event: epoll_event) {
        let fd = event.data.fd
        if fd == wakeup {
            var value: eventfd_t = 0
            eventfd_read(wakeup, &value)
            return
        }
        // An earlier event of the same batch may have removed this descriptor; the lookup is what makes that safe.
        watches[fd]?.handler.ready(event.events)
    }
}

/// Something that waits for events on descriptors of a loop.
protocol LoopHandler: AnyObject {
    /// Called on the loop's thread with the epoll events that occurred.
    func ready(_ events: UInt32)
}
