/// What a unit has printed. Of a long log only the end is kept, at its true offsets.
struct SimulatedLog: Sendable {
    /// More than a follower may be behind.
    private static let limit = 6 << 20

    private var bytes: [UInt8] = []
    /// Where the kept part begins.
    private var base = 0

    /// The offset behind the last byte.
    var size: Int { base + bytes.count }

    mutating func append(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        guard bytes.count > Self.limit else { return }
        // Half at a time, so that each byte is moved about once.
        base += bytes.count / 2
        bytes.removeFirst(bytes.count / 2)
    }

    /// At most `limit` bytes from an offset on, and where they really begin.
    func piece(from offset: Int, limit: Int) -> (offset: Int, bytes: ArraySlice<UInt8>) {
        let start = min(max(offset, base), size)
        return (start, bytes[(start - base)..<min(start - base + limit, bytes.count)])
    }
}
