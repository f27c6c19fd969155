/// Timers of one loop: a binary heap ordered by time, then by age.
struct LoopTimers {
    /// Names one timer.
    struct Key: Hashable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        var time: ContinuousClock.Instant
        var key: Key

        func precedes(_ other: Entry) -> Bool {
            (time, key.number) < (other.time, other.key.number)
        }
    }

    private var heap: [Entry] = []
    // A removed timer stays in the heap and is skipped: removal is far more frequent than firing, because nearly every
    // deadline is met.
    private var bodies: [Key: () -> Void] = [:]
    private var next: UInt64 = 0

    mutating func add(at time: ContinuousClock.Instant, _ body: @escaping () -> Void) -> Key {
        let key = Key(number: next)
        next += 1
        bodies[key] = body
        heap.append(Entry(time: time, key: key))
        siftUp(heap.count - 1)
        return key
    }

    /// Removes a timer.
    ///
    /// - Returns: Its body, to be let go of outside: what it holds may remove another timer when it ends.
    mutating func remove(_ key: Key) -> (() -> Void)? {
        let body = bodies.removeValue(forKey: key)
        if heap.count > 64 && heap.count > 4 * bodies.count { compact() }
        return body
    }

    /// Removes and returns the body of a timer that is due.
    mutating func popDue(at now: ContinuousClock.Instant) -> (() -> Void)? {
        while let first = heap.first {
            if bodies[first.key] == nil {
                popFirst()
                continue
            }
            guard first.time <= now else { return nil }
            popFirst()
            return bodies.removeValue(forKey: first.key)
        }
        return nil
    }

    /// The timeout for `epoll_wait`, rounded up so that a timer is due when the wait ends; -1 without timers.
    mutating func millisecondsToNext(from now: ContinuousClock.Instant) -> Int32 {
        while let first = heap.first, bodies[first.key] == nil { popFirst() }
        guard let first = heap.first else { return -1 }
        let (seconds, attoseconds) = (first.time - now).components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds > 3600 { return 3_600_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private mutating func compact() {
        heap.removeAll { bodies[$0.key] == nil }
        heap.sort { $0.precedes($1) }
    }

    private mutating func popFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
