/// What a unit has printed. Of a long log only the end is kept, at its true offsets.
struct SimulatedLog: Sendable {
    /// Ample for what was not sent yet: nodes send as soon as there is room.
    private static let limit = 1 << 20

    private var bytes: [UInt8] = []
    /// Where the kept part begins.
    private var base = 0

    /// The offset behind the last byte.
    var size: Int { base + bytes.count }

    mutating func append(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        guard bytes.count > Self.limit else { return }
        // A third at a time, so that bytes are moved seldom.
        base += bytes.count / 3
        bytes.removeFirst(bytes.count / 3)
    }

    /// At most `limit` bytes from an offset on, and where they really begin.
    func piece(from offset: Int, limit: Int) -> (offset: Int, bytes: ArraySlice<UInt8>) {
        let start = min(max(offset, base), size)
        return (start, bytes[(start - base)..<min(start - base + limit, bytes.count)])
    }
}
