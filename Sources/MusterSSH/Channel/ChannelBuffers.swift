/// Output of a channel that nobody took yet.
struct OutputBuffer {
    /// What to do with bytes beyond the capacity.
    enum Policy {
        /// Leave them unread: the window closes and the command blocks.
        case backPressure
        /// Drop them and remember that.
        case truncate
        /// Keep the last ones.
        case tail
    }

    let capacity: Int
    let policy: Policy
    private(set) var bytes: [UInt8] = []
    private(set) var truncated = false
    /// Read and forget everything, after the caller gave up.
    var discard = false

    init(capacity: Int, _ policy: Policy) {
        self.capacity = capacity
        self.policy = policy
    }

    /// Whether libssh2 is to be asked for more.
    var hasRoom: Bool { policy != .backPressure || discard || bytes.count < capacity }

    mutating func append(_ chunk: UnsafeBufferPointer<UInt8>) {
        guard !discard else { return }
        switch policy {
        case .backPressure: bytes.append(contentsOf: chunk)
        case .truncate:
            let room = capacity - bytes.count
            truncated = truncated || chunk.count > room
            bytes.append(contentsOf: chunk.prefix(room))
        case .tail:
            bytes.append(contentsOf: chunk)
            if bytes.count > capacity {
                bytes.removeFirst(bytes.count - capacity)
                truncated = true
            }
        }
    }

    /// Takes everything.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Forgets the first `count` bytes.
    mutating func consume(_ count: Int) { bytes.removeFirst(count) }
}

/// Bytes on their way to a channel.
struct InputQueue {
    private struct Entry {
        var bytes: [UInt8]
        var sent = 0
        var done: ((Result<Void, SSHError>) -> Void)?
    }

    /// At most 32 KiB a call: a rekey in the middle of a larger one can deadlock (libssh2 issue 2110).
    private static let chunkSize = 32 << 10

    private var entries: [Entry] = []
    private var staging = StagedChunk()
    private var closing = false
    private(set) var endSent = false
    private var dropped: SSHError?

    var isEmpty: Bool { entries.isEmpty && !wantsEOF }
    var wantsEOF: Bool { closing && !endSent && entries.isEmpty }

    mutating func append(_ bytes: [UInt8], done: ((Result<Void, SSHError>) -> Void)?) {
        if let dropped {
            done?(.failure(dropped))
            return
        }
        guard !bytes.isEmpty else {
            done?(.success(()))
            return
        }
        entries.append(Entry(bytes: bytes, done: done))
    }

    mutating func finish() { closing = true }

    mutating func sentEOF() { endSent = true }

    /// The bytes to write next. The same memory and count until some were consumed, which libssh2 requires of a
    /// write that it could not finish.
    var chunk: UnsafeBufferPointer<UInt8>? {
        mutating get {
            if staging.isEmpty, let first = entries.first {
                staging.fill(from: first.bytes, at: first.sent, limit: Self.chunkSize)
            }
            return staging.isEmpty ? nil : staging.rest
        }
    }

    mutating func consume(_ count: Int) {
        staging.consume(count)
        guard let first = entries.first else { return }
        entries[0].sent += count
        guard first.sent + count == first.bytes.count else { return }
        entries.removeFirst().done?(.success(()))
    }

    /// Forgets what was not written, but for a chunk that libssh2 has half sent.
    mutating func drop(_ error: SSHError?, keepingStaged: Bool = false) {
        let lost = entries
        entries = []
        if !keepingStaged { staging.clear() }
        let error = error ?? SSHError(.connectionLost, "the channel ended before its input was written", target: "")
        dropped = error
        for entry in lost { entry.done?(.failure(error)) }
    }
}

/// Memory that does not move between the tries of one write.
private struct StagedChunk {
    private final class Memory {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32 << 10)
        deinit { bytes.deallocate() }
    }

    private var memory: Memory?
    private var start = 0
    private var end = 0

    var isEmpty: Bool { start == end }

    var rest: UnsafeBufferPointer<UInt8>? {
        memory.map { UnsafeBufferPointer(rebasing: $0.bytes[start..<end]) }
    }

    mutating func fill(from source: [UInt8], at offset: Int, limit: Int) {
        let memory = memory ?? Memory()
        self.memory = memory
        let slice = source[offset..<min(source.count, offset + limit)]
        _ = memory.bytes.update(fromContentsOf: slice)
        (start, end) = (0, slice.count)
    }

    mutating func consume(_ count: Int) { start += count }

    // The memory stays: a half-sent packet may still point at it.
    mutating func clear() { (start, end) = (0, 0) }
}
