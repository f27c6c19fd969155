/// The last lines of one unit's log, for the message about its end.
package struct LogTail: Sendable {
    /// Enough to hold a Python traceback and what led to it.
    package static let capacity = 200

    private var ring: [String] = []
    private var oldest = 0

    package init() {}

    package mutating func append(_ line: String) {
        guard ring.count == Self.capacity else {
            ring.append(line)
            return
        }
        ring[oldest] = line
        oldest = (oldest + 1) % Self.capacity
    }

    /// The last lines, oldest first.
    package func last(_ count: Int) -> [String] {
        Array((ring[oldest...] + ring[..<oldest]).suffix(count))
    }
}
